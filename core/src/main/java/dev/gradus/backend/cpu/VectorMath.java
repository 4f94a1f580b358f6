package dev.gradus.backend.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The functions of {@link FloatMath} on a vector of floats: the same steps in the same order, hence
 * the same bits in every lane. A choice is a blend of both sides.
 *
 * <p>The methods are straight-line code, which {@link Inliner} copies into the loops that call
 * them; there no vector is ever an object. {@code lanewise(EXP)} is not used: its bits differ
 * before and after the loop is compiled.
 */
final class VectorMath {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INT_SPECIES = IntVector.SPECIES_PREFERRED;

    private VectorMath() {}

    static FloatVector exp(FloatVector a) {
        FloatVector x = a.blend(FloatMath.EXP_MAX, a.compare(GT, FloatMath.EXP_MAX));
        x = x.blend(FloatMath.EXP_MIN, a.compare(LT, FloatMath.EXP_MIN));
        FloatVector shifted = x.lanewise(FMA, FloatMath.LOG2_E, FloatMath.EXP_ROUND);
        FloatVector r = reduced(x, shifted);
        FloatVector p = expTail(r);
        p = p.lanewise(FMA, r, 1f);
        p = p.lanewise(FMA, r, 1f);
        IntVector n = shifted.reinterpretAsInts();
        IntVector half = n.lanewise(ASHR, 1);
        FloatVector first = half.lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector second = n.sub(half).lanewise(LSHL, 23).reinterpretAsFloats();
        return p.mul(first).mul(second);
    }

