package dev.gradus.tensor;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.expr.Expr;
import dev.gradus.shape.Says;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Every mistake with softmax and the operations of {@link Functional}: what the message says. */
class FunctionalErrorsTest {
    private static final Tensor M = Tensor.ones(2, 3);
    private static final Tensor V = Tensor.ones(3);
    private static final Tensor NUMBER = Tensor.scalar(1);
    private static final Tensor ELSEWHERE = M.to("reference");
    private static final Expr X = Expr.in(0);

    private static DynamicTest illegal(String name, Executable code, String... fragments) {
        return dynamicTest(name, () -> Says.illegal(code, fragments));
    }

    @TestFactory
    Stream<DynamicTest> softmax() {
        return Stream.of(
                illegal("axis", () -> M.softmax(2), "softmax: axis 2", "[2, 3]", "-2 to 1"),
                illegal("axis, log", () -> M.logSoftmax(-3), "logSoftmax: axis -3", "[2, 3]"),
                illegal("scalar", () -> NUMBER.softmax(0), "softmax: axis 0", "[]"),
                illegal(
                        "mask",
                        () -> Functional.maskedSoftmax(M, Tensor.ones(2)),
                        "maskedSoftmax: a mask of shape [2] does not broadcast",
                        "[2, 3]"),
                illegal(
                        "a larger mask",
                        () -> Functional.maskedSoftmax(V, M),
                        "maskedSoftmax: a mask of shape [2, 3]",
                        "[3]"),
                illegal(
                        "scalar with a mask",
                        () -> Functional.maskedSoftmax(NUMBER, NUMBER),
                        "maskedSoftmax",
                        "[]"),
                illegal(
                        "mask elsewhere",
                        () -> Functional.maskedSoftmax(M, ELSEWHERE),
                        "maskedSoftmax: the tensors are on cpu and on reference",
                        "to(\"…\")"));
    }

    @TestFactory
    Stream<DynamicTest> layers() {
        String linear = "must be [.., in], [in, out]";
        String norm = "must be [.., n], [n], [n]";
        return Stream.of(
                illegal(
                        "weight",
                        () -> Functional.linear(M, M, null),
                        "linear: input [2, 3], weight [2, 3] " + linear),
                illegal(
                        "bias",
                        () -> Functional.linear(M, M.t(), V),
                        "linear: input [2, 3], weight [3, 2], bias [3] " + linear + ", [out]"),
                illegal(
                        "bias of one",
                        () -> Functional.linear(M, M.t(), Tensor.ones(1)),
                        "linear",
                        "bias [1]"),
                illegal("scalar", () -> Functional.linear(NUMBER, M, null), "linear: input []"),
                illegal(
                        "weights of a batch",
                        () -> Functional.linear(M, Tensor.ones(2, 3, 4), null),
                        "weight [2, 3, 4]"),
                illegal(
                        "weight elsewhere",
                        () -> Functional.linear(M, ELSEWHERE.t(), null, X.tanh()),
                        "linear: the tensors are on cpu and on reference"),
                illegal(
                        "activation of two",
                        () -> Functional.linear(M, M.t(), null, X.add(Expr.in(1))),
                        "linear: the activation",
                        "one input, not 2"),
                illegal(
                        "constant activation",
                        () -> Functional.linear(M, M.t(), V.slice(":2"), Expr.ONE),
                        "linear: the activation",
                        "one input, not 0"),
                illegal(
                        "activation with a scalar",
                        () -> Functional.linear(M, M.t(), null, X.mul(Expr.scalar(0))),
                        "linear: the activation",
                        "run-time scalars"),
                illegal(
                        "norm's weight",
                        () -> Functional.layerNorm(M, Tensor.ones(2), V, 1e-5),
                        "layerNorm: input [2, 3], weight [2], bias [3] " + norm),
                illegal(
                        "norm's bias",
                        () -> Functional.layerNorm(M, V, M, 1e-5),
                        "layerNorm",
                        "bias [2, 3]"),
                illegal(
                        "norm of a scalar",
                        () -> Functional.layerNorm(NUMBER, V, V, 1e-5),
                        "layerNorm: input []"),
                illegal(
                        "norm elsewhere",
                        () -> Functional.layerNorm(ELSEWHERE, V, V, 1e-5),
                        "layerNorm: the tensors are on reference and on cpu"));
    }

