package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jdk.incubator.vector.FloatVector;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link FloatMath} against StrictMath in double, and {@link VectorMath} bit by bit against it. */
class FloatMathTest {
    /** Distance of the bit patterns scanned, a prime: 1024 floats in every power of two. */
    private static final int STRIDE = 8191;

    private static final float INF = Float.POSITIVE_INFINITY;

    /** Floats a scan may miss: the ends of the ranges, and where a function changes its ways. */
    private static final float[] SPECIALS = {
        Float.NaN,
        INF,
        Float.MAX_VALUE,
        Float.MIN_NORMAL,
        Float.MIN_VALUE,
        0f,
        1f,
        2f,
        0.5f,
        88.72283f,
        88.72284f,
        89f,
        89.00001f,
        1e10f,
        87.33654f,
        87.33655f,
        103.97208f,
        103.97209f,
        104f,
        104.1f,
        0.34657359f,
        0.6931472f,
        0.70710677f,
        0.7071068f,
        1.4142135f,
        1.4142137f,
        0.99999994f,
        1.0000001f,
        0.41421354f,
        0.41421357f,
        0.29289323f,
        5.9604645e-8f,
        2.4061594e38f,
        9.010913f,
        10f,
        10.000001f,
        3.9192059f,
        3.93f,
        3.9300003f
    };

    /** A function under test and the largest error it may have, in units in the last place. */
    enum Function {
        EXP(1.0),
        LOG(0.9),
        LOG1P(1.5),
        TANH(2.6),
        SIGMOID(2.5),
        SOFTPLUS(2.5),
        ERF(1.8);

        final double ulps;

        Function(double ulps) {
            this.ulps = ulps;
        }

        float scalar(float x) {
            return switch (this) {
                case EXP -> FloatMath.exp(x);
                case LOG -> FloatMath.log(x);
                case LOG1P -> FloatMath.log1p(x);
                case TANH -> FloatMath.tanh(x);
                case SIGMOID -> FloatMath.sigmoid(x);
                case SOFTPLUS -> FloatMath.softplus(x);
                case ERF -> FloatMath.erf(x);
            };
        }

