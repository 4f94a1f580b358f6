package dev.gradus.examples.plot;

import dev.gradus.autograd.TapeGraph;

import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.DoubleBinaryOperator;

/**
 * Starts a picture. Each kind says what is behind and how the axes run; lines, points, paths and
 * marks are then added to the {@link Picture} it returns.
 *
 * {@snippet :
 * Plot.lines("XOR loss").xLabel("epoch").yLabel("loss").logY()
 *         .line("SGD", sgdLosses)
 *         .line("Adam", adamLosses)
 *         .save(Path.of("pictures"), "xor-loss");
 *
 * Plot.decisionBoundary("XOR", (x, y) -> probability(x, y), square, square)
 *         .points("class 0", new double[][] {{0, 0}, {1, 1}})
 *         .points("class 1", new double[][] {{0, 1}, {1, 0}})
 *         .save(Path.of("pictures"), "xor-boundary");
 *
 * Plot.contour("Rosenbrock", Surface.of(x, y, rosenbrock), Plot.logLevels(0.1, 1000, 9))
 *         .path("SGD", sgdPath)
 *         .mark("minimum", 1, 1)
 *         .save(Path.of("pictures"), "rosenbrock");
 * }
 */
public final class Plot {
    private Plot() {}

    /** Empty axes for curves over steps, such as losses. */
    public static Picture lines(String title) {
        return Picture.titled(title).xLabel("step").yLabel("value");
    }

    /** Empty axes for points, such as word vectors. */
    public static Picture scatter(String title) {
        return Picture.titled(title);
    }

    /**
     * What a two-class classifier says about each place: a heat map of the probability of class 1
     * and the line where it is 0.5. The first {@code points} added get class 0's colour, the next
     * class 1's.
     *
     * @param probability (x, y) → 0..1, asked at 161 × 121 points
     */
    public static Picture decisionBoundary(
            String title, DoubleBinaryOperator probability, Range x, Range y) {
        return decisionBoundary(title, Surface.coarse(x, y, probability));
    }

    /** The same for probabilities computed already, such as by {@link Surface#ofBatch}. */
    public static Picture decisionBoundary(String title, Surface probability) {
        return Picture.titled(title)
                .colorLabel("probability of class 1")
                .with(new Layer.Probability(probability));
    }

    /**
     * A function of two variables by its contour lines, the bands between them in light greys, dark
     * where the function is large.
     *
     * @param levels where the lines run, ascending
     * @throws IllegalArgumentException if there is no level, one is not finite, or they don't
     *     ascend
     */
    public static Picture contour(String title, Surface surface, double... levels) {
        boolean ascending = levels.length > 0;
        for (int i = 0; i < levels.length; i++) {
            ascending &= Double.isFinite(levels[i]) && (i == 0 || levels[i - 1] < levels[i]);
        }
        if (!ascending) {
            throw new IllegalArgumentException(
                    "contour '%s': levels %s; give at least one, finite and ascending"
                            .formatted(title, Arrays.toString(levels)));
        }
        return Picture.titled(title)
                .colorLabel("f(x, y)")
                .with(new Layer.Bands(surface, Arrays.stream(levels).boxed().toList()));
    }

    /**
     * {@code count} contour levels from {@code low} to {@code high} with equal ratios: the right
     * ones for a function that is flat near its minimum and steep far from it.
     *
     * @param low the first level, &gt; 0
     * @param high the last level, &gt; low
     * @param count at least 2
     */
    public static double[] logLevels(double low, double high, int count) {
        if (!(low > 0 && high > low && Double.isFinite(high)) || count < 2) {
            throw new IllegalArgumentException(
                    "logLevels(%s, %s, %d): needs 0 < low < high and at least 2 levels"
                            .formatted(low, high, count));
        }
        double[] levels = new double[count];
        double step = Math.log(high / low) / (count - 1);
        Arrays.setAll(levels, i -> low * Math.exp(i * step));
        return levels;
    }

    /** A heat map of a matrix with its rows and columns numbered from 0. */
    public static Picture heatMap(String title, double[][] values) {
        return heatMap(title, values, List.of(), List.of());
    }

    /**
     * A heat map of a matrix, row 0 at the top, such as attention weights (rows: queries, columns:
     * keys). White to dark blue where no value is negative; blue, white and red around zero
     * otherwise. Up to 12 × 12, each value is written in its cell; NaN and infinite ones stay grey.
     *
     * @param values {@code [rows][columns]}
     * @param rowNames one name a row, or empty for numbers
     * @param columnNames one name a column, or empty for numbers
     * @throws IllegalArgumentException if the matrix is empty or ragged, or names are missing
     */
    public static Picture heatMap(
            String title, double[][] values, List<String> rowNames, List<String> columnNames) {
        Matrix matrix = new Matrix(title, values);
        checkNames(title, "row", rowNames, matrix.rows());
        checkNames(title, "column", columnNames, matrix.columns());
        return Picture.titled(title)
                .xLabel("column")
                .yLabel("row")
                .colorLabel("value")
                .with(new Layer.Cells(matrix, List.copyOf(rowNames), List.copyOf(columnNames)));
    }

    /**
     * Several heat maps in one colour scale, row by row, such as the attention weights of all heads
     * with a row of maps a layer. The colour bar has the first one's label.
     *
     * @param columns how many stand beside each other
     * @throws IllegalArgumentException if there is none, or one of them is no plain {@link
     *     #heatMap}
     */
    public static Grid grid(String title, int columns, List<Picture> heatMaps) {
        return new Grid(title, columns, heatMaps);
    }

    /** What a tape recorded, as boxes and arrows. */
    public static TapeDrawing tape(String title, TapeGraph graph) {
        return new TapeDrawing(title, graph);
    }

    /**
     * One bar a name, such as the gradient's norm by layer.
     *
     * @param values one a name; NaN and infinite ones leave a gap
     * @throws IllegalArgumentException if empty, or if there are not as many names as values
     */
    public static Picture bars(String title, List<String> names, double... values) {
        return bars(Picture.titled(title), title, names, values, 0, 1);
    }

    /**
     * Several bars a name beside each other, such as the gradient's norm by layer at several steps:
     * one colour and one entry of the legend a group, in the order of the map.
     *
     * @param groups by what the legend says: the values, one a name
     * @throws IllegalArgumentException if there is no group, or one has not as many values as there
     *     are names
     */
    public static Picture groupedBars(
            String title, List<String> names, SequencedMap<String, double[]> groups) {
        if (groups.isEmpty()) {
            throw new IllegalArgumentException(
                    "grouped bars '%s' have no group; give at least one".formatted(title));
        }
        Picture picture = Picture.titled(title);
        int group = 0;
        for (var entry : groups.entrySet()) {
            picture = bars(picture, entry.getKey(), names, entry.getValue(), group, groups.size());
            group++;
        }
        return picture;
    }

    private static Picture bars(
            Picture picture,
            String name,
            List<String> names,
            double[] values,
            int group,
            int groups) {
        Series series = Series.counted(name, values);
        if (names.size() != values.length) {
            throw new IllegalArgumentException(
                    "bars '%s': %d values but %d names; give as many of each"
                            .formatted(name, values.length, names.size()));
        }
        return picture.xLabel("name")
                .yLabel("value")
                .with(new Layer.Bars(series, List.copyOf(names), group, groups));
    }

    private static void checkNames(String title, String axis, List<String> names, int count) {
        if (!names.isEmpty() && names.size() != count) {
            throw new IllegalArgumentException(
                    "heat map '%s': %d %ss but %d %s names; give one each, or none"
                            .formatted(title, count, axis, names.size(), axis));
        }
    }
}
