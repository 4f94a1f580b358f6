package dev.gradus.backend.cpu;

/**
 * The shapes of compiled loop: what {@link LoopCompiler} and {@link TileCompiler} make classes of.
 * The first two go over rows of n elements. Of each input and output they take where the first row
 * starts and how far rows are apart; an input that is a splat has one element a row, and those are
 * as far apart.
 */
final class Loops {
    /** The number of running results that a fold keeps, whatever the width of a vector. */
    static final int FOLD_LANES = 64;

    /** Rows that a fold takes at a time unless they are multiples of {@link #FOLD_LANES}. */
    static final int ENDS = 32;

    private Loops() {}

    /** Element-wise. */
    interface Map {
        void run(
                float[][] in,
                int[] inOffset,
                int[] inStep,
                double[] scalars,
                float[][] out,
                int[] outOffset,
                int[] outStep,
                int n,
                int rows);
    }

    /**
     * Joins the elements of each row to one number: element i to {@code lanes[i % FOLD_LANES]}, in
     * the order of i; then lane j with j + 32 for all j below 32, with j + 16 for all below 16, and
     * so on. Behind the lanes there is room for as many numbers more for each row, or none for rows
     * of a multiple of so many.
     */
    interface Fold {
        void run(
                float[][] in,
                int[] inOffset,
                int[] inStep,
                double[] scalars,
                float[] lanes,
                float[] out,
                int outOffset,
                int outStep,
                int n,
                int rows);
    }

    /**
     * Some columns of a product, as many as the tile is wide: m rows of A, a multiple of those of
     * the tile, times {@code depth} rows of B, to m rows of C. Each matrix is an array, where its
     * first element is, and how far rows and columns (steps) are apart.
     */
    interface Tile {
        void run(
                int m,
                int depth,
                float[] a,
                int at,
                int aRow,
                int aStep,
                float[] b,
                int bt,
                int bStep,
                float[] c,
                int ct,
                int cRow);
    }
}
