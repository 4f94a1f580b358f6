package dev.gradus.backend.cpu;

/** The two shapes of compiled loop: what {@link LoopCompiler} makes classes of. */
final class Loops {
    /** The number of running results that a fold keeps, whatever the width of a vector. */
    static final int FOLD_LANES = 64;

    private Loops() {}

    /** Element-wise: n is a multiple of the vector length. */
    interface Map {
        void run(
                float[][] in,
                int[] inOffset,
                double[] scalars,
                float[][] out,
                int[] outOffset,
                int n);
    }

    /**
     * Joins element i to {@code lanes[i % FOLD_LANES]}, in the order of i; n is a multiple of
     * FOLD_LANES.
     */
    interface Fold {
        void run(float[][] in, int[] inOffset, double[] scalars, float[] lanes, int n);
    }
}
