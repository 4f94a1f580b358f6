package dev.gradus.tensor;

import static dev.gradus.tensor.Facts.fact;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

/**
 * What choosing and sorting mean: the answers are those of PyTorch 1.13.1 to the same questions,
 * and of NumPy 2.4 where said.
 */
class IndexFactsTest {
    private static final Tensor A = Tensor.arange(24).reshape(2, 3, 4);
    private static final Tensor M = Tensor.of(new double[][] {{1, -2, 3}, {4, 5, -6}});
    private static final Tensor V = Tensor.of(1, 2).to(DType.FLOAT32);
    private static final Tensor I = Tensor.of(new int[][] {{2, 0, 0}, {1, 2, 1}});
    private static final Tensor COLUMN = Tensor.of(new int[][] {{1}, {0}, {1}});

    /** −0 and 0 are equal, NaN larger than infinity, the order of equal ones kept. */
    private static final Tensor HARD =
            Tensor.of(3, Double.NaN, -0.0, 1, 0, Double.POSITIVE_INFINITY, Double.NaN, 1);

    @TestFactory
    Stream<DynamicTest> sorting() {
        return Stream.of(
                fact(() -> HARD.argsort(0), "[2, 4, 3, 7, 0, 5, 1, 6]"),
                fact(() -> HARD.argsort(0, true), "[1, 6, 5, 0, 3, 7, 2, 4]"),
                fact(() -> HARD.sort(0).indices(), "[2, 4, 3, 7, 0, 5, 1, 6]"),
                fact(() -> HARD.sort(0).values().slice("2:5"), "[1, 1, 3]"),
                fact(() -> HARD.sort(0, true).values().slice("3:6"), "[3, 1, 1]"),
                fact(() -> HARD.topk(3).indices(), "[1, 6, 5]"),
                // PyTorch leaves the order of equal ones in topk open: 4, 2 there.
                fact(() -> HARD.topk(4, 0, false).indices(), "[2, 4, 3, 7]"),
                fact(() -> HARD.topk(4, 0, false).values(), "[0, 0, 1, 1]"),
                fact(() -> M.sort(0).values(), "[[1, -2, -6], [4, 5, 3]]"),
                fact(() -> M.sort(0).indices(), "[[0, 0, 1], [1, 1, 0]]"),
                fact(() -> M.sort(1, true).values(), "[[3, 1, -2], [5, 4, -6]]"),
                fact(() -> M.sort(-1, true).indices(), "[[2, 0, 1], [1, 0, 2]]"),
                fact(() -> A.sort(1, true).values().sum(2), "[[38, 22, 6], [86, 70, 54]]"),
                fact(() -> M.argsort(1), "[[1, 0, 2], [2, 0, 1]]"), // NumPy
                fact(() -> M.t().argsort(-2), "[[1, 2], [0, 0], [2, 1]]"), // NumPy
                fact(() -> M.topk(2).values(), "[[3, 1], [5, 4]]"),
                fact(() -> M.topk(2).indices(), "[[2, 0], [1, 0]]"),
                fact(() -> M.topk(1, 0, false).values(), "[[1, -2, -6]]"),
                fact(() -> Tensor.of(5, 3, 9).sort(0).values(), "[3, 5, 9]"));
    }

    /** PyTorch 1.13 counts each NaN as a value, in no order; NumPy, and so we, one at the end. */
    @TestFactory
    Stream<DynamicTest> unique() {
        Tensor x = Tensor.of(3, Double.NaN, -0.0, 1, 0, 7, -2, Double.NaN, 1);
        Tensor n = Tensor.of(new int[][] {{2, 1, 2}, {5, 1, 2}});
        return Stream.of(
                fact(() -> x.unique().slice(":5"), "[-2, 0, 1, 3, 7]"),
                fact(() -> x.uniqueWithCounts().inverse(), "[3, 5, 1, 2, 1, 4, 0, 5, 2]"),
                fact(() -> x.uniqueWithCounts().counts(), "[1, 2, 2, 1, 1, 2]"),
                fact(() -> n.unique(), "[1, 2, 5]"),
                fact(() -> n.uniqueWithCounts().inverse(), "[[1, 0, 1], [2, 0, 1]]"),
                fact(() -> n.uniqueWithCounts().counts(), "[2, 3, 1]"));
    }

