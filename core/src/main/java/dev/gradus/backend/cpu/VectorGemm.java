package dev.gradus.backend.cpu;

import java.util.Arrays;

/**
 * Matrix multiplication with the Vector API. C is computed in panels of a few vectors' columns,
 * each from top to bottom in tiles that stay in registers ({@link VectorTile}), one slice of k
 * after the other. A is read where it lies. So is B where its rows are dense and few tiles need it;
 * otherwise the panel's slice of B is copied first, which also keeps it together in the L2 cache.
 */
final class VectorGemm implements Gemm {
    static final VectorGemm INSTANCE = new VectorGemm();

    private static final int LANES = VectorTile.LANES;

    private static final int COLUMNS = VectorTile.VECTORS * LANES;

    /** With fewer rows of A than this, a copy of dense rows of B does not pay. */
    private static final int ROWS_WORTH_A_COPY = 192;

    /** Memory of one thread: a copied panel of B, and a tile before it is added to C. */
    private record Scratch(Matrix panel, Matrix tile) {
        static final ThreadLocal<Scratch> OF_THREAD =
                ThreadLocal.withInitial(() -> new Scratch(dense(SLICE), dense(4)));

        private static Matrix dense(int rows) {
            return new Matrix(new float[rows * COLUMNS], 0, COLUMNS, 1);
        }
    }

    /** Vectors in a row of the widest tile that {@code n} columns fill. */
    private static int widestTile(int n) {
        return Math.clamp(n / LANES, 1, VectorTile.VECTORS);
    }

    /** Vectors in a row of the narrowest tile that {@code n} columns need. */
    static int narrowestTile(int n) {
        int widest = widestTile(n);
        int left = n % (widest * LANES);
        return left == 0 ? widest : Math.ceilDiv(left, LANES);
    }

    @Override
    public void multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        if (Gemm.isSmall(m, n, k)) {
            Gemm.multiplySmall(m, n, k, a, b, c);
            return;
        }
        Scratch scratch = Scratch.OF_THREAD.get();
        boolean inPlace =
                n >= LANES
                        && b.colStride() == 1
                        && (m < ROWS_WORTH_A_COPY || Math.abs(b.rowStride()) <= COLUMNS);
        int widest = widestTile(n);
        for (int done = 0; done < n; ) {
            int vectors = Math.min(widest, Math.ceilDiv(n - done, LANES));
            int width = Math.min(n, vectors * LANES);
            // The last panel overlaps the one before: columns computed twice beat partial vectors.
            int j = Math.min(done, n - width);
            for (int from = 0; from < k; from += SLICE) {
                int depth = Math.min(SLICE, k - from);
                Matrix left = a.from(0, from);
                Matrix right = b.from(from, j);
                if (!inPlace) {
                    copy(depth, width, right, scratch.panel.data());
                    right = scratch.panel;
                }
                Matrix out = c.from(0, j);
                if (from == 0 && n >= LANES) {
                    overwrite(m, vectors, depth, left, right, out);
                } else {
                    boolean add = from > 0;
                    throughTile(m, vectors, width, depth, left, right, out, scratch.tile, add);
                }
            }
            done = j + width;
        }
    }

    private static void overwrite(int m, int vectors, int depth, Matrix a, Matrix b, Matrix c) {
        int i = 0;
        for (; i + 4 <= m; i += 4) {
            VectorTile.fourRows(vectors, depth, a, i, b, c, i);
        }
        for (; i < m; i++) {
            VectorTile.oneRow(vectors, depth, a, i, b, c, i);
        }
    }

    /** For what is added to C, or narrower than a vector. */
    private static void throughTile(
            int m,
            int vectors,
            int width,
            int depth,
            Matrix a,
            Matrix b,
            Matrix c,
            Matrix tile,
            boolean add) {
        int i = 0;
        for (; i + 4 <= m; i += 4) {
            VectorTile.fourRows(vectors, depth, a, i, b, tile, 0);
            for (int r = 0; r < 4; r++) {
                store(width, tile.data(), r * COLUMNS, c.data(), c.index(i + r, 0), add);
            }
        }
        for (; i < m; i++) {
            VectorTile.oneRow(vectors, depth, a, i, b, tile, 0);
            store(width, tile.data(), 0, c.data(), c.index(i, 0), add);
        }
    }

    private static void store(int width, float[] tile, int from, float[] c, int to, boolean add) {
        for (int j = 0; j < width; j++) {
            float sum = tile[from + j];
            c[to + j] = add ? c[to + j] + sum : sum;
        }
    }

    /** Copies {@code width} columns of B; to fewer than a vector of them it appends zeros. */
    private static void copy(int depth, int width, Matrix b, float[] panel) {
        float[] data = b.data();
        if (b.colStride() == 1) {
            for (int p = 0; p < depth; p++) {
                System.arraycopy(data, b.index(p, 0), panel, p * COLUMNS, width);
            }
        } else {
            int j = 0;
            for (; j + 8 <= width; j += 8) {
                copyEight(depth, data, b.index(0, j), b.rowStride(), b.colStride(), panel, j);
            }
            for (; j < width; j++) {
                copyOne(depth, data, b.index(0, j), b.rowStride(), panel, j);
            }
        }
        if (width < LANES) {
            for (int p = 0; p < depth; p++) {
                Arrays.fill(panel, p * COLUMNS + width, p * COLUMNS + LANES, 0);
            }
        }
    }

    /** Eight columns at a time: one at a time would visit each cache line of the panel 16 times. */
    private static void copyEight(
            int depth, float[] b, int at, int row, int column, float[] panel, int to) {
        for (int p = 0; p < depth; p++) {
            panel[to] = b[at];
            panel[to + 1] = b[at + column];
            panel[to + 2] = b[at + 2 * column];
            panel[to + 3] = b[at + 3 * column];
            panel[to + 4] = b[at + 4 * column];
            panel[to + 5] = b[at + 5 * column];
            panel[to + 6] = b[at + 6 * column];
            panel[to + 7] = b[at + 7 * column];
            at += row;
            to += COLUMNS;
        }
    }

    private static void copyOne(int depth, float[] b, int at, int row, float[] panel, int to) {
        for (int p = 0; p < depth; p++) {
            panel[to] = b[at];
            at += row;
            to += COLUMNS;
        }
    }
}
