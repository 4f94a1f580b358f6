package dev.gradus.tensor;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.backend.Backends;
import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

import java.util.List;
import java.util.stream.Stream;

/** Every mistake a user can make with a tensor: what it throws, and what the message says. */
class TensorErrorsTest {
    private static final Tensor M = Tensor.ones(2, 3);
    private static final Tensor V = Tensor.ones(3);
    private static final Expr X = Expr.in(0);

    /** A mistake: its type, its code, and what its message must mention. */
    private record Mistake(
            String name,
            Class<? extends RuntimeException> type,
            Executable code,
            String... fragments) {}

    private static Mistake illegal(String name, Executable code, String... fragments) {
        return new Mistake(name, IllegalArgumentException.class, code, fragments);
    }

    private static Mistake index(String name, Executable code, String... fragments) {
        return new Mistake(name, IndexOutOfBoundsException.class, code, fragments);
    }

    private static Stream<DynamicTest> tests(Mistake... mistakes) {
        return Stream.of(mistakes)
                .map(m -> dynamicTest(m.name, () -> Says.error(m.type, m.code, m.fragments)));
    }

    @TestFactory
    Stream<DynamicTest> shapesThatDoNotFit() {
        Tensor n = Tensor.ones(3, 2);
        return tests(
                illegal("add", () -> M.add(n), "add: shapes [2, 3] and [3, 2]", "axis -1", "t()"),
                illegal("mul", () -> M.mul(Tensor.ones(2)), "mul: shapes", "unsqueeze(-1)"),
                illegal("maximum", () -> V.maximum(Tensor.ones(4)), "maximum: shapes [3] and [4]"),
                illegal("lt", () -> V.lt(Tensor.ones(4)), "lt: shapes [3] and [4]"),
                illegal(
                        "where",
                        () -> Tensor.where(V, V, Tensor.ones(4)),
                        "where: shapes [3] and [4]"),
                illegal("map", () -> Tensor.map("f", X.add(Expr.in(1)), V, n), "f: shapes [3]"),
                illegal(
                        "sum",
                        () -> Tensor.sum("mse", X.sub(Expr.in(1)), new int[0], false, V, n),
                        "mse: shapes [3] and [3, 2]"),
                illegal(
                        "matmul",
                        () -> M.matmul(M),
                        "matmul: shapes [2, 3] and [2, 3]",
                        "last axis of the first (3)",
                        "axis -2 of the second (2)",
                        "did you mean matmul(other.transpose(-1, -2))?"),
                illegal(
                        "matmul, the other way",
                        () -> Tensor.ones(2, 3).matmul(Tensor.ones(2, 4)),
                        "did you mean transpose(-1, -2).matmul(other)?"),
                illegal(
                        "matmul vector",
                        () -> M.matmul(Tensor.ones(2)),
                        "[2, 3] and [2]",
                        "length"),
                illegal("matmul scalar", () -> M.matmul(Tensor.scalar(1)), "scalar", "use mul"),
                illegal(
                        "matmul batches",
                        () -> Tensor.ones(2, 3, 4).matmul(Tensor.ones(5, 4, 3)),
                        "matmul",
                        "[2] and [5]"),
                illegal(
                        "dot",
                        () -> V.dot(Tensor.ones(4)),
                        "dot: shapes [3] and [4]",
                        "one length"),
                illegal("dot of matrices", () -> M.dot(M), "dot", "matmul multiplies matrices"),
                illegal(
                        "concat",
                        () -> Tensor.concat(0, M, n),
                        "concat: shapes [2, 3] and [3, 2]",
                        "every axis but 0"),
                illegal("concat ranks", () -> Tensor.concat(0, M, V), "[2, 3] and [3]"),
                illegal("concat nothing", () -> Tensor.concat(0), "concat: nothing to join"),
                illegal(
                        "concat of too much",
                        () -> Tensor.concat(0, huge(), huge(), huge()),
                        "more elements than an array can hold"),
                illegal("stack", () -> Tensor.stack(0, M, n), "stack: shapes [2, 3] and [3, 2]"),
                illegal(
                        "reshape",
                        () -> M.reshape(4),
                        "reshape: shape [2, 3] has 6",
                        "[4] needs 4"),
                illegal("reshape -1", () -> M.reshape(-1, 4), "6 elements", "divide", "[-1, 4]"),
                illegal("reshape two -1", () -> M.reshape(-1, -1), "[-1, -1]", "more than one -1"),
                illegal("reshape of nothing", () -> Tensor.zeros(0, 3).reshape(0, -1), "[0, -1]"),
                illegal("reshape negative", () -> M.reshape(-2, -3), "negative size -2"),
                illegal("expand", () -> M.expand(4, 3), "expand: shape [2, 3]", "axis 0", "2 to 4"),
                illegal("expand down", () -> M.expand(3), "[2, 3]", "fewer axes"),
                illegal("t", () -> V.t(), "t: shape [3] is not a matrix", "unsqueeze(-1)"),
                illegal(
                        "t of a batch",
                        () -> Tensor.ones(2, 3, 4).t(),
                        "t: shape [2, 3, 4] is not a matrix",
                        "transpose(-1, -2)"),
                illegal("squeeze", () -> M.squeeze(0), "squeeze: axis 0 of shape [2, 3]", "size 1"),
                illegal("permute", () -> M.permute(0), "permute", "[0]", "every axis of [2, 3]"),
                illegal("permute twice", () -> M.permute(0, 0), "axis 0 is named twice"),
                illegal("at", () -> M.at(1), "at: 1 index for shape [2, 3]"),
                illegal("toArray2d", () -> V.toArray2d(), "toArray2d: shape [3]"),
                illegal("item", () -> M.item(), "item: shape [2, 3] has 6 elements", "reduce it"),
                illegal("item of nothing", () -> Tensor.zeros(0).item(), "0 elements"),
                illegal("max of nothing", () -> Tensor.zeros(0).max(), "max: shape [0]"),
                illegal("min of nothing", () -> Tensor.zeros(2, 0).min(1), "min: shape [2, 0]"));
    }

