package dev.gradus.train;

import dev.gradus.nn.Losses;
import dev.gradus.tensor.Tensor;

/**
 * How good predictions are: numbers computed from predictions and targets, and from nothing else.
 * Each is a {@link Metric}. Sums are in double.
 */
public final class Metrics {
    private Metrics() {}

    /**
     * The share of rows whose largest score is that of the right class; of equal scores the first
     * counts as the largest.
     *
     * @param scores logits or probabilities, {@code [.., c]}
     * @param classes {@code [..]} of INT32; rows of {@value ClassScores#IGNORED} do not count, as
     *     in {@link Losses#crossEntropy(Tensor, Tensor)}
     * @throws IllegalArgumentException if shapes do not fit, there is no row that counts, or a
     *     score is NaN
     * @throws IndexOutOfBoundsException if a label is no class
     */
    public static double accuracy(Tensor scores, Tensor classes) {
        return topK("accuracy", scores, classes, 1);
    }

    /**
     * The share of rows in which fewer than k scores come before that of the right class, by size
     * and then by place. With k = 1 it is {@link #accuracy}.
     *
     * @param scores {@code [.., c]}
     * @param classes {@code [..]} of INT32, as for {@link #accuracy}
     * @param k 1 … c
     */
    public static double topK(Tensor scores, Tensor classes, int k) {
        return topK("topK", scores, classes, k);
    }

    private static double topK(String name, Tensor scores, Tensor classes, int k) {
        var rows = ClassScores.of(name, scores, classes);
        if (k < 1 || k > rows.classes()) {
            throw new IllegalArgumentException(
                    "%s: k must be in 1 … %d, the number of classes, not %d"
                            .formatted(name, rows.classes(), k));
        }
        int right = 0;
        for (int row = 0; row < rows.labels().length; row++) {
            if (rows.counts(row) && rows.rank(row) < k) {
                right++;
            }
        }
        return (double) right / rows.counted();
    }

    /**
     * The share of right answers to yes-or-no questions: a logit above 0 says yes.
     *
     * @param logits any shape
     * @param answers 0 or 1, of the same shape
     */
    public static double binaryAccuracy(Tensor logits, Tensor answers) {
        double[][] pairs = pairs("binaryAccuracy", logits, answers);
        int right = 0;
        for (int i = 0; i < pairs[0].length; i++) {
            double answer = pairs[1][i];
            if (answer != 0 && answer != 1) {
                throw new IllegalArgumentException(
                        "binaryAccuracy: answers are 0 or 1, and element %d is %s"
                                .formatted(i, answer));
            }
            right += (pairs[0][i] > 0) == (answer == 1) ? 1 : 0;
        }
        return (double) right / pairs[0].length;
    }

    /**
     * exp of the mean cross-entropy in nats: among how many equally likely classes a model that is
     * as unsure would choose.
     *
     * @param logits {@code [.., c]}
     * @param classes {@code [..]} of INT32, as for {@link #accuracy}
     */
    public static double perplexity(Tensor logits, Tensor classes) {
        var rows = ClassScores.of("perplexity", logits, classes);
        double sum = 0;
        for (int row = 0; row < rows.labels().length; row++) {
            if (rows.counts(row)) {
                sum += rows.crossEntropy(row);
            }
        }
        return perplexity(sum / rows.counted());
    }

    /** exp of a mean cross-entropy in nats, such as a validation loss. */
    public static double perplexity(double crossEntropy) {
        return Math.exp(crossEntropy);
    }

    /**
     * The mean absolute error, mean of |prediction − target|.
     *
     * @param prediction any shape
     * @param target the same shape
     */
    public static double meanAbsoluteError(Tensor prediction, Tensor target) {
        double[][] pairs = pairs("meanAbsoluteError", prediction, target);
        double sum = 0;
        for (int i = 0; i < pairs[0].length; i++) {
            sum += Math.abs(pairs[0][i] - pairs[1][i]);
        }
        return sum / pairs[0].length;
    }

    /**
     * R², the share of the targets' variance that is explained: 1 − Σ (t − p)² / Σ (t − mean t)². 1
     * is perfect, 0 as good as always saying the mean, and there is no worst. Of several columns it
     * is the mean of theirs.
     *
     * @param prediction {@code [n]} or {@code [n, d]}
     * @param target the same shape
     * @throws IllegalArgumentException if the targets of a column are all equal: they have no
     *     variance
     */
    public static double r2(Tensor prediction, Tensor target) {
        double[][] pairs = pairs("r2", prediction, target);
        if (target.ndim() != 1 && target.ndim() != 2) {
            throw new IllegalArgumentException(
                    "r2: shapes are [n] or [n, d], not " + target.shape());
        }
        int columns = target.ndim() == 1 ? 1 : target.size(1);
        double sum = 0;
        for (int c = 0; c < columns; c++) {
            sum += r2(pairs[0], pairs[1], c, columns);
        }
        return sum / columns;
    }

    private static double r2(double[] predictions, double[] targets, int first, int stride) {
        double mean = 0;
        for (int i = first; i < targets.length; i += stride) {
            mean += targets[i];
        }
        mean /= (double) targets.length / stride;
        double left = 0;
        double total = 0;
        boolean varies = false;
        for (int i = first; i < targets.length; i += stride) {
            double error = targets[i] - predictions[i];
            double deviation = targets[i] - mean;
            left += error * error;
            total += deviation * deviation;
            varies |= targets[i] != targets[first];
        }
        if (!varies) {
            throw new IllegalArgumentException(
                    ("r2: all targets of column %d are %s, so there is no variance to explain; use"
                                    + " meanAbsoluteError")
                            .formatted(first, targets[first]));
        }
        return 1 - left / total;
    }

    /** The numbers of both, after the checks. */
    private static double[][] pairs(String name, Tensor prediction, Tensor target) {
        if (!prediction.shape().equals(target.shape())) {
            throw new IllegalArgumentException(
                    "%s: predictions of shape %s and targets of shape %s must have the same shape"
                                    .formatted(name, prediction.shape(), target.shape())
                            + (prediction.size() == target.size()
                                    ? "; reshape or squeeze one of them"
                                    : ""));
        }
        if (prediction.size() == 0) {
            throw new IllegalArgumentException(
                    name + ": there is nothing to look at, the shape is " + prediction.shape());
        }
        double[][] pairs = {prediction.toArray(), target.toArray()};
        for (int i = 0; i < pairs[0].length; i++) {
            if (Double.isNaN(pairs[0][i]) || Double.isNaN(pairs[1][i])) {
                throw new IllegalArgumentException(
                        "%s: %s element %d is NaN"
                                .formatted(
                                        name,
                                        Double.isNaN(pairs[0][i]) ? "prediction" : "target",
                                        i));
            }
        }
        return pairs;
    }
}