    static FloatVector log(FloatVector x) {
        VectorMask<Float> subnormal = x.compare(LT, Float.MIN_NORMAL);
        IntVector bits = x.blend(x.mul(0x1p23f), subnormal).reinterpretAsInts();
        IntVector e = bits.sub(FloatMath.SQRT_HALF_BITS).lanewise(ASHR, 23);
        FloatVector f = bits.sub(e.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
        FloatVector k = (FloatVector) e.convert(I2F, 0);
        FloatVector result = log(f, k.blend(k.sub(23f), subnormal));
        result = x.blend(result, x.compare(LT, Float.POSITIVE_INFINITY));
        result = result.blend(Float.NaN, x.compare(LT, 0f));
        return result.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f));
    }

    static FloatVector log1p(FloatVector x) {
        IntVector bits = x.add(1f).reinterpretAsInts();
        IntVector e = bits.sub(FloatMath.SQRT_HALF_BITS).lanewise(ASHR, 23);
        IntVector scaleBits = IntVector.broadcast(INT_SPECIES, 129).sub(e).lanewise(LSHL, 23);
        FloatVector scale = scaleBits.reinterpretAsFloats().mul(0.25f);
        FloatVector k = (FloatVector) e.convert(I2F, 0);
        FloatVector result = log(x.lanewise(FMA, scale, scale.sub(1f)), k);
        result = x.blend(result, x.compare(LT, Float.POSITIVE_INFINITY));
        result = result.blend(Float.NaN, x.compare(LT, -1f));
        result = result.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, -1f));
        return result.blend(x, x.compare(EQ, 0f));
    }

    /** log(2^k (1 + f)) for 1 + f in [√½, √2). */
    private static FloatVector log(FloatVector f, FloatVector k) {
        FloatVector p = f.lanewise(FMA, FloatMath.L11, FloatMath.L10);
        p = p.lanewise(FMA, f, FloatMath.L9);
        p = p.lanewise(FMA, f, FloatMath.L8);
        p = p.lanewise(FMA, f, FloatMath.L7);
        p = p.lanewise(FMA, f, FloatMath.L6);
        p = p.lanewise(FMA, f, FloatMath.L5);
        p = p.lanewise(FMA, f, FloatMath.L4);
        p = p.lanewise(FMA, f, FloatMath.L3);
        p = p.lanewise(FMA, f, -0.5f);
        FloatVector tail = p.lanewise(FMA, f.mul(f), k.mul(FloatMath.LN2_LO));
        return k.lanewise(FMA, all(FloatMath.LN2_HI), f.add(tail));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector t = x.abs();
        t = t.blend(FloatMath.TANH_MAX, t.compare(GT, FloatMath.TANH_MAX));
        FloatVector m = expm1(t.mul(2f));
        return withSign(m.div(m.add(2f)), x);
    }

    static FloatVector sigmoid(FloatVector a) {
        FloatVector x = a.blend(FloatMath.SIGMOID_MAX, a.compare(GT, FloatMath.SIGMOID_MAX));
        x = x.blend(FloatMath.SIGMOID_MIN, a.compare(LT, FloatMath.SIGMOID_MIN));
        FloatVector shifted = x.lanewise(FMA, -FloatMath.LOG2_E, FloatMath.SIGMOID_ROUND);
        FloatVector k = shifted.sub(FloatMath.SIGMOID_ROUND);
        FloatVector s = k.lanewise(FMA, all(FloatMath.LN2_HI), x);
        s = k.lanewise(FMA, all(FloatMath.LN2_LO), s);
        FloatVector p = s.lanewise(FMA, FloatMath.E6, -FloatMath.E5);
        p = p.lanewise(FMA, s, FloatMath.E4);
        p = p.lanewise(FMA, s, -FloatMath.E3);
        p = p.lanewise(FMA, s, FloatMath.E2);
        p = p.lanewise(FMA, s, -1f);
        p = p.lanewise(FMA, s, 1f);
        FloatVector scale = shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector one = all(FloatMath.SIGMOID_SCALE);
        return one.div(p.lanewise(FMA, scale, one));
    }

    static FloatVector softplus(FloatVector x) {
        return x.max(0f).add(log1p(exp(x.abs().neg())));
    }

    static FloatVector erf(FloatVector x) {
        FloatVector t = x.abs();
        t = t.blend(FloatMath.ERF_MAX, t.compare(GT, FloatMath.ERF_MAX));
        FloatVector p = t.lanewise(FMA, FloatMath.A9, FloatMath.A8);
        p = p.lanewise(FMA, t, FloatMath.A7);
        p = p.lanewise(FMA, t, FloatMath.A6);
        p = p.lanewise(FMA, t, FloatMath.A5);
        p = p.lanewise(FMA, t, FloatMath.A4);
        p = p.lanewise(FMA, t, FloatMath.A3);
        p = p.lanewise(FMA, t, FloatMath.A2);
        p = p.lanewise(FMA, t, FloatMath.A1_LO);
        FloatVector q = t.lanewise(FMA, all(FloatMath.A1), t.mul(p));
        return withSign(expm1(q.neg()), x);
    }

    /** e^x - 1, accurate where x is small, for |x| <= 20. */
    private static FloatVector expm1(FloatVector x) {
        FloatVector shifted = x.lanewise(FMA, FloatMath.LOG2_E, FloatMath.EXP_ROUND);
        FloatVector r = reduced(x, shifted);
        FloatVector p = expTail(r);
        p = p.mul(r).lanewise(FMA, r, r);
        IntVector scaleBits = shifted.reinterpretAsInts().sub(127).lanewise(LSHL, 23);
        FloatVector scale = scaleBits.reinterpretAsFloats();
        return p.lanewise(FMA, scale, scale.sub(1f));
    }

    /** r = x - k ln 2, where {@code shifted} is k plus {@link FloatMath#EXP_ROUND}. */
    private static FloatVector reduced(FloatVector x, FloatVector shifted) {
        FloatVector k = shifted.sub(FloatMath.EXP_ROUND);
        FloatVector r = k.lanewise(FMA, all(-FloatMath.LN2_HI), x);
        return k.lanewise(FMA, all(-FloatMath.LN2_LO), r);
    }

    /** (e^r - 1 - r) / r². */
    private static FloatVector expTail(FloatVector r) {
        FloatVector p = r.lanewise(FMA, FloatMath.E6, FloatMath.E5);
        p = p.lanewise(FMA, r, FloatMath.E4);
        p = p.lanewise(FMA, r, FloatMath.E3);
        return p.lanewise(FMA, r, FloatMath.E2);
    }

    /** The absolute values of one vector with the signs of the other. */
    private static FloatVector withSign(FloatVector x, FloatVector sign) {
        IntVector bits = sign.reinterpretAsInts().and(Integer.MIN_VALUE);
        return x.abs().reinterpretAsInts().or(bits).reinterpretAsFloats();
    }

    private static FloatVector all(float x) {
        return FloatVector.broadcast(SPECIES, x);
    }
}