    /** Large only to look at: one element, repeated. */
    private static Tensor huge() {
        return Tensor.ones(1).expand(1 << 30);
    }

    @TestFactory
    Stream<DynamicTest> axesAndIndices() {
        return tests(
                illegal("sum", () -> M.sum(2), "sum: axis 2", "[2, 3]", "-2 to 1"),
                illegal("sum, negative", () -> M.sum(-3), "sum: axis -3"),
                illegal("sum twice", () -> M.sum(0, -2), "sum: axis -2 is named twice"),
                illegal("mean", () -> M.mean(5), "mean: axis 5", "[2, 3]"),
                illegal("max", () -> M.max(2, true), "max", "axis 2", "[2, 3]"),
                illegal("sum of a scalar", () -> Tensor.scalar(1).sum(0), "a scalar has no axes"),
                illegal("transpose", () -> M.transpose(0, 2), "transpose: axis 2"),
                illegal("permute", () -> M.permute(0, 2), "permute: axis 2"),
                illegal("squeeze", () -> M.squeeze(2), "squeeze: axis 2"),
                illegal("unsqueeze", () -> M.unsqueeze(3), "unsqueeze: axis 3", "[2, 3]"),
                illegal("concat", () -> Tensor.concat(2, M, M), "concat: axis 2"),
                illegal("size", () -> M.size(2), "axis 2", "[2, 3]"),
                index("get", () -> M.get(2), "index 2", "axis 0 of shape [2, 3]"),
                index("at", () -> M.at(0, -4), "index -4", "axis 1 of shape [2, 3]"),
                index("slice", () -> M.slice("0, 3"), "index 3", "axis 1"),
                illegal("too many slices", () -> M.slice("0, 0, 0"), "3 entries", "[2, 3]"),
                illegal("slice text", () -> M.slice("1;2"), "\"1;2\"", "start:stop:step"),
                illegal("slice step", () -> M.slice("::0"), "step of 0"),
                index("gather", () -> M.gather(Tensor.of(0, 2)), "index 2", "number 1", "[2, 3]"),
                illegal("gather floats", () -> M.gather(V), "INT32", "to(DType.INT32)", "FLOAT32"),
                illegal("gather of a scalar", () -> Tensor.scalar(1).gather(Tensor.of(0)), "rows"));
    }

