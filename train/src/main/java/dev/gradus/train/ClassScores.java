package dev.gradus.train;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import java.util.Arrays;

/**
 * Scores of classes, and which class is right, row by row on the host.
 *
 * @param scores row after row
 * @param labels the right class of each row, or {@link #IGNORED}
 * @param counted how many rows are not ignored
 */
record ClassScores(double[] scores, int[] labels, int classes, int counted) {
    /** The label of a row that does not count, as in the losses. */
    static final int IGNORED = -100;

    static ClassScores of(String name, Tensor scores, Tensor classes) {
        int[] rows = scores.shape().toArray();
        if (rows.length == 0
                || !Arrays.equals(
                        Arrays.copyOf(rows, rows.length - 1), classes.shape().toArray())) {
            throw new IllegalArgumentException(
                    "%s: scores of shape %s and classes of shape %s must be [.., c] and [..]"
                            .formatted(name, scores.shape(), classes.shape()));
        }
        if (classes.dtype() != DType.INT32) {
            throw new IllegalArgumentException(
                    "%s: classes are numbers 0, 1, … of INT32, not of %s; argmax(-1) makes them of one-hot rows"
                            .formatted(name, classes.dtype()));
        }
        int c = scores.size(-1);
        double[] values = scores.toArray();
        int[] labels = classes.toIntArray();
        int counted = 0;
        for (int row = 0; row < labels.length; row++) {
            if (labels[row] == IGNORED) {
                continue;
            }
            if (labels[row] < 0 || labels[row] >= c) {
                throw new IndexOutOfBoundsException(
                        "%s: the label %d of row %d is not one of the %d classes 0 … %d, nor %d, which is ignored"
                                .formatted(name, labels[row], row, c, c - 1, IGNORED));
            }
            for (int i = row * c; i < (row + 1) * c; i++) {
                if (Double.isNaN(values[i])) {
                    throw new IllegalArgumentException(
                            "%s: the score of class %d in row %d is NaN"
                                    .formatted(name, i - row * c, row));
                }
            }
            counted++;
        }
        if (counted == 0) {
            throw new IllegalArgumentException(
                    "%s: there is no row to count, of %d".formatted(name, labels.length));
        }
        return new ClassScores(values, labels, c, counted);
    }

    boolean counts(int row) {
        return labels[row] != IGNORED;
    }

    /** How many classes come before the right one, by score and then by number. */
    int rank(int row) {
        int first = row * classes;
        double right = scores[first + labels[row]];
        int rank = 0;
        for (int i = 0; i < classes; i++) {
            double score = scores[first + i];
            rank += score > right || (score == right && i < labels[row]) ? 1 : 0;
        }
        return rank;
    }

    /** The class with the largest score, the first of several. */
    int best(int row) {
        int best = 0;
        for (int i = 1; i < classes; i++) {
            best = scores[row * classes + i] > scores[row * classes + best] ? i : best;
        }
        return best;
    }

    /** −ln softmax(scores)[right class]. */
    double crossEntropy(int row) {
        double largest = scores[row * classes + best(row)];
        double sum = 0;
        for (int i = 0; i < classes; i++) {
            sum += Math.exp(scores[row * classes + i] - largest);
        }
        return largest + Math.log(sum) - scores[row * classes + labels[row]];
    }
}
