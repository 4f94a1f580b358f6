package dev.gradus.backend.cpu;

/**
 * Transcendental functions of one float, each a fixed sequence of additions, products, quotients,
 * multiply-adds and bit operations.
 *
 * <p>{@code Math.exp} and its like may give other bits once the compiler has replaced them by its
 * own code. These functions cannot: IEEE 754 says how every step is rounded, so the interpreter,
 * both compilers and every machine agree, and {@link VectorMath} computes the same bits for many
 * lanes at once. A change to one of the two classes is a change to both.
 *
 * <p>The polynomials are our own minimax fits by Remez' algorithm: of the relative error of the
 * function, each coefficient rounded to float in turn and the later ones fitted again. Reducing the
 * argument first is the method of Cody and Waite, "Software Manual for the Elementary Functions",
 * 1980. Largest errors found, in units in the last place of the result: exp 1.0, log 0.9, log1p
 * 1.5, tanh 2.6, sigmoid 2.5, erf 1.8.
 */
final class FloatMath {

    // ---- exp: x = k ln 2 + r, |r| <= ln 2 / 2, e^x = 2^k e^r ----

    /** Beyond these e^x is infinite or 0, and k would not fit into two exponent fields. */
    static final float EXP_MAX = 89f;

    static final float EXP_MIN = -104f;

    static final float LOG2_E = 1.4426950f;

    /**
     * Adding 3 · 2^22 to a small number rounds it to an integer k and leaves k in the low bits of
     * the sum. With the 254 they hold k plus twice the exponent bias of a float.
     */
    static final float EXP_ROUND = 0x1.8p23f + 254f;

    /** ln 2 in two floats: the nearest one, and the nearest to what is left. */
    static final float LN2_HI = 0x1.62e43p-1f;

    static final float LN2_LO = -0x1.05c61p-29f;

    /** e^r = 1 + r + r² (E2 + E3 r + … + E6 r⁴) for |r| <= ln 2 / 2, error 3.2e-9. */
    static final float E2 = 0.49999994f;

    static final float E3 = 0.16666517f;
    static final float E4 = 0.0416681f;
    static final float E5 = 0.0083691925f;
    static final float E6 = 0.0013838903f;

    // ---- sigmoid = c / (c + c e^-x) with c = 2^-23, which makes the scale of e^-x one float ----

    /** From here on it rounds to 1. */
    static final float SIGMOID_MAX = 71f;

    /** And up to here to 0. */
    static final float SIGMOID_MIN = -104f;

    /** As EXP_ROUND, with the exponent bias once, and less the 23. */
    static final float SIGMOID_ROUND = 0x1.8p23f + 104f;

    static final float SIGMOID_SCALE = 0x1p-23f;

    // ---- log: x = 2^e (1 + f), 1 + f in [√½, √2) ----

    /** The bits of √½. Subtracting them makes the exponent field the e of the line above. */
    static final int SQRT_HALF_BITS = 0x3f3504f3;

    /** log(1+f) = f - f²/2 + f³ (L3 + L4 f + … + L11 f⁸) for 1 + f in [√½, √2), error 4.5e-9. */
    static final float L3 = 0.33333313f;

    static final float L4 = -0.25000167f;
    static final float L5 = 0.20002224f;
    static final float L6 = -0.16659367f;
    static final float L7 = 0.1420955f;
    static final float L8 = -0.12549119f;
    static final float L9 = 0.12112625f;
    static final float L10 = -0.1091856f;
    static final float L11 = 0.0531282f;

    // ---- tanh |x| = m / (m + 2) with m = e^2|x| - 1 ----

    /** From here on tanh rounds to 1, and so does the quotient, because m + 2 rounds to m. */
    static final float TANH_MAX = 10f;

    // ---- erf |x| = 1 - e^-q, q = -log erfc |x|, a smooth function that starts as 2/√π |x| ----

    /** From here on erf rounds to 1. */
    static final float ERF_MAX = 3.93f;

    /** q(t) = A1 t + t² (A2 + … + A9 t⁷) for t <= 3.95, error of erf 4.4e-9. */
    static final float A1 = 1.1283792f;

    /** 2/√π is this and A1 together. */
    static final float A1_LO = -0x1.f7ac92p-25f;

    static final float A2 = 0.6366195f;
    static final float A3 = 0.10277688f;
    static final float A4 = -0.019149981f;
    static final float A5 = -0.00016549966f;
    static final float A6 = 0.001671688f;
    static final float A7 = -0.00063521165f;
    static final float A8 = 0.00011827638f;
    static final float A9 = -9.326307e-06f;

    private FloatMath() {}