        double exact(double x) {
            return switch (this) {
                case EXP -> StrictMath.exp(x);
                case LOG -> StrictMath.log(x);
                case LOG1P -> StrictMath.log1p(x);
                case TANH -> StrictMath.tanh(x);
                case SIGMOID -> 1 / (1 + StrictMath.exp(-x));
                case SOFTPLUS -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
                case ERF -> exactErf(x);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void isAccurate(Function function) {
        for (float x : scan()) {
            float y = function.scalar(x);
            double exact = function.exact(x);
            double error = errorInUlps(y, exact);
            assertTrue(
                    error <= function.ulps,
                    () -> function + "(" + x + ") = " + y + " is off by " + error + " ulps");
        }
    }

    /** Where a comparison by size says too little: signed zeros, and limits that must be exact. */
    @ParameterizedTest
    @CsvSource({
        "EXP, 0, 1",
        "EXP, -Infinity, 0",
        "EXP, 1.4e-45, 1",
        "LOG, 1, 0",
        "LOG, 0, -Infinity",
        "LOG, -0.0, -Infinity",
        "LOG, -1.4e-45, NaN",
        "LOG1P, 0, 0",
        "LOG1P, -0.0, -0.0",
        "LOG1P, -1.4e-45, -1.4e-45",
        "LOG1P, -1, -Infinity",
        "LOG1P, -1.0000001, NaN",
        "TANH, 0, 0",
        "TANH, -0.0, -0.0",
        "TANH, -1.4e-45, -1.4e-45",
        "TANH, 9.1, 1",
        "TANH, Infinity, 1",
        "TANH, -Infinity, -1",
        "SIGMOID, 0, 0.5",
        "SIGMOID, 18, 1",
        "SIGMOID, -Infinity, 0",
        "SOFTPLUS, -Infinity, 0",
        "SOFTPLUS, Infinity, Infinity",
        "ERF, 0, 0",
        "ERF, -0.0, -0.0",
        "ERF, -1.4e-45, -1.4e-45",
        "ERF, 3.93, 1",
        "ERF, -Infinity, -1"
    })
    void isExact(Function function, float x, float expected) {
        // The bits, because 0 == -0.
        assertEquals(
                Float.floatToIntBits(expected),
                Float.floatToIntBits(function.scalar(x)),
                () -> function + "(" + x + ") = " + function.scalar(x));
    }

    /**
     * The results as one number each. It depends on no flag, compiler or processor; it changes with
     * a coefficient, and then the results of every trained model change with it.
     */
    @ParameterizedTest
    @CsvSource({
        "EXP, 1679867834",
        "LOG, -2124109811",
        "LOG1P, -1711212878",
        "TANH, 1716898626",
        "SIGMOID, 1676769695",
        "SOFTPLUS, -1161531922",
        "ERF, 815586943"
    })
    void hasTheSameBitsEverywhere(Function function, int expected) {
        int hash = 0;
        for (float x : scan()) {
            hash = 31 * hash + Float.floatToIntBits(function.scalar(x));
        }
        assertEquals(expected, hash);
    }

    @ParameterizedTest
    @EnumSource
    void vectorsHaveTheSameBits(Function function) {
        assumeTrue(
                ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(),
                "needs --add-modules jdk.incubator.vector");
        float[] in = scan();
        float[] out = Vectors.apply(function, in);
        for (int i = 0; i < in.length; i++) {
            float x = in[i];
            float scalar = function.scalar(x);
            float vector = out[i];
            assertEquals(
                    Float.floatToIntBits(scalar),
                    Float.floatToIntBits(vector),
                    () -> function + "(" + x + "): scalar " + scalar + ", vector " + vector);
        }
    }

    /** Apart, because only this class needs the incubator module to load. */
    private static final class Vectors {
        /** The length of {@code in} is a multiple of every vector's length. */
        static float[] apply(Function function, float[] in) {
            float[] out = new float[in.length];
            for (int i = 0; i < in.length; i += VectorMath.SPECIES.length()) {
                FloatVector x = FloatVector.fromArray(VectorMath.SPECIES, in, i);
                FloatVector y =
                        switch (function) {
                            case EXP -> VectorMath.exp(x);
                            case LOG -> VectorMath.log(x);
                            case LOG1P -> VectorMath.log1p(x);
                            case TANH -> VectorMath.tanh(x);
                            case SIGMOID -> VectorMath.sigmoid(x);
                            case SOFTPLUS -> VectorMath.softplus(x);
                            case ERF -> VectorMath.erf(x);
                        };
                y.intoArray(out, i);
            }
            return out;
        }
    }

    /**
     * Floats of every sign and exponent, then the special ones, then zeros up to a multiple of 64.
     */
    private static float[] scan() {
        int patterns = (int) ((1L << 32) / STRIDE) + 1;
        float[] floats = new float[(patterns + 2 * SPECIALS.length + 63) / 64 * 64];
        for (int i = 0; i < patterns; i++) {
            floats[i] = Float.intBitsToFloat(i * STRIDE);
        }
        for (int i = 0; i < SPECIALS.length; i++) {
            floats[patterns + 2 * i] = SPECIALS[i];
            floats[patterns + 2 * i + 1] = -SPECIALS[i];
        }
        return floats;
    }

    /** The error in units in the last place of the exact result; an infinity counts as 2^128. */
    private static double errorInUlps(float y, double exact) {
        if (Double.isNaN(exact) || Float.isNaN(y)) {
            return Double.isNaN(exact) && Float.isNaN(y) ? 0 : INF;
        }
        double value = Math.clamp((double) y, -0x1p128, 0x1p128);
        double goal = Math.clamp(exact, -0x1p128, 0x1p128);
        float nearest = (float) Math.clamp(exact, -Float.MAX_VALUE, Float.MAX_VALUE);
        return Math.abs(value - goal) / Math.ulp(nearest);
    }

    /**
     * erf x = 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (1 · 3 · … · (2n+1)), whose terms all have one sign.
     * Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.6.
     */
    private static double exactErf(double x) {
        if (Math.abs(x) > 6) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
    }
}
