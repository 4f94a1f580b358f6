package dev.gradus.backend.cpu;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Reduction;

import java.util.ArrayList;
import java.util.List;

/**
 * Element-wise work on tiles: numbers for each key (a row) and each of a block's queries (a
 * column). That way round, joining the keys of every query is element-wise too, of whole rows, and
 * a softmax is a dozen calls on long runs instead of several on each short row.
 *
 * <p>One is used by one thread. Its memory is what {@link #take} took and {@link #close} gives
 * back.
 */
final class AttentionTiles implements AutoCloseable {
    /** Rows that are joined at a time. */
    private static final int FAN = 8;

    /** Elements of a row of numbers repeated: a long enough run, and little of the L1 cache. */
    private static final int REPEATED = 1024;

    /** How the rows of a tile, or of a product of two, become one: by the number of rows. */
    static final class Join {
        static final Join MAX = new Join(Reduction.MAX, false);
        static final Join SUM = new Join(Reduction.SUM, false);
        static final Join SUM_OF_PRODUCTS = new Join(Reduction.SUM, true);

        private final FloatKernel[] first = new FloatKernel[FAN + 1];
        private final FloatKernel[] next = new FloatKernel[FAN + 1];

        private Join(Reduction reduction, boolean products) {
            for (int rows = 1; rows <= FAN; rows++) {
                Expr some = element(0, rows, products);
                Expr more = element(0, rows, false);
                for (int i = 1; i < rows; i++) {
                    some = Expr.apply(reduction.fn(), some, element(i, rows, products));
                    more = Expr.apply(reduction.fn(), more, element(i, rows, false));
                }
                first[rows] = FloatKernel.of(some.program());
                next[rows] = FloatKernel.of(more.program());
            }
        }

        private static Expr element(int i, int rows, boolean product) {
            return product ? Expr.in(i).mul(Expr.in(rows + i)) : Expr.in(i);
        }
    }

    private final double[] scalars;
    private final float[][] in = new float[2 * FAN][];
    private final int[] offsets = new int[2 * FAN];
    private final float[][] out = new float[1][];
    private final int[] outOffset = new int[1];
    private final float[] repeated;
    private final List<float[]> taken = new ArrayList<>();

    /**
     * Takes memory.
     *
     * @param scalars the run-time scalars of all kernels
     */
    AttentionTiles(double... scalars) {
        this.scalars = scalars;
        repeated = take(REPEATED);
    }

    /** An array of arbitrary contents. */
    float[] take(int size) {
        float[] array = BufferPool.take(size);
        taken.add(array);
        return array;
    }

    @Override
    public void close() {
        taken.forEach(BufferPool::give);
    }

    /** All of some tiles, or the first rows, in place of the first tile. */
    void map(FloatKernel kernel, int n, float[]... tiles) {
        for (int i = 0; i < tiles.length; i++) {
            in[i] = tiles[i];
            offsets[i] = 0;
        }
        run(kernel, tiles[0], 0, n);
    }

    /** The same with the first tile from some element on. */
    void mapFrom(FloatKernel kernel, int at, int n, float[] tile, float[] other) {
        in[0] = tile;
        offsets[0] = at;
        in[1] = other;
        offsets[1] = 0;
        run(kernel, tile, at, n);
    }

    /** Some tiles, in place of the first, with a number for each column as the last input. */
    void mapColumns(FloatKernel kernel, float[] numbers, int all, int width, float[]... tiles) {
        int rows = Math.min(all, REPEATED / width);
        System.arraycopy(numbers, 0, repeated, 0, width);
        for (int have = 1; have < rows; have *= 2) {
            int more = Math.min(have, rows - have);
            System.arraycopy(repeated, 0, repeated, have * width, more * width);
        }
        for (int row = 0; row < all; row += rows) {
            for (int i = 0; i < tiles.length; i++) {
                in[i] = tiles[i];
                offsets[i] = row * width;
            }
            in[tiles.length] = repeated;
            offsets[tiles.length] = 0;
            run(kernel, tiles[0], row * width, Math.min(rows, all - row) * width);
        }
    }

    /**
     * Joins the rows of a tile, or of the product of two, to one. Rows far apart are joined first,
     * eight at a time, and what that leaves again: the order depends on their number alone.
     *
     * @param to has {@link #roomToJoin}; the result is its first row
     */
    void join(Join join, int rows, int width, float[] to, float[]... tiles) {
        int left = joinOnce(join.first, rows, width, to, tiles);
        while (left > 1) {
            left = joinOnce(join.next, left, width, to, to);
        }
    }

    /** The length of the array in which so many rows are joined. */
    static int roomToJoin(int rows, int width) {
        return (rows / FAN + FAN) * width;
    }

    /** Returns how many rows are left. */
    private int joinOnce(FloatKernel[] kernels, int rows, int width, float[] to, float[]... tiles) {
        int fan = Math.min(FAN, rows);
        int each = rows / fan;
        for (int i = 0; i < tiles.length * fan; i++) {
            in[i] = tiles[i / fan];
            offsets[i] = i % fan * each * width;
        }
        run(kernels[fan], to, 0, each * width);
        int rest = rows - fan * each;
        if (rest > 0) {
            for (int i = 0; i < tiles.length; i++) {
                in[i] = tiles[i];
                offsets[i] = fan * each * width;
            }
            run(kernels[1], to, each * width, rest * width);
        }
        return each + rest;
    }

    private void run(FloatKernel kernel, float[] target, int at, int n) {
        out[0] = target;
        outOffset[0] = at;
        kernel.run(in, offsets, 0, scalars, out, outOffset, n);
    }

    /** Copies some rows of a matrix, multiplied by a number, as the columns of a dense one. */
    static void transpose(Gemm.Matrix from, int rows, int columns, float factor, float[] to) {
        float[] data = from.data();
        int step = from.colStride();
        for (int i = 0; i < rows; i++) {
            int at = from.index(i, 0);
            for (int j = 0; j < columns; j++) {
                to[j * rows + i] = data[at + j * step] * factor;
            }
        }
    }
}