    /** e^x. */
    static float exp(float a) {
        float x = a > EXP_MAX ? EXP_MAX : a;
        x = a < EXP_MIN ? EXP_MIN : x;
        float shifted = Math.fma(x, LOG2_E, EXP_ROUND);
        float k = shifted - EXP_ROUND;
        float r = Math.fma(k, -LN2_HI, x);
        r = Math.fma(k, -LN2_LO, r);
        float p = Math.fma(E6, r, E5);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r, 1f);
        p = Math.fma(p, r, 1f);
        // In two factors, as 2^k may be too large or too small for a float where e^x is neither.
        int n = Float.floatToRawIntBits(shifted);
        int half = n >> 1;
        return p * Float.intBitsToFloat(half << 23) * Float.intBitsToFloat((n - half) << 23);
    }

    /** The natural logarithm: -∞ at 0, NaN below. */
    static float log(float x) {
        boolean subnormal = x < Float.MIN_NORMAL;
        float y = subnormal ? x * 0x1p23f : x;
        int bits = Float.floatToRawIntBits(y);
        int e = (bits - SQRT_HALF_BITS) >> 23;
        float f = Float.intBitsToFloat(bits - (e << 23)) - 1f;
        float k = e;
        float result = log(f, subnormal ? k - 23f : k);
        result = x < Float.POSITIVE_INFINITY ? result : x;
        result = x < 0f ? Float.NaN : result;
        return x == 0f ? Float.NEGATIVE_INFINITY : result;
    }

    /** log(1 + x), accurate where x is small. */
    static float log1p(float x) {
        int e = (Float.floatToRawIntBits(1f + x) - SQRT_HALF_BITS) >> 23;
        // 2^-e, e up to 128. It scales x itself: 1 + x has already lost the low bits of x.
        float scale = Float.intBitsToFloat((129 - e) << 23) * 0.25f;
        float result = log(Math.fma(x, scale, scale - 1f), e);
        result = x < Float.POSITIVE_INFINITY ? result : x;
        result = x < -1f ? Float.NaN : result;
        result = x == -1f ? Float.NEGATIVE_INFINITY : result;
        return x == 0f ? x : result;
    }

    /** log(2^k (1 + f)) for 1 + f in [√½, √2). */
    private static float log(float f, float k) {
        float p = Math.fma(L11, f, L10);
        p = Math.fma(p, f, L9);
        p = Math.fma(p, f, L8);
        p = Math.fma(p, f, L7);
        p = Math.fma(p, f, L6);
        p = Math.fma(p, f, L5);
        p = Math.fma(p, f, L4);
        p = Math.fma(p, f, L3);
        p = Math.fma(p, f, -0.5f);
        float tail = Math.fma(p, f * f, k * LN2_LO);
        return Math.fma(k, LN2_HI, f + tail);
    }

    /** The hyperbolic tangent. */
    static float tanh(float x) {
        float t = Math.abs(x);
        float m = expm1(2f * (t > TANH_MAX ? TANH_MAX : t));
        return Math.copySign(m / (m + 2f), x);
    }

    /** The logistic function, 1 / (1 + e^-x). The steps are those of exp(-x), signs turned. */
    static float sigmoid(float a) {
        float x = a > SIGMOID_MAX ? SIGMOID_MAX : a;
        x = a < SIGMOID_MIN ? SIGMOID_MIN : x;
        float shifted = Math.fma(x, -LOG2_E, SIGMOID_ROUND);
        float k = shifted - SIGMOID_ROUND;
        float s = Math.fma(k, LN2_HI, x);
        s = Math.fma(k, LN2_LO, s);
        float p = Math.fma(E6, s, -E5);
        p = Math.fma(p, s, E4);
        p = Math.fma(p, s, -E3);
        p = Math.fma(p, s, E2);
        p = Math.fma(p, s, -1f);
        p = Math.fma(p, s, 1f);
        float scale = Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << 23);
        return SIGMOID_SCALE / Math.fma(p, scale, SIGMOID_SCALE);
    }

    /** ln(1 + e^x); no exponent is positive, so nothing overflows. */
    static float softplus(float x) {
        return Math.max(x, 0f) + log1p(exp(-Math.abs(x)));
    }

    /** The error function, 2/√π ∫₀ˣ e^(-t²) dt. */
    static float erf(float x) {
        float a = Math.abs(x);
        float t = a > ERF_MAX ? ERF_MAX : a;
        float p = Math.fma(A9, t, A8);
        p = Math.fma(p, t, A7);
        p = Math.fma(p, t, A6);
        p = Math.fma(p, t, A5);
        p = Math.fma(p, t, A4);
        p = Math.fma(p, t, A3);
        p = Math.fma(p, t, A2);
        p = Math.fma(p, t, A1_LO);
        float q = Math.fma(t, A1, t * p);
        // -erf |x|, before it gets the sign of x.
        return Math.copySign(expm1(-q), x);
    }

    /** e^x - 1, accurate where x is small, for |x| <= 20. */
    private static float expm1(float x) {
        float shifted = Math.fma(x, LOG2_E, EXP_ROUND);
        float k = shifted - EXP_ROUND;
        float r = Math.fma(k, -LN2_HI, x);
        r = Math.fma(k, -LN2_LO, r);
        float p = Math.fma(E6, r, E5);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p * r, r, r);
        // 2^k (e^r - 1) + (2^k - 1): nothing cancels, and where k is 0 the second term is 0.
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(shifted) - 127) << 23);
        return Math.fma(p, scale, scale - 1f);
    }
}
