package dev.gradus.tensor;

import static dev.gradus.tensor.Facts.fact;

import dev.gradus.expr.Expr;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.Stream;

/**
 * What the operations of layers and losses mean: the answers are those of PyTorch 1.13.1, in
 * double, to the same questions.
 */
class TorchFactsTest {
    private static final Tensor M = Tensor.of(new double[][] {{1, -2, 3}, {4, 5, -6}});
    private static final Tensor V = Tensor.of(2, 0.5, -1);
    private static final Tensor W = Tensor.of(new double[][] {{1, -1}, {0.5, 2}, {-2, 0.25}});
    private static final Tensor B = Tensor.of(0.5, -1);
    private static final Tensor CLASSES = Tensor.of(2, 0);
    private static final Tensor IGNORED = Tensor.of(-100, 1);
    private static final Tensor P = Tensor.of(new double[][] {{0.2, 0.3, 0.5}, {0, 1, 0}});

    private static final Tensor Q = Tensor.of(new double[][] {{1, 0}, {0.5, -1}, {2, 1}});
    private static final Tensor K = Tensor.of(new double[][] {{1, 1}, {0, -1}, {-1, 0.5}});
    private static final Tensor VALUES = Tensor.of(new double[][] {{1, 2}, {3, -1}, {0, 4}});
    private static final Tensor MASK = Tensor.of(new int[][] {{1, 0, 1}, {1, 1, 0}, {0, 1, 1}});

    private static final Expr X = Expr.in(0);
    private static final Expr GELU = X.mul(0.5).mul(X.mul(Math.sqrt(0.5)).erf().add(1));

    private static Tensor attention(Tensor q, boolean masked, boolean causal) {
        Tensor mask = masked ? MASK : null;
        return Functional.scaledDotProductAttention(q, K, VALUES, mask, causal, 0);
    }

    @TestFactory
    Stream<DynamicTest> softmax() {
        return Stream.of(
                fact(
                        () -> M.softmax(-1),
                        "[[0.11849965, 0.0058997504, 0.8756006], [0.26893814, 0.73104965,"
                                + " 1.2209773e-05]]"),
                fact(
                        () -> M.softmax(0),
                        "[[0.047425873, 0.00091105119, 0.99987661], [0.95257413, 0.99908895,"
                                + " 0.00012339458]]"),
                fact(() -> V.mul(1000).softmax(0), "[1, 0, 0]"),
                fact(
                        () -> M.logSoftmax(1),
                        "[[-2.1328452, -5.1328452, -0.13284523], [-1.3132739, -0.3132739,"
                                + " -11.313274]]"),
                fact(() -> V.mul(1000).logSoftmax(-1), "[0, -1500, -3000]"));
    }

    @TestFactory
    Stream<DynamicTest> layers() {
        return Stream.of(
                fact(
                        () -> Functional.layerNorm(M, V, V.onesLike(), 1e-5),
                        "[[1.3244425, 0.35111508, -0.1355486], [2.2080807, 1.4026936, 2.4094274]]"),
                fact(
                        () -> Functional.layerNorm(M, V.onesLike(), V, 0.5).get(1),
                        "[2.5980099, 1.2973466, -2.3953565]"),
                fact(() -> Functional.linear(M, W, B), "[[-5.5, -5.25], [19, 3.5]]"),
                fact(() -> Functional.linear(M, W, null, X.relu()), "[[0, 0], [18.5, 4.5]]"),
                fact(
                        () -> Functional.linear(M, W, B, GELU).get(1),
                        "[19, 3.4991858]"), // in row 0 an erf near −1 cancels
                fact(
                        () -> Functional.linear(V.unsqueeze(1), Tensor.ones(1, 1), null, GELU),
                        "[[1.9544997], [0.34573123], [-0.15865525]]"));
    }

    @TestFactory
    Stream<DynamicTest> crossEntropy() {
        return Stream.of(
                fact(() -> Functional.crossEntropy(M, CLASSES, 0), "[0.13284523, 1.3132739]"),
                fact( // a large number that all logits share costs no digits
                        () -> Functional.crossEntropy(M.add(8192), CLASSES, 0),
                        "[0.13284523, 1.3132739]"),
                fact(
                        () -> Functional.softCrossEntropy(M.add(8192), P, 0),
                        "[2.0328452, 0.3132739]"),
                fact(
                        () -> M.add(8192).logSoftmax(1),
                        "[[-2.1328452, -5.1328452, -0.13284523], [-1.3132739, -0.3132739,"
                                + " -11.313274]]"),
                fact(() -> Functional.crossEntropy(M, CLASSES, 0.1), "[0.36617857, 1.6132739]"),
                fact(() -> Functional.crossEntropy(M, CLASSES, 1), "[2.4661786, 4.3132739]"),
                fact(() -> Functional.crossEntropy(M, IGNORED, 0.1), "[0, 0.7132739]"),
                fact(() -> Functional.softCrossEntropy(M, P, 0), "[2.0328452, 0.3132739]"),
                fact(() -> Functional.softCrossEntropy(M, P, 0.2), "[2.1195119, 1.1132739]"));
    }

    @TestFactory
    Stream<DynamicTest> attention() {
        return Stream.of(
                fact(
                        () -> attention(Q, false, false),
                        "[[1.4279616, 1.4280723], [2.1054142, 0.41836211], [1.0696961,"
                                + " 1.9143106]]"),
                fact(
                        () -> attention(Q, true, false),
                        "[[0.80442968, 2.3911406], [2.4856334, -0.22845005], [1.762437,"
                                + " 1.062605]]"),
                fact(
                        () -> attention(Q, false, true),
                        "[[1, 2], [2.4856334, -0.22845005], [1.0696961, 1.9143106]]"),
                fact(
                        () -> Functional.attentionWeights(Q, K, null, true, 0),
                        "[[1, 0, 0], [0.25718332, 0.74281668, 0], [0.90858778, 0.053702759,"
                                + " 0.03770946]]"),
                fact(
                        () -> Functional.attentionWeights(Q, K, Tensor.of(1, 1, 0), false, 0),
                        "[[0.66976155, 0.33023845, 0], [0.25718332, 0.74281668, 0], [0.94419278,"
                                + " 0.055807219, 0]]"));
    }
}
