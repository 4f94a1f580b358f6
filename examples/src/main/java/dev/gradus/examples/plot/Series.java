package dev.gradus.examples.plot;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** A named list of points: the data of a line, a path, a point cloud or a row of bars. */
final class Series {
    private final String name;
    private final double[] x;
    private final double[] y;

    Series(String name, double[] x, double[] y) {
        if (x.length != y.length) {
            throw new IllegalArgumentException(
                    "series '%s': %d x values but %d y values; give as many of each"
                            .formatted(name, x.length, y.length));
        }
        if (y.length == 0) {
            throw new IllegalArgumentException(
                    "series '%s' is empty: give it at least one value".formatted(name));
        }
        this.name = name;
        this.x = x.clone();
        this.y = y.clone();
    }

    /** Values at x = 0, 1, 2, … */
    static Series counted(String name, double[] y) {
        double[] x = new double[y.length];
        Arrays.setAll(x, i -> i);
        return new Series(name, x, y);
    }

    /** Points as rows, {@code [n][2]}. */
    static Series ofPoints(String name, double[][] points) {
        double[] x = new double[points.length];
        double[] y = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            if (points[i].length != 2) {
                throw new IllegalArgumentException(
                        "series '%s': point %d has %d coordinates; give (x, y)"
                                .formatted(name, i, points[i].length));
            }
            x[i] = points[i][0];
            y[i] = points[i][1];
        }
        return new Series(name, x, y);
    }

    String name() {
        return name;
    }

    int size() {
        return y.length;
    }

    DoubleStream xs() {
        return Arrays.stream(x);
    }

    DoubleStream ys() {
        return Arrays.stream(y);
    }

    double x(int i) {
        return x[i];
    }

    double y(int i) {
        return y[i];
    }

    /**
     * The series as it is drawn: on a log axis y is its base-10 logarithm, and what has no place on
     * the axes (NaN, infinite, and zero or negative on a log axis) is NaN, which leaves a gap.
     */
    Series drawn(boolean logY) {
        double[] drawnX = new double[size()];
        double[] drawnY = new double[size()];
        for (int i = 0; i < size(); i++) {
            boolean hasPlace =
                    Range.drawable(x[i])
                            && Range.drawable(y[i])
                            && (!logY || y[i] >= 1 / Range.LARGEST);
            drawnX[i] = hasPlace ? x[i] : Double.NaN;
            drawnY[i] = hasPlace ? (logY ? Math.log10(y[i]) : y[i]) : Double.NaN;
        }
        return new Series(name, drawnX, drawnY);
    }

    /** The same further to the right. */
    Series shifted(double by) {
        return new Series(name, xs().map(at -> at + by).toArray(), y);
    }

    /** Whether a drawn series has a point at {@code i}; false outside 0..size-1. */
    boolean visible(int i) {
        return i >= 0 && i < size() && !Double.isNaN(y[i]);
    }

    /** The points {@code from}..{@code to-1}. */
    Series part(int from, int to) {
        return new Series(name, Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(y, from, to));
    }

    /** Both rows, {@code [2][n]}, x first: the form a chart's data set takes. */
    double[][] toArrays() {
        return new double[][] {x.clone(), y.clone()};
    }
}
