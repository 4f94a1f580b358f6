package dev.gradus.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** Facts by NumPy 2.4.6; the formulas stand beside them. */
class MetricsTest {
    private static final Tensor SCORES =
            Tensor.of(
                    new double[][] {
                        {2, 1, 0, -1},
                        {0.5, 0.5, 3, 1},
                        {1, 2, 2, 0},
                        {-1, -2, -3, -0.5},
                        {0, 0, 0, 0},
                        {9, 1, 2, 3}
                    });

    private static final Tensor CLASSES = Tensor.of(new int[] {0, 3, 2, 1, 0, 2});
    private static final Tensor SOME = Tensor.of(new int[] {0, 3, 2, 1, -100, -100});

    private static final Tensor T1 = Tensor.of(3, -0.5, 2, 7);
    private static final Tensor P1 = Tensor.of(2.5, 0, 2, 8);
    private static final Tensor T2 = Tensor.of(new double[][] {{0.5, 1}, {-1, 1}, {7, -6}});
    private static final Tensor P2 = Tensor.of(new double[][] {{0, 2}, {-1, 2}, {8, -5}});

    static Stream<Arguments> facts() {
        return Stream.of(
                // o = argsort(−s, kind="stable"); mean(y in o[:, :k])
                fact("accuracy", 1 / 3.0, Metrics::accuracy, SCORES, CLASSES),
                fact("top 1", 1 / 3.0, topK(1), SCORES, CLASSES),
                fact("top 2", 2 / 3.0, topK(2), SCORES, CLASSES),
                fact("top 3", 1, topK(3), SCORES, CLASSES),
                fact("top 1, some ignored", 1 / 4.0, topK(1), SCORES, SOME),
                fact(
                        "accuracy of sequences",
                        1 / 3.0,
                        Metrics::accuracy,
                        SCORES.reshape(2, 3, 4),
                        CLASSES.reshape(2, 3)),
                // exp(mean(log(sum(exp(s), 1)) − s[range(n), y]))
                fact("perplexity", 10.587032698713786, Metrics::perplexity, SCORES, CLASSES),
                fact("perplexity of some", 4.228898256160205, Metrics::perplexity, SCORES, SOME),
                fact(
                        "perplexity of a guess",
                        4,
                        Metrics::perplexity,
                        Tensor.zeros(5, 4),
                        Tensor.of(new int[] {0, 1, 2, 3, 0})),
                fact(
                        "perplexity of large scores",
                        1,
                        Metrics::perplexity,
                        Tensor.of(new double[][] {{1e30, 0}}),
                        Tensor.of(new int[] {0})),
                fact(
                        "binary accuracy",
                        0.75,
                        Metrics::binaryAccuracy,
                        Tensor.of(0.1, -3, 0, 2),
                        Tensor.of(1.0, 0, 1, 1)),
                // mean(|t − p|)
                fact("mae", 0.5, Metrics::meanAbsoluteError, P1, T1),
                fact("mae [3, 2]", 0.75, Metrics::meanAbsoluteError, P2, T2),
                // 1 − sum((t − p)², 0) / sum((t − mean(t, 0))², 0), then the mean
                fact("r2", 0.9486081370449679, Metrics::r2, P1, T1),
                fact("r2 [3, 2]", 0.9368005266622779, Metrics::r2, P2, T2),
                fact("r2 of the mean", 0, Metrics::r2, Tensor.full(2.875, 4), T1),
                fact(
                        "r2, worse than that",
                        -3,
                        Metrics::r2,
                        Tensor.of(3.0, 2, 1),
                        Tensor.of(1.0, 2, 3)));
    }

    private static Arguments fact(
            String name, double expected, Metric metric, Tensor prediction, Tensor target) {
        return Arguments.of(name, expected, metric, prediction, target);
    }

