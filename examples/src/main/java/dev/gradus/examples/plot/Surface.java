package dev.gradus.examples.plot;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;

/**
 * The values of a function of two variables on a regular grid that spans an x and a y range, edges
 * included: what a heat map colours and contour lines are traced on.
 */
public final class Surface {
    /** Rows of a fine grid (481 × 361 points) and of a coarse one (161 × 121 points). */
    private static final int FINE = 361;

    private static final int COARSE = 121;

    private final Range x;
    private final Range y;
    private final int columns;
    private final int rows;

    /** Row-major, row 0 at the low end of y. */
    private final double[] values;

    private Surface(Range x, Range y, int rows, Function<double[][], double[]> f) {
        this.x = x;
        this.y = y;
        this.rows = rows;
        this.columns = rows / 3 * 4 + 1;
        double[][] points = new double[rows * columns][];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                points[row * columns + column] = new double[] {xAt(column), yAt(row)};
            }
        }
        this.values = f.apply(points).clone();
        if (values.length != points.length) {
            throw new IllegalArgumentException(
                    "Surface: the function got %d points and returned %d values; return one a point"
                            .formatted(points.length, values.length));
        }
    }

    /**
     * Evaluates {@code f} point by point on 481 × 361 points: the form for a formula. A point where
     * {@code f} is NaN or infinite stays grey.
     *
     * @param f the function, called with (x, y)
     */
    public static Surface of(Range x, Range y, DoubleBinaryOperator f) {
        return new Surface(x, y, FINE, onEach(f));
    }

    /**
     * Evaluates {@code f} once, on 161 × 121 points together: the form for a network, whose input
     * is a batch.
     *
     * @param f takes the points, {@code [19481][2]}, and returns one value a point, in their order
     * @throws IllegalArgumentException if {@code f} returns another number of values
     */
    public static Surface ofBatch(Range x, Range y, Function<double[][], double[]> f) {
        return new Surface(x, y, COARSE, f);
    }

    /** Point by point, but few: for a function that may be a network. */
    static Surface coarse(Range x, Range y, DoubleBinaryOperator f) {
        return new Surface(x, y, COARSE, onEach(f));
    }

    private static Function<double[][], double[]> onEach(DoubleBinaryOperator f) {
        return points ->
                Arrays.stream(points)
                        .mapToDouble(point -> f.applyAsDouble(point[0], point[1]))
                        .toArray();
    }

    int columns() {
        return columns;
    }

    int rows() {
        return rows;
    }

    Range x() {
        return x;
    }

    Range y() {
        return y;
    }

    double at(int column, int row) {
        return values[row * columns + column];
    }

    double xAt(double column) {
        return x.at(column / (columns - 1));
    }

    double yAt(double row) {
        return y.at(row / (rows - 1));
    }

    /**
     * The value between grid points, by bilinear interpolation, so that colour bands end where the
     * contour lines are.
     *
     * @param u 0..1 along x
     * @param v 0..1 along y
     */
    double interpolate(double u, double v) {
        int column = Math.min((int) (u * (columns - 1)), columns - 2);
        int row = Math.min((int) (v * (rows - 1)), rows - 2);
        double s = u * (columns - 1) - column;
        double t = v * (rows - 1) - row;
        double below = (1 - s) * at(column, row) + s * at(column + 1, row);
        double above = (1 - s) * at(column, row + 1) + s * at(column + 1, row + 1);
        return (1 - t) * below + t * above;
    }
}
