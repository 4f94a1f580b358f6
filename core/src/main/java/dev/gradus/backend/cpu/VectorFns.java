package dev.gradus.backend.cpu;

import dev.gradus.expr.Fn;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The primitive functions over vectors, one line each; the generated loops call them by name. */
final class VectorFns {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    /** Half as wide, where {@link VectorGemm#HAS_HALVES}. */
    static final VectorSpecies<Float> HALF_SPECIES =
            LANES == 16 ? FloatVector.SPECIES_256 : SPECIES;

    static final VectorShuffle<Float> TURN_8 = turn(8);
    static final VectorShuffle<Float> TURN_4 = turn(4);
    static final VectorShuffle<Float> TURN_2 = turn(2);
    static final VectorShuffle<Float> TURN_1 = turn(1);

    private VectorFns() {}

    private static VectorShuffle<Float> turn(int by) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane + by) % LANES);
    }

    /** Whether there is a method for a function; expressions with another stay in blocks. */
    static boolean has(Fn fn) {
        return switch (fn) {
            case NEG, ABS, SQRT, EXP, LOG, LOG1P, TANH, SIGMOID, SOFTPLUS, ERF -> true;
            case ADD, SUB, MUL, DIV, MAX, MIN, EQ, LT, LE, WHERE -> true;
            case SIN, COS, POW, REM, FLOOR -> false;
        };
    }

    static FloatVector load(float[] a, int i) {
        return FloatVector.fromArray(SPECIES, a, i);
    }

    static void store(FloatVector v, float[] a, int i) {
        v.intoArray(a, i);
    }

    /** The first {@code count} lanes of a vector, and a number in the others. */
    static FloatVector replaceFrom(FloatVector v, int count, double number) {
        return all(number).blend(v, SPECIES.indexInRange(0, count));
    }

    static FloatVector splat(float[] a, int i) {
        return FloatVector.broadcast(SPECIES, a[i]);
    }

    static FloatVector all(double value) {
        return FloatVector.broadcast(SPECIES, (float) value);
    }

    static FloatVector loadHalf(float[] a, int i) {
        return FloatVector.fromArray(HALF_SPECIES, a, i);
    }

    static FloatVector lowerHalf(FloatVector v) {
        return (FloatVector) v.reinterpretShape(HALF_SPECIES, 0);
    }

    static FloatVector allHalf(double value) {
        return FloatVector.broadcast(HALF_SPECIES, (float) value);
    }

    /** Lane 0. */
    static float first(FloatVector v) {
        return v.lane(0);
    }

    /** Lane j is the argument's lane j + 8, counted round and round. */
    static FloatVector turnedBy8(FloatVector v) {
        return v.rearrange(TURN_8);
    }

    static FloatVector turnedBy4(FloatVector v) {
        return v.rearrange(TURN_4);
    }

    static FloatVector turnedBy2(FloatVector v) {
        return v.rearrange(TURN_2);
    }

    static FloatVector turnedBy1(FloatVector v) {
        return v.rearrange(TURN_1);
    }

    static FloatVector neg(FloatVector a) {
        return a.neg();
    }

    static FloatVector abs(FloatVector a) {
        return a.abs();
    }

    static FloatVector sqrt(FloatVector a) {
        return a.sqrt();
    }

    static FloatVector exp(FloatVector a) {
        return VectorMath.exp(a);
    }

    static FloatVector log(FloatVector a) {
        return VectorMath.log(a);
    }

    static FloatVector log1p(FloatVector a) {
        return VectorMath.log1p(a);
    }

    static FloatVector tanh(FloatVector a) {
        return VectorMath.tanh(a);
    }

    static FloatVector sigmoid(FloatVector a) {
        return VectorMath.sigmoid(a);
    }

    static FloatVector softplus(FloatVector a) {
        return VectorMath.softplus(a);
    }

    static FloatVector erf(FloatVector a) {
        return VectorMath.erf(a);
    }

    /** a · b + c, rounded once. */
    static FloatVector fma(FloatVector a, FloatVector b, FloatVector c) {
        return a.fma(b, c);
    }

    static FloatVector add(FloatVector a, FloatVector b) {
        return a.add(b);
    }

    static FloatVector sub(FloatVector a, FloatVector b) {
        return a.sub(b);
    }

    static FloatVector mul(FloatVector a, FloatVector b) {
        return a.mul(b);
    }

    static FloatVector div(FloatVector a, FloatVector b) {
        return a.div(b);
    }

    static FloatVector max(FloatVector a, FloatVector b) {
        return a.max(b);
    }

    static FloatVector min(FloatVector a, FloatVector b) {
        return a.min(b);
    }

    static FloatVector eq(FloatVector a, FloatVector b) {
        return mask(a.compare(VectorOperators.EQ, b));
    }

    static FloatVector lt(FloatVector a, FloatVector b) {
        return mask(a.compare(VectorOperators.LT, b));
    }

    static FloatVector le(FloatVector a, FloatVector b) {
        return mask(a.compare(VectorOperators.LE, b));
    }

    static FloatVector where(FloatVector a, FloatVector b, FloatVector c) {
        return b.blend(c, a.compare(VectorOperators.EQ, 0f));
    }

    private static FloatVector mask(VectorMask<Float> m) {
        return FloatVector.zero(SPECIES).blend(1f, m);
    }
}
