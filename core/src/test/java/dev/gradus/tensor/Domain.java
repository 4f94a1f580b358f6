package dev.gradus.tensor;

import dev.gradus.shape.DType;

import java.util.SplittableRandom;

/** What values an operation is tried on. */
public record Domain(Kind kind, double low, double high) {
    /** How values are drawn from low … high. */
    public enum Kind {
        /** Any number in between. */
        REAL,
        /** Multiples of ½, so that equal elements meet. */
        HALVES,
        /** 0 or 1. */
        MASK,
        /** Whole numbers from low up to but not including high, INT32 whatever the others are. */
        INDEX
    }

    /** Numbers of both signs. */
    public static final Domain REAL = real(-3, 3);

    /** Numbers above 0. */
    public static final Domain POSITIVE = real(0.2, 4);

    /** Numbers of both signs among which equal ones are frequent. */
    public static final Domain HALVES = new Domain(Kind.HALVES, -2, 2);

    /** 0 or 1. */
    public static final Domain MASK = new Domain(Kind.MASK, 0, 1);

    /** Numbers between two. */
    public static Domain real(double low, double high) {
        return new Domain(Kind.REAL, low, high);
    }

    /** Row numbers of a table. */
    public static Domain index(int rows) {
        return new Domain(Kind.INDEX, 0, rows);
    }

    /** Whole numbers from low up to but not including high. */
    public static Domain index(int low, int high) {
        return new Domain(Kind.INDEX, low, high);
    }

    /** The dtype that a tensor of this domain has where floating ones have {@code wanted}. */
    public DType dtype(DType wanted) {
        return kind == Kind.INDEX ? DType.INT32 : wanted;
    }

    /** Random values; for INT32 larger ones, so that there are more than a few different. */
    double[] draw(int n, DType dtype, SplittableRandom random) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            double real = low + (high - low) * random.nextDouble();
            values[i] =
                    switch (kind) {
                        case REAL -> dtype == DType.INT32 ? Math.rint(10 * real) : real;
                        case HALVES ->
                                dtype == DType.INT32 ? Math.rint(real) : Math.rint(2 * real) / 2;
                        case MASK -> Math.rint(real);
                        case INDEX -> Math.floor(real);
                    };
        }
        return values;
    }

    /** The value at a place 0 … 1 of the domain: distinct places give distinct reals. */
    double at(double place) {
        double value = low + (high - low) * place;
        return switch (kind) {
            case REAL, HALVES -> value;
            case MASK -> Math.rint(value);
            case INDEX -> Math.floor(value);
        };
    }
}
