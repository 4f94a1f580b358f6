package dev.gradus.tensor;

import static dev.gradus.tensor.Facts.fact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What operations composed of movement, and distances, mean: the answers are those of NumPy 2.4 and
 * of PyTorch 1.13.1, in double, to the same questions.
 */
class RearrangeFactsTest {
    private static final Tensor A = Tensor.arange(24).reshape(2, 3, 4);
    private static final Tensor M = Tensor.of(new double[][] {{1, -2, 3}, {4, 5, -6}});
    private static final Tensor V = Tensor.of(2, 0.5, -1);
    private static final Tensor S = Tensor.arange(1, 10).reshape(3, 3);

    @TestFactory
    Stream<DynamicTest> numpy() {
        return Stream.of(
                fact(() -> M.tile(2), "[[1, -2, 3, 1, -2, 3], [4, 5, -6, 4, 5, -6]]"),
                fact(() -> M.tile(2, 1), "[[1, -2, 3], [4, 5, -6], [1, -2, 3], [4, 5, -6]]"),
                fact(() -> V.tile(2, 2), "[[2, 0.5, -1, 2, 0.5, -1], [2, 0.5, -1, 2, 0.5, -1]]"),
                fact(
                        () -> M.repeatInterleave(2, 0),
                        "[[1, -2, 3], [1, -2, 3], [4, 5, -6], [4, 5, -6]]"),
                fact(
                        () -> M.repeatInterleave(3, -1),
                        "[[1, 1, 1, -2, -2, -2, 3, 3, 3], [4, 4, 4, 5, 5, 5, -6, -6, -6]]"),
                fact(() -> M.flip(), "[[-6, 5, 4], [3, -2, 1]]"),
                fact(() -> M.flip(0), "[[4, 5, -6], [1, -2, 3]]"),
                fact(() -> M.flip(-1), "[[3, -2, 1], [-6, 5, 4]]"),
                fact(
                        () -> A.flip(0, 2).get(0),
                        "[[15, 14, 13, 12], [19, 18, 17, 16], [23, 22, 21, 20]]"),
                fact(() -> M.roll(1, 1), "[[3, 1, -2], [-6, 4, 5]]"),
                fact(() -> M.roll(-2, -1), "[[3, 1, -2], [-6, 4, 5]]"),
                fact(() -> M.roll(7, 1), "[[3, 1, -2], [-6, 4, 5]]"),
                fact(() -> M.roll(1, 0), "[[4, 5, -6], [1, -2, 3]]"),
                fact(() -> M.roll(3, 1), "[[1, -2, 3], [4, 5, -6]]"),
                fact(() -> A.movedim(0, -1).get(1), "[[4, 16], [5, 17], [6, 18], [7, 19]]"),
                fact(() -> A.movedim(2, 0).get(1), "[[1, 5, 9], [13, 17, 21]]"),
                fact(
                        () -> A.movedim(-1, 1).get(1),
                        "[[12, 16, 20], [13, 17, 21], [14, 18, 22], [15, 19, 23]]"),
                fact(() -> A.slice(":1, :, 1:2").squeeze(), "[1, 5, 9]"),
                fact(() -> Tensor.arange(-2, 3), "[-2, -1, 0, 1, 2]"),
                fact(() -> S.tril(), "[[1, 0, 0], [4, 5, 0], [7, 8, 9]]"),
                fact(() -> S.triu(), "[[1, 2, 3], [0, 5, 6], [0, 0, 9]]"),
                fact(() -> S.tril(-1), "[[0, 0, 0], [4, 0, 0], [7, 8, 0]]"),
                fact(() -> M.tril(1), "[[1, -2, 0], [4, 5, -6]]"),
                fact(() -> M.triu(1), "[[0, -2, 3], [0, 0, -6]]"),
                fact(() -> M.triu(-1), "[[1, -2, 3], [4, 5, -6]]"),
                fact(
                        () -> A.triu(2),
                        "[[[0, 0, 2, 3], [0, 0, 0, 7], [0, 0, 0, 0]], [[0, 0, 14, 15], [0, 0, 0,"
                                + " 19], [0, 0, 0, 0]]]"),
                fact(() -> M.tril(-9), "[[0, 0, 0], [0, 0, 0]]"),
                fact(() -> M.triu(-9), "[[1, -2, 3], [4, 5, -6]]"),
                fact(() -> M.triu(9), "[[0, 0, 0], [0, 0, 0]]"),
                fact(() -> M.tril(9), "[[1, -2, 3], [4, 5, -6]]"),
                fact(() -> M.diag(), "[1, 5]"),
                fact(() -> M.diag(1), "[-2, -6]"),
                fact(() -> M.diag(2), "[3]"),
                fact(() -> M.diag(-1), "[4]"),
                fact(() -> M.t().diag(-1), "[-2, -6]"),
                fact(() -> V.diag(), "[[2, 0, 0], [0, 0.5, 0], [0, 0, -1]]"),
                fact(
                        () -> V.diag(1),
                        "[[0, 2, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, -1], [0, 0, 0, 0]]"),
                fact(() -> V.slice(":1").diag(-2), "[[0, 0, 0], [0, 0, 0], [2, 0, 0]]"),
                fact(() -> S.trace(), "15"),
                fact(() -> M.trace(), "6"),
                fact(() -> V.outer(V), "[[4, 1, -2], [1, 0.25, -0.5], [-2, -0.5, 1]]"),
                fact(
                        () -> Tensor.meshgrid(Tensor.of(1, 2), Tensor.of(3, 4, 5)).get(0),
                        "[[1, 1, 1], [2, 2, 2]]"),
                fact(
                        () -> Tensor.meshgrid(Tensor.of(1, 2), Tensor.of(3, 4, 5)).get(1),
                        "[[3, 4, 5], [3, 4, 5]]"),
                fact(() -> M.split(new int[] {1, 2}, 1).get(1), "[[-2, 3], [5, -6]]"));
    }