    @TestFactory
    Stream<DynamicTest> makingTensors() {
        return tests(
                illegal(
                        "ragged",
                        () -> Tensor.of(new double[][] {{1, 2}, {3}}),
                        "ragged",
                        "at [1] has length 1",
                        "has 2"),
                illegal(
                        "ragged deeper",
                        () -> Tensor.of(new double[][][] {{{1}, {2}}, {{3}, {4, 5}}}),
                        "ragged",
                        "at [1][1] has length 2"),
                illegal(
                        "ragged in the middle",
                        () -> Tensor.of(new double[][][] {{{1}, {2}}, {{3}}}),
                        "at [1] has length 1"),
                illegal("null row", () -> Tensor.of(new double[][] {{1}, null}), "[1] is null"),
                illegal(
                        "no array",
                        () -> Tensor.of("abc", DType.FLOAT32),
                        "String",
                        "Tensor.scalar"),
                illegal(
                        "fractions as ints",
                        () -> Tensor.of(new double[] {1.5}, DType.INT32),
                        "double[]",
                        "INT32"),
                illegal("negative zeros", () -> Tensor.zeros(2, -1), "[2, -1]", "negative size -1"),
                illegal("negative eye", () -> Tensor.eye(-1), "negative size"),
                illegal("negative rand", () -> Tensor.rand(-3), "negative size -3"),
                illegal("negative linspace", () -> Tensor.linspace(0, 1, -2), "negative size -2"),
                illegal("too large", () -> Tensor.zeros(65536, 65536), "more elements", "array"),
                illegal("too large eye", () -> Tensor.eye(50_000), "[50000, 50000]", "array"),
                illegal(
                        "too large by broadcasting",
                        () -> Tensor.ones(100_000, 1).add(Tensor.ones(1, 100_000)),
                        "[100000, 100000]",
                        "more elements"),
                illegal("too large rand", () -> Tensor.rand(1 << 20, 1 << 20), "more elements"),
                illegal("negative permutation", () -> new Generator(0).permutation(-3), "negative"),
                illegal("arange without end", () -> Tensor.arange(0, 1, 0), "arange", "no end"),
                illegal("arange to NaN", () -> Tensor.arange(0, Double.NaN, 1), "arange"),
                illegal("arange too long", () -> Tensor.arange(0, 1e18, 1), "arange", "1.0E18"),
                illegal("clip", () -> V.clip(2, 1), "clip: low 2.0", "high 1.0"),
                illegal("clip to NaN", () -> V.clip(Double.NaN, 1), "clip", "NaN"));
    }

    @TestFactory
    Stream<DynamicTest> backends() {
        Tensor elsewhere = V.to("reference");
        List<Executable> mixed = List.of(() -> V.add(elsewhere), () -> elsewhere.matmul(V));
        return Stream.concat(
                tests(
                        illegal(
                                "unknown",
                                () -> Backends.use("tpu"),
                                "there is no backend \"tpu\"",
                                "there are ",
                                "cpu",
                                "reference"),
                        illegal("unknown target", () -> V.to("tpu"), "\"tpu\""),
                        illegal("cuda", () -> Backends.get("cuda"), "gradus-cuda"),
                        illegal(
                                "two in concat",
                                () -> Tensor.concat(0, V, elsewhere),
                                "concat: the tensors are on cpu and on reference",
                                "to(\"")),
                mixed.stream()
                        .map(code ->
                                dynamicTest(
                                        "mixed",
                                        () -> Says.illegal(code, "cpu", "reference", "to("))));
    }

    @TestFactory
    @SuppressWarnings("NullAway") // a user without NullAway is who makes this mistake
    Stream<DynamicTest> nothing() {
        Class<NullPointerException> type = NullPointerException.class;
        Tensor none = null;
        return tests(
                new Mistake("add", type, () -> V.add(none), "add: a tensor is null"),
                new Mistake("matmul", type, () -> V.matmul(none), "null"),
                new Mistake("concat", type, () -> Tensor.concat(0, V, none), "null"),
                new Mistake(
                        "where", type, () -> Tensor.where(V, none, V), "where: a tensor is null"),
                new Mistake("gather", type, () -> V.gather(none), "null"));
    }

    @TestFactory
    Stream<DynamicTest> expressions() {
        return tests(
                illegal(
                        "map with too few inputs",
                        () -> Tensor.map("f", X.add(Expr.in(1)), V),
                        "f: the expression reads 2 inputs",
                        "1 inputs were given"),
                illegal(
                        "map with scalars",
                        () -> Tensor.map("f", X.mul(Expr.scalar(0)), V),
                        "1 scalars"),
                illegal(
                        "sum with too few inputs",
                        () -> Tensor.sum("f", X.add(Expr.in(1)), new int[0], false, V),
                        "f: the expression reads 2 inputs"),
                illegal(
                        "sum with scalars",
                        () -> Tensor.sum("f", X.mul(Expr.scalar(0)), new int[0], false, V),
                        "1 scalars"),
                illegal(
                        "mean with scalars",
                        () -> Tensor.mean("f", X.mul(Expr.scalar(0)), new int[0], false, V),
                        "1 scalars"),
                illegal("sumTo", () -> M.sumTo(Shape.of(4)), "[2, 3]", "[4]"));
    }
}
