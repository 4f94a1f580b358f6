package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

/** Numbers in, numbers out. */
class CreationTest {
    private static DynamicTest made(
            String what, Tensor found, DType dtype, Shape shape, double... values) {
        return dynamicTest(
                what,
                () -> {
                    assertEquals(dtype, found.dtype());
                    assertEquals(shape, found.shape());
                    assertArrayEquals(values, found.toArray());
                });
    }

    private static Shape s(int... dims) {
        return Shape.of(dims);
    }

    @TestFactory
    Stream<DynamicTest> fromNumbers() {
        DType f = DType.FLOAT32;
        DType d = DType.FLOAT64;
        DType i = DType.INT32;
        double tenth = 0.1f;
        Tensor ints = Tensor.of(3, 4);
        Tensor doubles = Tensor.of(new double[] {0.1}, d);
        return Stream.of(
                made("scalar", Tensor.scalar(0.1), f, s(), tenth),
                made("doubles", Tensor.of(0.1, 2), f, s(2), tenth, 2),
                made("floats", Tensor.of(0.1f), f, s(1), tenth),
                made("ints", Tensor.of(3, -4), i, s(2), 3, -4),
                made("rows", Tensor.of(new double[][] {{1, 2}, {3, 4}}), f, s(2, 2), 1, 2, 3, 4),
                made("float rows", Tensor.of(new float[][] {{1}, {2}}), f, s(2, 1), 1, 2),
                made("int rows", Tensor.of(new int[][] {{1, 2}}), i, s(1, 2), 1, 2),
                made("cubes", Tensor.of(new double[][][] {{{1}, {2}}}), f, s(1, 2, 1), 1, 2),
                made("no rows", Tensor.of(new double[0][3]), f, s(0, 0)),
                made("empty rows", Tensor.of(new double[2][0]), f, s(2, 0)),
                made("nothing", Tensor.of(new double[0]), f, s(0)),
                made("doubles kept", doubles, d, s(1), 0.1),
                made("floats as doubles", Tensor.of(new float[] {0.1f}, d), d, s(1), tenth),
                made("ints as floats", Tensor.of(new int[][] {{7}}, f), f, s(1, 1), 7),
                made("ints as doubles", Tensor.of(new int[] {7}, d), d, s(1), 7),
                made("four axes", Tensor.of(new int[][][][] {{{{5}}}}, i), i, s(1, 1, 1, 1), 5),
                made("zeros", Tensor.zeros(2, 2), f, s(2, 2), 0, 0, 0, 0),
                made("zeros of a scalar", Tensor.zeros(), f, s(), 0),
                made("ones", Tensor.ones(3), f, s(3), 1, 1, 1),
                made("full", Tensor.full(0.1, 2), f, s(2), tenth, tenth),
                made("zeros like ints", ints.zerosLike(), i, s(2), 0, 0),
                made("ones like doubles", doubles.onesLike(), d, s(1), 1),
                made("eye", Tensor.eye(2), f, s(2, 2), 1, 0, 0, 1),
                made("eye of nothing", Tensor.eye(0), f, s(0, 0)),
                made("arange", Tensor.arange(4), i, s(4), 0, 1, 2, 3),
                made("arange of less than nothing", Tensor.arange(-2), i, s(0)),
                made("arange in steps", Tensor.arange(1, 2.1, 0.5), f, s(3), 1, 1.5, 2),
                made("arange down", Tensor.arange(2, 0, -1), f, s(2), 2, 1),
                made("arange to itself", Tensor.arange(2, 2, 1), f, s(0)),
                made("arange the wrong way", Tensor.arange(2, 5, -1), f, s(0)),
                made("linspace", Tensor.linspace(0, 1, 5), f, s(5), 0, 0.25, 0.5, 0.75, 1),
                made("linspace of one", Tensor.linspace(3, 4, 1), f, s(1), 3),
                made("linspace of none", Tensor.linspace(3, 4, 0), f, s(0)),
                made("linspace down", Tensor.linspace(1, -1, 3), f, s(3), 1, 0, -1));
    }

    @Test
    void anArrayMayChangeAfterwards() {
        double[] doubles = {1, 2};
        Tensor a = Tensor.of(doubles, DType.FLOAT64);
        float[] floats = {1, 2};
        Tensor b = Tensor.of(floats);
        int[] ints = {1, 2};
        Tensor c = Tensor.of(ints);
        doubles[0] = 9;
        floats[0] = 9;
        ints[0] = 9;
        for (Tensor t : new Tensor[] {a, b, c}) {
            assertArrayEquals(new double[] {1, 2}, t.toArray());
            t.toArray()[0] = 9;
            assertArrayEquals(new double[] {1, 2}, t.toArray());
        }
    }

    @Test
    void whatATensorIs() {
        Tensor t = Tensor.zeros(2, 3).t();
        assertEquals(2, t.ndim());
        assertEquals(6, t.size());
        assertEquals(3, t.size(0));
        assertEquals(2, t.size(-1));
        assertArrayEquals(new int[] {1, 3}, t.layout().strides());
        assertEquals(t.backend(), t.neg().backend());
    }

    @Test
    void dataOut() {
        Tensor t = Tensor.of(new double[][] {{1.9, -2}, {3, 4}});
        assertEquals(4, t.at(1, -1));
        assertEquals(3, t.t().at(0, 1));
        assertEquals(3, t.slice("1, 0").item());
        assertArrayEquals(new double[] {3, 4}, t.toArray2d()[1]);
        assertArrayEquals(new float[] {1.9f, -2, 3, 4}, t.toFloatArray());
        assertArrayEquals(new int[] {1, -2, 3, 4}, t.toIntArray());
        assertArrayEquals(
                new float[] {0.1f}, Tensor.of(new double[] {0.1}, DType.FLOAT64).toFloatArray());
        assertArrayEquals(new double[] {(float) 1.9, 3, -2, 4}, t.t().toArray());
        assertEquals(Tensor.zeros(0, 3).toArray2d().length, 0);
    }
}