    @TestFactory
    Stream<DynamicTest> torch() {
        return Stream.of(
                fact(
                        () -> M.repeat(2, 2),
                        "[[1, -2, 3, 1, -2, 3], [4, 5, -6, 4, 5, -6], [1, -2, 3, 1, -2, 3], [4, 5,"
                                + " -6, 4, 5, -6]]"),
                fact(
                        () -> V.repeat(2, 1, 2),
                        "[[[2, 0.5, -1, 2, 0.5, -1]], [[2, 0.5, -1, 2, 0.5, -1]]]"),
                fact(() -> M.repeat(1, 2, 1), "[[[1, -2, 3], [4, 5, -6], [1, -2, 3], [4, 5, -6]]]"),
                fact(() -> M.pad(0, 1, 2), "[[0, 1, -2, 3, 0, 0], [0, 4, 5, -6, 0, 0]]"),
                fact(() -> M.pad(9, 0, 1, 1, 0), "[[9, 9, 9, 9], [1, -2, 3, 9], [4, 5, -6, 9]]"),
                fact(() -> M.pad(7, 1, -1, 0, 1), "[[7, 1, -2], [7, 4, 5], [7, 7, 7]]"),
                fact(() -> M.pad(7, -1, 2), "[[-2, 3, 7, 7], [5, -6, 7, 7]]"),
                fact(() -> S.pad(-1, -1, -1, -1, -1), "[[5]]"),
                fact(
                        () -> A.flatten(1, 2).get(1),
                        "[12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]"),
                fact(() -> A.flatten(0, -2).get(4), "[16, 17, 18, 19]"),
                fact(() -> Tensor.scalar(3).flatten(0, -1), "[3]"),
                fact(() -> M.flatten(-1, 1), "[[1, -2, 3], [4, 5, -6]]"),
                fact(() -> Tensor.arange(7).split(3, 0).get(2), "[6]"),
                fact(() -> Tensor.arange(7).chunk(4, 0).get(2), "[4, 5]"),
                fact(() -> Tensor.arange(6).chunk(4, 0).get(2), "[4, 5]"),
                fact(() -> M.chunk(2, -1).get(0), "[[1, -2], [4, 5]]"),
                fact(
                        () -> Functional.cosineSimilarity(M, V, -1),
                        "[-0.23328473740792172, 0.82065180664828974]"),
                fact(
                        () -> Functional.cosineSimilarity(M, M.flip(0), 0),
                        "[0.47058823529411764, -0.68965517241379315, -0.79999999999999993]"),
                fact(() -> Functional.cosineSimilarity(V, V.zerosLike(), 0), "0"),
                fact(() -> Functional.cosineSimilarity(V.mul(1e-9), V, 0), "0.22912878474779202"),
                fact(
                        () -> Functional.cosineSimilarity(V.unsqueeze(0), M, 1),
                        "[-0.23328473740792172, 0.82065180664828974]"),
                fact(
                        () -> Functional.pairwiseDistance(M, V),
                        "[4.8218254841919572, 7.0178346375504601]"),
                fact(() -> Functional.pairwiseDistance(V, V), "1.7320508075688771e-06"),
                fact(
                        () -> Functional.pairwiseDistance(M, M.add(2)),
                        "[3.4640998830869472, 3.4640998830869472]"));
    }

    private static List<Shape> shapes(List<Tensor> parts) {
        return parts.stream().map(Tensor::shape).toList();
    }