    private static Metric topK(int k) {
        return (scores, classes) -> Metrics.topK(scores, classes, k);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("facts")
    void isWhatNumPySays(
            String name, double expected, Metric metric, Tensor prediction, Tensor target) {
        assertEquals(expected, metric.of(prediction, target), 1e-12, name);
        assertEquals(expected, metric.of(prediction, target), 1e-12, name + ", again");
    }

    @Test
    void aConfusionMatrix() {
        // y = 0 0 0 0 1 1 1 2 2 2 2 2, p = 0 0 1 2 1 1 0 2 2 2 0 1; c[y, p] += 1
        var y = Tensor.of(new int[] {0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, -100});
        var p = Tensor.of(new int[] {0, 0, 1, 2, 1, 1, 0, 2, 2, 2, 0, 1, 1});
        var matrix = ConfusionMatrix.of(p.oneHot(3), y);
        assertEquals(new ConfusionMatrix(new int[][] {{2, 1, 1}, {1, 2, 0}, {1, 1, 3}}), matrix);
        assertEquals(7 / 12.0, matrix.accuracy(), 1e-15);
        assertEquals(matrix.accuracy(), Metrics.accuracy(p.oneHot(3), y), 1e-15);
        // diag / sum(0), diag / sum(1), 2 diag / (sum(0) + sum(1))
        double[][] expected = {{0.5, 0.5, 0.75}, {0.5, 2 / 3.0, 0.6}, {0.5, 4 / 7.0, 2 / 3.0}};
        for (int c = 0; c < 3; c++) {
            assertEquals(expected[0][c], matrix.precision(c), 1e-15);
            assertEquals(expected[1][c], matrix.recall(c), 1e-15);
            assertEquals(expected[2][c], matrix.f1(c), 1e-15);
        }
        assertEquals(
                "right \\ predicted\n   0 1 2\n 0 2 1 1\n 1 1 2 0\n 2 1 1 3", matrix.toString());
        matrix.counts()[0][0] = 99;
        assertArrayEquals(new int[] {2, 1, 1}, matrix.counts()[0]);
        var never = new ConfusionMatrix(new int[][] {{0, 0}, {0, 3}});
        assertEquals(0, never.precision(0) + never.recall(0) + never.f1(0));
    }

    static Stream<Arguments> mistakes() {
        Tensor none = Tensor.zeros(0, 3);
        Tensor noClasses = Tensor.of(new int[0]);
        Tensor nan = Tensor.of(new double[][] {{0, 1}, {Double.NaN, 0}});
        Tensor two = Tensor.of(new int[] {0, 1});
        return Stream.of(
                mistake("no row to count", () -> Metrics.accuracy(none, noClasses)),
                mistake("no row to count", () -> Metrics.perplexity(none, noClasses)),
                mistake("no row to count", () -> ConfusionMatrix.of(none, noClasses)),
                mistake(
                        "no row to count, of 1",
                        () -> Metrics.accuracy(Tensor.zeros(1, 3), Tensor.of(new int[] {-100}))),
                mistake("nothing to look at", () -> Metrics.r2(none, none)),
                mistake("nothing to look at", () -> Metrics.meanAbsoluteError(none, none)),
                mistake("nothing to look at", () -> Metrics.binaryAccuracy(none, none)),
                mistake("must be [.., c] and [..]", () -> Metrics.accuracy(SCORES, two)),
                mistake(
                        "of INT32, not of FLOAT32",
                        () -> Metrics.accuracy(Tensor.zeros(2, 3), Tensor.zeros(2))),
                mistake("k must be in 1 … 4", () -> Metrics.topK(SCORES, CLASSES, 5)),
                mistake("k must be in 1 … 4", () -> Metrics.topK(SCORES, CLASSES, 0)),
                mistake(
                        "label 2 of row 1 is not one of the 2 classes",
                        () -> Metrics.accuracy(nan, Tensor.of(new int[] {0, 2}))),
                mistake("class 0 in row 1 is NaN", () -> Metrics.accuracy(nan, two)),
                mistake("same shape; reshape", () -> Metrics.r2(T1, T1.reshape(4, 1))),
                mistake("target element 2 is NaN", () -> Metrics.r2(nan.onesLike(), nan)),
                mistake("no variance to explain", () -> Metrics.r2(T1, Tensor.full(0.1, 4))),
                mistake(
                        "element 0 is 0.5",
                        () -> Metrics.binaryAccuracy(Tensor.of(1.0), Tensor.of(0.5))),
                mistake("at least 0", () -> new ConfusionMatrix(new int[][] {{1, 2}})));
    }

    private static Arguments mistake(String text, Executable call) {
        return Arguments.of(text, call);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void aMistakeIsExplained(String text, Executable call) {
        String message = String.valueOf(assertThrows(RuntimeException.class, call).getMessage());
        assertTrue(message.contains(text), message);
    }
}
