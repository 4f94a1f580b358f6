package dev.gradus.train;

import dev.gradus.tensor.Tensor;

import java.util.Arrays;

/**
 * How often samples of each class were taken for each class.
 *
 * @param counts {@code counts[right][predicted]}, square
 */
public record ConfusionMatrix(int[][] counts) {
    /** From square, non-negative counts, which are copied. */
    public ConfusionMatrix {
        counts = Arrays.stream(counts).map(int[]::clone).toArray(int[][]::new);
        for (int[] row : counts) {
            if (row.length != counts.length || Arrays.stream(row).anyMatch(n -> n < 0)) {
                throw new IllegalArgumentException(
                        "ConfusionMatrix: %d rows, and one of them is %s; a row has a count, at least 0, for each class"
                                .formatted(counts.length, Arrays.toString(row)));
            }
        }
    }

    /**
     * Of predictions.
     *
     * @param scores logits or probabilities, {@code [.., c]}: the largest is the prediction
     * @param classes {@code [..]} of INT32, as for {@link Metrics#accuracy}
     */
    public static ConfusionMatrix of(Tensor scores, Tensor classes) {
        var rows = ClassScores.of("ConfusionMatrix", scores, classes);
        int[][] counts = new int[rows.classes()][rows.classes()];
        for (int row = 0; row < rows.labels().length; row++) {
            if (rows.counts(row)) {
                counts[rows.labels()[row]][rows.best(row)]++;
            }
        }
        return new ConfusionMatrix(counts);
    }

    /** A copy of the counts. */
    @Override
    public int[][] counts() {
        return Arrays.stream(counts).map(int[]::clone).toArray(int[][]::new);
    }

    /** How many classes there are. */
    public int classes() {
        return counts.length;
    }

    /** The share of all samples on the diagonal. */
    public double accuracy() {
        long right = 0;
        long all = 0;
        for (int c = 0; c < counts.length; c++) {
            right += counts[c][c];
            all += row(c);
        }
        return ratio(right, all);
    }

    /** Of the samples taken for a class, the share that is of it; 0 if there is none. */
    public double precision(int c) {
        return ratio(counts[c][c], column(c));
    }

    /** Of the samples of a class, the share that was taken for it; 0 if there is none. */
    public double recall(int c) {
        return ratio(counts[c][c], row(c));
    }

    /** The harmonic mean of both, 2·right / (of it + taken for it); 0 if there is none. */
    public double f1(int c) {
        return ratio(2L * counts[c][c], row(c) + column(c));
    }

    private long row(int c) {
        return Arrays.stream(counts[c]).asLongStream().sum();
    }

    private long column(int c) {
        return Arrays.stream(counts).mapToLong(row -> row[c]).sum();
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfusionMatrix m && Arrays.deepEquals(counts, m.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(counts);
    }

    /** A table: a row for each right class, a column for each prediction. */
    @Override
    public String toString() {
        int most = Arrays.stream(counts).flatMapToInt(Arrays::stream).max().orElse(0);
        int width = 1 + String.valueOf(Math.max(most, counts.length - 1)).length();
        var text = new StringBuilder("right \\ predicted\n").append(" ".repeat(width));
        for (int c = 0; c < counts.length; c++) {
            text.append(pad(c, width));
        }
        for (int c = 0; c < counts.length; c++) {
            text.append('\n').append(pad(c, width));
            for (int n : counts[c]) {
                text.append(pad(n, width));
            }
        }
        return text.toString();
    }

    private static String pad(int number, int width) {
        String text = String.valueOf(number);
        return " ".repeat(width - text.length()) + text;
    }
}