    @TestFactory
    Stream<DynamicTest> byIndex() {
        int[][] pairs = {{1, 1}, {0, 1}, {1, 0}};
        Tensor rows = Tensor.of(new int[][] {{1, 0}, {0, 0}, {1, 1}});
        return Stream.of(
                fact(() -> M.gather(1, I), "[[3, 1, 1], [5, -6, 5]]"),
                fact(() -> M.gather(0, rows), "[[4, -2], [1, -2], [4, 5]]"),
                fact(
                        () -> A.gather(1, Tensor.of(new int[][] {{2, 0}, {1, 1}}).unsqueeze(1)),
                        "[[[8, 1]], [[16, 17]]]"),
                fact(() -> M.zerosLike().scatterAdd(1, I, M), "[[1, 0, 1], [0, -2, 5]]"),
                fact(
                        () -> M.scatterAdd(0, Tensor.of(pairs), Tensor.ones(3, 4)),
                        "[[2, -1, 3], [6, 7, -6]]"),
                fact(() -> M.indexSelect(1, Tensor.of(2, 0, 2)), "[[3, 1, 3], [-6, 4, -6]]"),
                fact(() -> M.indexSelect(0, Tensor.of(new int[] {1})), "[[4, 5, -6]]"),
                fact(() -> Tensor.of(2, 0).oneHot(3), "[[0, 0, 1], [1, 0, 0]]"),
                fact(() -> Tensor.of(new int[][] {{1}, {0}}).oneHot(2), "[[[0, 1]], [[1, 0]]]"));
    }

    @TestFactory
    Stream<DynamicTest> byMask() {
        double low = Double.NEGATIVE_INFINITY;
        Tensor one = Tensor.of(new int[][] {{1, 0}, {0, 0}});
        Tensor zero = Tensor.of(new double[][] {{0, Double.NaN}, {2, 0}});
        return Stream.of(
                fact(() -> M.maskedFill(M.gt(2), -1), "[[1, -2, -1], [-1, -1, -6]]"),
                fact(() -> M.maskedFill(COLUMN.slice(":2"), 0), "[[0, 0, 0], [4, 5, -6]]"),
                fact(() -> V.log().maskedFill(one, low).exp(), "[[0, 2], [1, 2]]"),
                fact(() -> Tensor.of(1, 2, 3).maskedFill(Tensor.of(0, 1, 0), -100), "[1, -100, 3]"),
                fact(() -> M.maskedSelect(M.gt(0)), "[1, 3, 4, 5]"),
                fact(() -> M.maskedSelect(Tensor.of(1, 0, 1)), "[1, 3, 4, -6]"),
                fact(() -> V.maskedSelect(COLUMN), "[1, 2, 1, 2]"),
                fact(() -> M.compress(1, Tensor.of(1, 0, 1)), "[[1, 3], [4, -6]]"), // NumPy
                fact(() -> zero.nonzero(), "[[0, 1], [1, 0]]"),
                fact(() -> M.gt(2).nonzero(), "[[0, 2], [1, 0], [1, 1]]")); // NumPy
    }

    @Test
    void whatIsEmpty() {
        assertEquals(Shape.of(1, 0), Tensor.scalar(5).nonzero().shape());
        assertEquals(Shape.of(0, 2), M.zerosLike().nonzero().shape());
        assertEquals(Shape.of(0), M.maskedSelect(M.zerosLike()).shape());
        assertEquals(Shape.of(2, 0), M.compress(1, Tensor.zeros(3)).shape());
        assertEquals(Shape.of(2, 0), M.topk(0).values().shape());
        assertEquals(Shape.of(0, 3), Tensor.zeros(0, 3).sort(0).indices().shape());
        assertEquals(Shape.of(0), Tensor.zeros(0).unique().shape());
        assertEquals(Shape.of(0, 4), Tensor.zeros(0).to(DType.INT32).oneHot(4).shape());
    }

    @Test
    void dtypes() {
        Tensor ints = Tensor.of(3, 1, 2);
        assertEquals(DType.INT32, ints.sort(0).values().dtype());
        assertEquals(DType.INT32, ints.maskedFill(ints.gt(1), 0).dtype());
        assertEquals(DType.INT32, ints.scatterAdd(0, Tensor.of(0, 0), ints).dtype());
        assertEquals(DType.INT32, HARD.argsort(0).dtype());
        assertEquals(DType.INT32, HARD.nonzero().dtype());
        assertEquals(DType.FLOAT32, ints.oneHot(4).dtype());
        Tensor large = Tensor.of(16_777_217, 16_777_216); // one number as FLOAT32
        assertEquals("[16777216 16777217]", large.sort(0).values().toString());
        assertEquals(Shape.of(2), large.unique().shape());
    }
}