    @TestFactory
    Stream<DynamicTest> losses() {
        Tensor classes = Tensor.of(1, 2);
        return Stream.concat(
                Stream.of(
                        illegal(
                                "classes",
                                () -> Functional.crossEntropy(M, Tensor.of(1, 2, 0), 0),
                                "crossEntropy: logits [2, 3] and classes INT32 [3]",
                                "[.., c]"),
                        illegal(
                                "floating classes",
                                () -> Functional.crossEntropy(M, Tensor.ones(2), 0),
                                "classes FLOAT32 [2]",
                                "INT32"),
                        illegal(
                                "a scalar's",
                                () -> Functional.crossEntropy(NUMBER, classes, 0),
                                "crossEntropy: logits []"),
                        illegal(
                                "classes elsewhere",
                                () -> Functional.crossEntropy(M, classes.to("reference"), 0),
                                "crossEntropy: the tensors are on cpu and on reference"),
                        illegal(
                                "probabilities",
                                () -> Functional.softCrossEntropy(M, V, 0),
                                "crossEntropy: logits [2, 3] and probabilities [3]",
                                "same shape"),
                        illegal(
                                "probabilities of a scalar",
                                () -> Functional.softCrossEntropy(NUMBER, NUMBER, 0),
                                "crossEntropy: logits []"),
                        illegal(
                                "probabilities elsewhere",
                                () -> Functional.softCrossEntropy(M, ELSEWHERE, 0),
                                "crossEntropy: the tensors are on cpu and on reference")),
                DoubleStream.of(-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY)
                        .boxed()
                        .flatMap(e ->
                                Stream.of(
                                        illegal(
                                                "smoothing " + e,
                                                () -> Functional.crossEntropy(M, classes, e),
                                                "crossEntropy: the label smoothing",
                                                "0 … 1, not " + e),
                                        illegal(
                                                "smoothing of probabilities " + e,
                                                () -> Functional.softCrossEntropy(M, M, e),
                                                "0 … 1, not " + e))));
    }

    @TestFactory
    Stream<DynamicTest> dropout() {
        return DoubleStream.of(1, -0.1, 1.5, Double.NaN)
                .boxed()
                .flatMap(p ->
                        Stream.of(
                                illegal(
                                        "dropout " + p,
                                        () -> Functional.dropout(M, p),
                                        "dropout: ",
                                        "at least 0 and below 1, not " + p),
                                illegal(
                                        "attention's dropout " + p,
                                        () ->
                                                Functional.scaledDotProductAttention(
                                                        M, M, M, null, false, p),
                                        "attention: ",
                                        "below 1, not " + p),
                                illegal(
                                        "weights' dropout " + p,
                                        () -> Functional.attentionWeights(M, M, null, false, p),
                                        "attention: ",
                                        "below 1, not " + p)));
    }

    private static Executable attention(int[] q, int[] k, int[] v, int @Nullable ... mask) {
        return () ->
                Functional.scaledDotProductAttention(
                        Tensor.ones(q),
                        Tensor.ones(k),
                        Tensor.ones(v),
                        mask == null ? null : Tensor.ones(mask),
                        false,
                        0);
    }

    private static int[] dims(int... dims) {
        return dims;
    }

    @TestFactory
    Stream<DynamicTest> attention() {
        String must = "must be [b…, t, d], [b…, s, d] and [b…, s, e]";
        int @Nullable [] none = null;
        return Stream.of(
                illegal(
                        "widths",
                        attention(dims(2, 3), dims(4, 5), dims(4, 3), none),
                        "attention: queries [2, 3], keys [4, 5] and values [4, 3] " + must),
                illegal(
                        "keys and values",
                        attention(dims(2, 3), dims(4, 3), dims(5, 3), none),
                        "keys [4, 3] and values [5, 3] " + must),
                illegal("ranks", attention(dims(2, 3), dims(1, 4, 3), dims(4, 3), none), must),
                illegal("vectors", attention(dims(3), dims(3), dims(3), none), "[3]", must),
                illegal(
                        "batches",
                        attention(dims(2, 4, 3), dims(1, 4, 3), dims(2, 4, 3), none),
                        "queries [2, 4, 3], keys [1, 4, 3]",
                        must),
                illegal(
                        "batches of values",
                        attention(dims(2, 4, 3), dims(2, 4, 3), dims(3, 4, 3), none),
                        "values [3, 4, 3]"),
                illegal(
                        "mask",
                        attention(dims(2, 8, 4, 3), dims(2, 8, 5, 3), dims(2, 8, 5, 3), 2, 5),
                        "attention: a mask of shape [2, 5] does not broadcast to the weights,",
                        "[2, 8, 4, 5]",
                        "queries [2, 8, 4, 3]",
                        "unsqueeze(1)"),
                illegal(
                        "a mask of more axes",
                        attention(dims(4, 3), dims(5, 3), dims(5, 3), 2, 4, 5),
                        "mask of shape [2, 4, 5]",
                        "[4, 5]"),
                illegal(
                        "weights",
                        () -> Functional.attentionWeights(M, M.t(), null, false, 0),
                        "attention: queries [2, 3], keys [3, 2]"),
                illegal(
                        "weights' mask",
                        () -> Functional.attentionWeights(M, M, Tensor.ones(3, 3), false, 0),
                        "mask of shape [3, 3]",
                        "[2, 2]"),
                illegal(
                        "keys elsewhere",
                        () -> Functional.scaledDotProductAttention(M, ELSEWHERE, M),
                        "attention: the tensors are on cpu and on reference",
                        "to(\"…\")"),
                illegal(
                        "mask elsewhere",
                        () ->
                                Functional.scaledDotProductAttention(
                                        M, M, M, Tensor.ones(2).to("reference"), true, 0),
                        "attention: the tensors are on cpu and on reference"));
    }
}
