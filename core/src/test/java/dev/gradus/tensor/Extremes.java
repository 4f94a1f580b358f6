package dev.gradus.tensor;

import dev.gradus.shape.DType;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/** Values at which functions break. */
final class Extremes {
    private Extremes() {}

    /** Those of a dtype, and what lies around an operation's kinks. */
    static double[] of(DType dtype, double... kinks) {
        double[] special =
                switch (dtype) {
                    case FLOAT32 -> FLOAT32;
                    case FLOAT64 -> FLOAT64;
                    case INT32 -> INT32;
                };
        double step = dtype == DType.FLOAT64 ? 0x1p-52 : 0x1p-23;
        return DoubleStream.concat(
                        Arrays.stream(special),
                        Arrays.stream(kinks)
                                .flatMap(k -> DoubleStream.of(k, k * (1 + step), k * (1 - step))))
                .toArray();
    }

    private static final double[] COMMON = {
        0.0,
        -0.0,
        1,
        -1,
        0.5,
        -0.5,
        2,
        3,
        -3,
        -2.5,
        1e-3,
        1e-7,
        -1e-7,
        1e-20,
        17.25,
        -17.25,
        88.5,
        -88.5,
        103,
        -103.5,
        1000,
        -1000,
        16777217,
        1e10,
        -1e10,
        1e30,
        Math.PI,
        -Math.PI / 2,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
    };

    private static final double[] FLOAT32 =
            with(
                    Float.MIN_VALUE,
                    -Float.MIN_VALUE,
                    Float.MIN_NORMAL,
                    -Float.MIN_NORMAL,
                    1e-40f,
                    -1e-42f,
                    1 - 0x1p-24f,
                    1 + 0x1p-23f,
                    -1 + 0x1p-24f,
                    Float.MAX_VALUE,
                    -Float.MAX_VALUE);

    private static final double[] FLOAT64 =
            with(
                    Double.MIN_VALUE,
                    -Double.MIN_VALUE,
                    Double.MIN_NORMAL,
                    1e-310,
                    1 - 0x1p-53,
                    1 + 0x1p-52,
                    -1 + 0x1p-53,
                    710,
                    -745,
                    1e300,
                    Double.MAX_VALUE,
                    -Double.MAX_VALUE);

    private static final double[] INT32 = {
        0, 1, -1, 2, -2, 3, 7, -10, 100, 65536, 16777217, Integer.MAX_VALUE, Integer.MIN_VALUE
    };

    private static double[] with(double... own) {
        return DoubleStream.concat(Arrays.stream(COMMON), Arrays.stream(own)).toArray();
    }
}
