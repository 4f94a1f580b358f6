package dev.gradus.backend.cpu;

/**
 * The primitive functions of one float, under the names of {@link VectorFns} and with the same
 * bits: for the last elements of a row, which are less than a vector.
 */
final class ScalarFns {
    private ScalarFns() {}

    static float neg(float a) {
        return -a;
    }

    static float abs(float a) {
        return Math.abs(a);
    }

    static float sqrt(float a) {
        return (float) Math.sqrt(a);
    }

    static float exp(float a) {
        return FloatMath.exp(a);
    }

    static float log(float a) {
        return FloatMath.log(a);
    }

    static float log1p(float a) {
        return FloatMath.log1p(a);
    }

    static float tanh(float a) {
        return FloatMath.tanh(a);
    }

    static float sigmoid(float a) {
        return FloatMath.sigmoid(a);
    }

    static float softplus(float a) {
        return FloatMath.softplus(a);
    }

    static float erf(float a) {
        return FloatMath.erf(a);
    }

    static float add(float a, float b) {
        return a + b;
    }

    static float sub(float a, float b) {
        return a - b;
    }

    static float mul(float a, float b) {
        return a * b;
    }

    static float div(float a, float b) {
        return a / b;
    }

    static float max(float a, float b) {
        return Math.max(a, b);
    }

    static float min(float a, float b) {
        return Math.min(a, b);
    }

    static float eq(float a, float b) {
        return a == b ? 1 : 0;
    }

    static float lt(float a, float b) {
        return a < b ? 1 : 0;
    }

    static float le(float a, float b) {
        return a <= b ? 1 : 0;
    }

    static float where(float a, float b, float c) {
        return a != 0 ? b : c;
    }
}