    @Test
    void partsAreAsManyAsInTorch() {
        Shape two = Shape.of(2);
        Shape one = Shape.of(1);
        assertEquals(List.of(two, two, two, one), shapes(Tensor.arange(7).chunk(4, 0)));
        assertEquals(List.of(two, two, two), shapes(Tensor.arange(6).chunk(4, 0)));
        Tensor none = Tensor.zeros(0, 2);
        assertEquals(List.of(none.shape(), none.shape(), none.shape()), shapes(none.chunk(3, 0)));
        assertEquals(List.of(none.shape()), shapes(none.split(2, 0)));
        assertEquals(List.of(none.shape()), shapes(none.split(0, 0)));
        assertEquals(List.of(), none.split(new int[0], 0));
        assertEquals(List.of(), Tensor.meshgrid());
    }

    @Test
    void emptyResultsHaveTorchsShapes() {
        assertEquals(Shape.of(4, 0), Tensor.zeros(2, 3).repeat(2, 0).shape());
        assertEquals(Shape.of(3, 0), Tensor.zeros(3, 0).tril().shape());
        assertEquals(Shape.of(0), M.diag(5).shape());
        assertEquals(Shape.of(0), M.diag(Integer.MIN_VALUE).shape());
        assertEquals(Shape.of(2, 2), Tensor.zeros(0).diag(2).shape());
        assertEquals(Shape.of(0, 3), Tensor.zeros(0, 3).roll(1, 0).shape());
        assertEquals(Shape.of(2, 0), M.pad(0, -2, -1).shape());
        assertEquals(Shape.of(0), Tensor.arange(3, -2).shape());
        assertEquals(Shape.SCALAR, Tensor.zeros(1, 1).squeeze().shape());
    }

    @Test
    void integersStayIntegersWhereNothingIsMultipliedByAFraction() {
        for (Tensor t : List.of(S.pad(7, 1, 1), S.tril(), S.diag(), S.trace(), S.repeat(2, 1))) {
            assertEquals(DType.INT32, t.dtype());
        }
        Tensor large = Tensor.of(new int[][] {{16_777_217, 1}, {1, 16_777_217}});
        assertEquals("33554434", large.trace().toString());
    }

    @Test
    void whatNeedsNoCopyIsAView() {
        Object memory = M.view().buffer();
        assertSame(memory, M.flip().view().buffer());
        assertSame(memory, M.diag(1).view().buffer());
        assertSame(memory, M.split(2, 1).get(1).view().buffer());
        assertSame(memory, M.movedim(0, 1).view().buffer());
        assertSame(memory, M.pad(0, -1, 0).view().buffer());
    }

    @Test
    void trianglesLeaveOutWhatIsNotANumber() {
        Tensor nan = Tensor.full(Double.NaN, 2, 2);
        assertEquals(0, nan.tril().at(0, 1));
        assertEquals(0, nan.triu().at(1, 0));
    }

    // ------------------------------------------------------------------ findNearest

    @Test
    void theFirstOfEqualOnesIsNearest() {
        Tensor table = Tensor.of(new double[][] {{1, 0}, {0, 1}, {1, 0}, {-1, 0}});
        Tensor query = Tensor.of(new double[][][] {{{2, 0}, {0, 0}}, {{0, 3}, {-2, 0.1}}});
        Tensor found = Functional.findNearest(table, query);
        assertArrayEquals(new double[][] {{0, 0}, {1, 3}}, found.toArray2d());
        assertEquals(DType.INT32, found.dtype());
        assertEquals(3, Functional.findNearest(table, Tensor.of(-5, 0)).item());
        assertEquals(Shape.of(0), Functional.findNearest(table, Tensor.zeros(0, 2)).shape());
    }

    @Test
    void whatIsNotANumberIsFar() {
        Tensor table = Tensor.of(new double[][] {{Double.NaN, 0}, {9, 9}, {0, 1}});
        assertEquals(2, Functional.findNearest(table, Tensor.of(0, 0)).item());
        assertEquals(0, Functional.findNearest(table, Tensor.of(Double.NaN, 0)).item());
    }

    /** Far from 0 the differences are small against the squares; the answer is still right. */
    @Test
    void nearTiesFarFromZeroAreToldApart() {
        var random = new SplittableRandom(3);
        double[] values = random.doubles(200 * 16, 1000, 1001).toArray();
        double[] queries = random.doubles(100 * 16, 1000, 1001).toArray();
        Tensor table = Tensor.of(values).reshape(200, 16);
        Tensor query = Tensor.of(queries).reshape(100, 16);
        Tensor exact = Functional.findNearest(table.to(DType.FLOAT64), query.to(DType.FLOAT64));
        assertArrayEquals(exact.toArray(), Functional.findNearest(table, query).toArray());
    }

    /** All differences would be more than an array can hold, and a block of queries' too. */
    @Test
    void differencesAreNotStored() {
        Tensor table = Tensor.arange(0, 1_600_000, 1).reshape(400, 4000);
        Tensor found = Functional.findNearest(table, table.repeat(4, 1));
        assertArrayEquals(Tensor.arange(400).tile(4).toArray(), found.toArray());
    }
}
