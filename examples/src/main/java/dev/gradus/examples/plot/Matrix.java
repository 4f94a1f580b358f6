package dev.gradus.examples.plot;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** The values of a heat map, {@code [rows][columns]}. */
final class Matrix {
    private final double[][] values;

    Matrix(String title, double[][] values) {
        if (values.length == 0 || values[0].length == 0) {
            throw new IllegalArgumentException(
                    "heat map '%s' is empty: give it at least one row and one column"
                            .formatted(title));
        }
        this.values = new double[values.length][];
        for (int row = 0; row < values.length; row++) {
            if (values[row].length != values[0].length) {
                throw new IllegalArgumentException(
                        "heat map '%s': row 0 has %d values, row %d has %d; give equal rows"
                                .formatted(title, values[0].length, row, values[row].length));
            }
            this.values[row] = values[row].clone();
        }
    }

    int rows() {
        return values.length;
    }

    int columns() {
        return values[0].length;
    }

    DoubleStream values() {
        return Arrays.stream(values).flatMapToDouble(Arrays::stream);
    }

    double at(int row, int column) {
        return values[row][column];
    }
}
