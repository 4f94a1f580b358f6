package dev.gradus.tensor;

import static dev.gradus.tensor.Facts.fact;

import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

/** What operations mean: the answers are those of NumPy 2.4 to the same questions. */
class NumpyFactsTest {
    private static final Tensor A = Tensor.arange(24).reshape(2, 3, 4);
    private static final Tensor M = Tensor.of(new double[][] {{1, -2, 3}, {4, 5, -6}});
    private static final Tensor V = Tensor.of(2, 0.5, -1);

    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);

    @TestFactory
    Stream<DynamicTest> facts() {
        return Stream.of(
                fact(() -> M.add(V), "[[3, -1.5, 2], [6, 5.5, -7]]"),
                fact(() -> M.sub(1), "[[0, -3, 2], [3, 4, -7]]"),
                fact(() -> V.unsqueeze(-1).mul(V), "[[4, 1, -2], [1, 0.25, -0.5], [-2, -0.5, 1]]"),
                fact(() -> M.div(V), "[[0.5, -4, -3], [2, 10, 6]]"),
                fact(
                        () -> M.abs().pow(0.5),
                        "[[1, 1.4142136, 1.7320508], [2, 2.236068, 2.4494897]]"),
                fact(() -> M.pow(3), "[[1, -8, 27], [64, 125, -216]]"),
                fact(() -> V.pow(-1), "[0.5, 2, -1]"),
                fact(() -> M.neg().relu(), "[[0, 2, 0], [0, 0, 6]]"),
                fact(() -> M.sign(), "[[1, -1, 1], [1, 1, -1]]"),
                fact(() -> M.clip(-1, 3.5), "[[1, -1, 3], [3.5, 3.5, -1]]"),
                fact(() -> M.gt(0), "[[1, 0, 1], [1, 1, 0]]"),
                fact(() -> M.le(V), "[[1, 1, 0], [0, 0, 1]]"),
                fact(() -> M.ne(M.abs()), "[[0, 1, 0], [0, 0, 1]]"),
                fact(() -> M.ge(V).logicalAnd(M.lt(4)), "[[0, 0, 1], [0, 0, 0]]"),
                fact(() -> Tensor.where(M.gt(V), M, V), "[[2, 0.5, 3], [4, 5, -1]]"),
                fact(() -> M.maximum(V), "[[2, 0.5, 3], [4, 5, -1]]"),
                fact(() -> V.exp(), "[7.3890561, 1.6487213, 0.36787944]"),
                fact(() -> V.tanh(), "[0.96402758, 0.46211716, -0.76159416]"),
                fact(() -> V.sigmoid(), "[0.88079708, 0.62245933, 0.26894142]"),
                fact(() -> V.softplus(), "[2.126928, 0.97407698, 0.31326169]"),
                fact(() -> V.sin(), "[0.90929743, 0.47942554, -0.84147098]"),
                fact(() -> V.cos(), "[-0.41614684, 0.87758256, 0.54030231]"),
                fact(
                        () -> M.abs().log(),
                        "[[0, 0.69314718, 1.0986123], [1.3862944, 1.6094379, 1.7917595]]"),
                fact(() -> V.abs().log1p(), "[1.0986123, 0.40546511, 0.69314718]"),
                fact(() -> A.sum(), "276"),
                fact(() -> A.sum(1), "[[12, 15, 18, 21], [48, 51, 54, 57]]"),
                fact(() -> A.sum(0, -1), "[60, 92, 124]"),
                fact(() -> A.sum(-2, true), "[[[12, 15, 18, 21]], [[48, 51, 54, 57]]]"),
                fact(() -> A.sum(new int[] {0, 2}, true), "[[[60], [92], [124]]]"),
                fact(() -> A.mean(2), "[[1.5, 5.5, 9.5], [13.5, 17.5, 21.5]]"),
                fact(() -> A.mean(), "11.5"),
                fact(() -> M.max(0), "[4, 5, 3]"),
                fact(() -> M.min(1, true), "[[-2], [-6]]"),
                fact(() -> A.max(1, 2), "[11, 23]"),
                fact(() -> A.min(), "0"),
                fact(() -> M.matmul(M.t()), "[[14, -24], [-24, 77]]"),
                fact(() -> M.matmul(V), "[-2, 16.5]"),
                fact(() -> V.matmul(M.t()), "[-2, 16.5]"),
                fact(() -> V.matmul(V), "5.25"),
                fact(() -> V.dot(V), "5.25"),
                fact(() -> A.matmul(A.transpose(1, 2)).slice("1, 2"), "[1166, 1510, 1854]"),
                fact(() -> A.matmul(Tensor.arange(4)), "[[14, 38, 62], [86, 110, 134]]"),
                fact(() -> Tensor.arange(3).matmul(A), "[[20, 23, 26, 29], [56, 59, 62, 65]]"),
                fact(
                        () -> A.unsqueeze(1).matmul(A.permute(0, 2, 1)).sum(2, 3),
                        "[[1134, 3510], [3510, 11070]]"),
                fact(() -> A.reshape(4, -1).get(2), "[12, 13, 14, 15, 16, 17]"),
                fact(
                        () -> A.permute(2, 0, 1).reshape(2, 12),
                        "[[0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21], [2, 6, 10, 14, 18, 22, 3, 7,"
                                + " 11, 15, 19, 23]]"),
                fact(() -> A.transpose(0, -1).flatten().slice("::5"), "[0, 20, 9, 18, 7]"),
                fact(() -> A.slice("1, ::-2, 1:3"), "[[21, 22], [13, 14]]"),
                fact(() -> A.slice("..., 0"), "[[0, 4, 8], [12, 16, 20]]"),
                fact(() -> M.slice(":, ::-1").sum(0), "[-3, 3, 5]"),
                fact(() -> M.expand(2, 2, 3).sum(2), "[[2, 3], [2, 3]]"),
                fact(() -> M.unsqueeze(1), "[[[1, -2, 3]], [[4, 5, -6]]]"),
                fact(() -> M.slice("0:1").squeeze(0), "[1, -2, 3]"),
                fact(
                        () -> Tensor.concat(1, M, M.neg().slice(":, :1")),
                        "[[1, -2, 3, -1], [4, 5, -6, -4]]"),
                fact(
                        () -> Tensor.concat(-2, M, M),
                        "[[1, -2, 3], [4, 5, -6], [1, -2, 3], [4, 5, -6]]"),
                fact(() -> Tensor.stack(1, V, V.neg()), "[[2, -2], [0.5, -0.5], [-1, 1]]"),
                fact(
                        () -> Tensor.stack(-1, M, M),
                        "[[[1, 1], [-2, -2], [3, 3]], [[4, 4], [5, 5], [-6, -6]]]"),
                fact(() -> M.gather(Tensor.of(1, 0, 1)), "[[4, 5, -6], [1, -2, 3], [4, 5, -6]]"),
                fact(
                        () -> A.gather(Tensor.of(new int[][] {{1}, {0}})),
                        "[[[[12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]], [[[0, 1, 2, 3],"
                                + " [4, 5, 6, 7], [8, 9, 10, 11]]]]"),
                fact(() -> M.to(DType.INT32).add(Tensor.of(1, 1, 1)), "[[2, -1, 4], [5, 6, -5]]"),
                fact(() -> V.to(DType.INT32), "[2, 0, -1]"),
                fact(() -> Tensor.arange(5).div(Tensor.of(2)), "[0, 0.5, 1, 1.5, 2]"),
                fact(() -> M.sumTo(Shape.of(1, 3)), "[[5, 3, -3]]"),
                fact(() -> A.sumTo(Shape.of(3, 1)), "[[60], [92], [124]]"),
                fact(
                        () -> Tensor.map("f", X.mul(Y).add(1), V, M),
                        "[[3.0, 0.0, -2.0], [9.0, 3.5, 7.0]]"),
                fact(
                        () -> Tensor.sum("f", X.mul(Y), new int[] {0}, false, V, M),
                        "[10.0, 1.5, 3.0]"),
                fact(
                        () -> Tensor.sum("f", X.sub(Y).abs(), new int[] {-1}, true, V, M),
                        "[[7.5], [11.5]]"),
                fact(() -> Tensor.sum("f", X.mul(Y), new int[0], true, M, V), "[[14.5]]"),
                fact(
                        () -> Tensor.mean("f", X.mul(Y), new int[] {0}, false, V, M),
                        "[5.0, 0.75, 1.5]"));
    }
}
