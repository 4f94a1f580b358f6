package dev.gradus.tensor;

import static dev.gradus.tensor.Facts.fact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.shape.DType;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.stream.Stream;

/**
 * What rounding, whole division, statistics and running results mean: the answers are those of
 * NumPy 2.4 and PyTorch 1.13.1 to the same questions.
 */
class StatisticsFactsTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;
    private static final Tensor M = Tensor.of(new double[][] {{1, -2, 3}, {4, 5, -6}});
    private static final Tensor H = Tensor.of(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999997, 8388609);
    private static final Tensor N = Tensor.of(-7, 7, -8, 8);

    @TestFactory
    Stream<DynamicTest> facts() {
        return Stream.of(
                fact(() -> H.round(), "[-2, -2, -0, 0, 2, 2, 0, 8388609]"),
                fact(() -> H.floor(), "[-3, -2, -1, 0, 1, 2, 0, 8388609]"),
                fact(() -> H.ceil(), "[-2, -1, -0, 1, 2, 3, 1, 8388609]"),
                fact(() -> H.trunc(), "[-2, -1, -0, 0, 1, 2, 0, 8388609]"),
                fact(() -> Tensor.of(INF, -INF, NAN).round(), "[Infinity, -Infinity, NaN]"),
                fact(() -> N.mod(3), "[2, 1, 1, 2]"),
                fact(() -> N.mod(-3), "[-1, -2, -2, -1]"),
                fact(() -> N.floorDivide(3), "[-3, 2, -3, 2]"),
                fact(() -> N.floorDivide(-4), "[1, -2, 2, -2]"),
                fact(() -> N.floorDivide(2.5), "[-3, 2, -4, 3]"),
                fact(
                        () -> Tensor.of(5.5, -5.5, 0, 5, -5).mod(Tensor.of(2, -2, 3, INF, INF)),
                        "[1.5, -1.5, 0, 5, Infinity]"),
                fact(
                        () ->
                                Tensor.of(5.5, -5.5, 1, -1, 5, -5)
                                        .floorDivide(Tensor.of(2.0, 2, 0, 0, INF, INF)),
                        "[2, -3, Infinity, -Infinity, 0, -1]"),
                fact(() -> Tensor.of(1, 0.3).floorDivide(0.1), "[9, 3]"),
                fact(() -> M.log2().isNaN(), "[[0, 1, 0], [0, 0, 1]]"),
                fact(() -> Tensor.of(8, 0.25, 1).log2(), "[3, -2, 0]"),
                fact(() -> Tensor.of(1000, 0.01).log10(), "[3, -2]"),
                fact(() -> Tensor.of(1, INF, -INF, NAN).isInf(), "[0, 1, 1, 0]"),
                fact(() -> Tensor.of(1, INF, -INF, NAN).isFinite(), "[1, 0, 0, 0]"),
                fact(() -> M.var(), "17.366667"),
                fact(() -> M.var(1), "[6.3333333, 37]"),
                fact(() -> M.std(new int[] {0}, 0, true), "[[1.5, 3.5, 4.5]]"),
                fact(() -> Tensor.of(3.0).std(), "NaN"),
                fact(() -> Tensor.of(3.0).var(new int[0], 0, false), "0"),
                fact(() -> M.prod(0), "[4, -10, -18]"),
                fact(() -> M.prod(), "720"),
                fact(() -> Tensor.zeros(0).prod(), "1"),
                fact(() -> M.logSumExp(1), "[3.1328452, 5.3132739]"),
                fact(() -> M.add(1000).logSumExp(), "1005.4208"),
                fact(() -> Tensor.of(-INF, -INF).logSumExp(), "-Infinity"),
                fact(() -> Tensor.of(INF, 1).logSumExp(), "Infinity"),
                fact(() -> M.norm(), "9.539392"),
                fact(() -> M.norm(3, 1), "[3.3019273, 7.3986362]"),
                fact(() -> M.norm(INF, 0), "[4, 5, 6]"),
                fact(() -> M.norm(-INF), "1"),
                fact(() -> Tensor.of(0.0, 2, 0).norm(0), "1"),
                fact(() -> Tensor.of(1.0, 3, 3, 2).argmax(), "1"),
                fact(() -> Tensor.of(1.0, NAN, 3, NAN).argmax(), "1"),
                fact(() -> M.argmin(0), "[0, 0, 1]"),
                fact(() -> M.argmax(1, true), "[[2], [1]]"),
                fact(() -> N.argmin(), "2"),
                fact(() -> M.cumsum(1), "[[1, -1, 2], [4, 9, 3]]"),
                fact(() -> M.cumsum(0), "[[1, -2, 3], [5, 3, -3]]"),
                fact(() -> M.cumprod(-1), "[[1, -2, -6], [4, 20, -120]]"),
                fact(() -> N.cumsum(0), "[-7, 0, -8, 0]"),
                fact(() -> M.gt(4).any(1), "[0, 1]"),
                fact(() -> M.gt(-7).all(), "1"),
                fact(() -> Tensor.zeros(0).any(), "0"),
                fact(() -> Tensor.zeros(0).all(), "1"),
                fact(() -> Tensor.of(1.0, 2).lerp(Tensor.of(3.0, -2), 0.75), "[2.5, -1]"),
                fact(() -> Tensor.of(1e8).lerp(Tensor.of(0.1), 1), "[0.1]"));
    }

    /** What float cannot hold is still right: numbers over 2²⁴, and sums over 2³¹. */
    @TestFactory
    Stream<DynamicTest> largeIntegers() {
        Tensor ids = Tensor.of(16777216, 16777217, 16777219);
        return Stream.of(
                fact(() -> ids.eq(16777217), "[0, 1, 0]"),
                fact(() -> ids.gt(16777216), "[0, 1, 1]"),
                fact(() -> ids.argmax(), "2"),
                fact(() -> ids.mod(10), "[6, 7, 9]"),
                fact(() -> ids.floorDivide(2), "[8388608, 8388608, 8388609]"),
                fact(() -> ids.sub(Tensor.of(16777215)), "[1, 2, 4]"),
                fact(() -> ids.gather(Tensor.of(1)).sub(ids.get(0)), "[1]"),
                fact(() -> Tensor.where(ids.gt(16777216), ids, ids).sub(ids), "[0, 0, 0]"),
                fact(() -> ids.sub(ids.min()).mean(), "1.3333333"),
                fact(() -> ids.var(), "2.3333333"),
                fact(() -> Tensor.of(2147483647, 2147483647).mean(), "2147483648"));
    }

    @ParameterizedTest
    @CsvSource({
        "FLOAT32, FLOAT32, FLOAT32, FLOAT32",
        "FLOAT32, FLOAT64, FLOAT64, FLOAT64",
        "FLOAT32, INT32,   FLOAT32, FLOAT32",
        "FLOAT64, FLOAT64, FLOAT64, FLOAT64",
        "FLOAT64, INT32,   FLOAT64, FLOAT64",
        "INT32,   INT32,   INT32,   FLOAT32"
    })
    void typesMix(DType a, DType b, DType sum, DType quotient) {
        Tensor x = Tensor.of(2.0, 3).to(a);
        Tensor y = Tensor.of(2.0, 3).to(b);
        for (Tensor t : new Tensor[] {x.add(y), y.mul(x), x.maximum(y), x.mod(y), y.sub(x)}) {
            assertEquals(sum, t.dtype());
        }
        assertEquals(sum, x.floorDivide(y).dtype());
        assertEquals(sum, Tensor.where(x.gt(2), x, y).dtype());
        assertEquals(sum, Tensor.concat(0, y, x).dtype());
        assertEquals(quotient, x.div(y).dtype());
        assertEquals(quotient, x.matmul(y).dtype());
        assertEquals(DType.FLOAT32, x.lt(y).dtype());
    }

    @Test
    void allCloseIsNumPys() {
        assertTrue(M.allClose(M.add(1e-6)));
        assertFalse(M.allClose(M.add(1e-3)));
        assertTrue(M.allClose(M.add(1e-3), 0, 1e-2));
        assertTrue(Tensor.of(INF, 1).allClose(Tensor.of(INF, 1)));
        assertFalse(Tensor.of(INF).allClose(Tensor.of(-INF)));
        assertFalse(Tensor.of(1.0).allClose(Tensor.of(INF)));
        assertFalse(Tensor.of(NAN).allClose(Tensor.of(NAN)));
        assertTrue(Tensor.of(10000.0).allClose(Tensor.of(10000.05)));
        assertTrue(Tensor.zeros(0).allClose(Tensor.zeros(0)));
    }

    @Test
    void aWholeDivisionByZeroSaysWhere() {
        var error =
                assertThrows(
                        ArithmeticException.class,
                        () -> N.mod(Tensor.of(new int[][] {{1, 2, 3, 0}})));
        assertTrue(String.valueOf(error.getMessage()).contains("mod"), error.getMessage());
        assertTrue(String.valueOf(error.getMessage()).contains("[0, 3]"), error.getMessage());
        assertThrows(ArithmeticException.class, () -> N.floorDivide(0));
    }

    @Test
    void thereIsNoPlaceInAnEmptyTensor() {
        var error =
                assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(2, 0).argmax(1));
        assertTrue(String.valueOf(error.getMessage()).contains("argmax: axis 1 of shape [2, 0]"));
    }
}
