package dev.gradus.backend.cpu;

import dev.gradus.expr.Fn;

/**
 * One plain loop a primitive function, over whole arrays from index 0: the first tier of the CPU
 * backend, which starts at once and needs no incubator module. With a plain index and no offsets C2
 * turns most of them into SIMD code by itself.
 */
final class Blocks {
    private Blocks() {}

    /** {@code o[i] = fn(a[i], b[i], c[i])} for the first n elements; o may be one of the others. */
    static void apply(Fn fn, float[] a, float[] b, float[] c, float[] o, int n) {
        switch (fn) {
            case NEG -> neg(a, o, n);
            case ABS -> abs(a, o, n);
            case SQRT -> sqrt(a, o, n);
            case EXP -> exp(a, o, n);
            case LOG -> log(a, o, n);
            case LOG1P -> log1p(a, o, n);
            case SIN -> sin(a, o, n);
            case COS -> cos(a, o, n);
            case TANH -> tanh(a, o, n);
            case SIGMOID -> sigmoid(a, o, n);
            case SOFTPLUS -> softplus(a, o, n);
            case ERF -> erf(a, o, n);
            case FLOOR -> floor(a, o, n);
            case ADD -> add(a, b, o, n);
            case SUB -> sub(a, b, o, n);
            case MUL -> mul(a, b, o, n);
            case DIV -> div(a, b, o, n);
            case POW -> pow(a, b, o, n);
            case REM -> rem(a, b, o, n);
            case MAX -> max(a, b, o, n);
            case MIN -> min(a, b, o, n);
            case EQ -> eq(a, b, o, n);
            case LT -> lt(a, b, o, n);
            case LE -> le(a, b, o, n);
            case WHERE -> where(a, b, c, o, n);
        }
    }

    private static void neg(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = -a[i];
        }
    }

    private static void abs(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = Math.abs(a[i]);
        }
    }

    private static void sqrt(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = (float) Math.sqrt(a[i]);
        }
    }

    private static void exp(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = FloatMath.exp(a[i]);
        }
    }

    private static void log(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = FloatMath.log(a[i]);
        }
    }

    private static void log1p(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = FloatMath.log1p(a[i]);
        }
    }

    private static void sin(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = (float) StrictMath.sin(a[i]);
        }
    }

    private static void cos(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = (float) StrictMath.cos(a[i]);
        }
    }

    private static void tanh(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = FloatMath.tanh(a[i]);
        }
    }

    private static void sigmoid(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = FloatMath.sigmoid(a[i]);
        }
    }

    private static void softplus(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = FloatMath.softplus(a[i]);
        }
    }

    private static void erf(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = FloatMath.erf(a[i]);
        }
    }

    private static void floor(float[] a, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = (float) Math.floor(a[i]);
        }
    }

    private static void add(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = a[i] + b[i];
        }
    }

    private static void sub(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = a[i] - b[i];
        }
    }

    private static void mul(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = a[i] * b[i];
        }
    }

    private static void div(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = a[i] / b[i];
        }
    }

    private static void rem(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = a[i] % b[i];
        }
    }

    private static void pow(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = (float) StrictMath.pow(a[i], b[i]);
        }
    }

    private static void max(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = Math.max(a[i], b[i]);
        }
    }

    private static void min(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = Math.min(a[i], b[i]);
        }
    }

    private static void eq(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = a[i] == b[i] ? 1 : 0;
        }
    }

    private static void lt(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = a[i] < b[i] ? 1 : 0;
        }
    }

    private static void le(float[] a, float[] b, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = a[i] <= b[i] ? 1 : 0;
        }
    }

    private static void where(float[] a, float[] b, float[] c, float[] o, int n) {
        for (int i = 0; i < n; i++) {
            o[i] = a[i] != 0 ? b[i] : c[i];
        }
    }
}
