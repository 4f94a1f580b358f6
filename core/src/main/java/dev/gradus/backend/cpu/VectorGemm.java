package dev.gradus.backend.cpu;

import java.util.Arrays;

/**
 * Matrix multiplication with the Vector API, from the outside in:
 *
 * <ol>
 *   <li>{@link #GROUP} panels of C, as wide as a tile, at a time, and {@link #SLICE} of the
 *       products that make an element. These rows and columns of B are at most 1 MB, as much as a
 *       large L2 cache. They are read where they lie if B's rows are dense and few rows of A need
 *       them, and otherwise copied first, panel by panel, which puts together what is read one
 *       after another.
 *   <li>{@link #ROWS} rows of A at a time, read where they lie: 192 KB that stay in the L2 cache
 *       while panel after panel is multiplied by them.
 *   <li>One panel of B: 128 KB, which pass the L1 cache once for each tile.
 *   <li>One tile of C, 4 rows by 4 vectors, whose sums stay in registers ({@link TileCompiler}).
 *       The last panel may be narrower, and end in half a vector.
 * </ol>
 */
final class VectorGemm implements Gemm {
    static final int LANES = VectorFns.LANES;

    private static final int HALF = LANES / 2;

    /**
     * Whether there are tiles that end in half a vector: where a processor works on 512 bits as
     * twice 256 that half is saved, and there are registers to spare.
     */
    static final boolean HAS_HALVES = LANES == 16;

    /** Whole vectors alone. */
    static final VectorGemm WHOLE = new VectorGemm(false);

    /** The fastest there is. */
    static final VectorGemm INSTANCE = new VectorGemm(HAS_HALVES);

    /**
     * Vectors in a row of the widest tile, as many as the registers hold: x86 processors have 32
     * vector registers with AVX-512 and 16 without it, the others have 32.
     */
    static final int VECTORS =
            LANES < 16 && System.getProperty("os.arch", "").matches("amd64|x86_64") ? 3 : 4;

    /** Rows of a tile; what is left at the lower end of C goes through tiles of one row. */
    static final int HEIGHT = 4;

    /** Columns of the widest panel. */
    private static final int COLUMNS = VECTORS * LANES;

    /** Panels of B at a time. */
    private static final int GROUP = 512 / COLUMNS;

    /** Rows of A at a time, a multiple of a tile's. */
    private static final int ROWS = 96;

    /** With fewer rows of A than this, a copy of dense rows of B does not pay. */
    private static final int ROWS_WORTH_A_COPY = 192;

    /** Memory of one thread: copied panels of B, and rows of C that are narrower than a vector. */
    private static final class Scratch {
        static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

        private float[] panels = {};
        private final float[] narrow = new float[ROWS * LANES];

        float[] panels(int size) {
            if (panels.length < size) {
                panels = new float[size];
            }
            return panels;
        }
    }

    /** The loops, made when first needed: by [adds][one row][half vectors]. */
    private static final Loops.Tile[][][] TILES = new Loops.Tile[2][2][2 * VECTORS + 2];

    private final boolean usesHalves;

    private VectorGemm(boolean usesHalves) {
        this.usesHalves = usesHalves;
    }

    /** The loop for a tile that is so many half vectors wide. */
    static Loops.Tile tile(boolean adds, boolean oneRow, int halves) {
        Loops.Tile[] tiles = TILES[adds ? 1 : 0][oneRow ? 1 : 0];
        Loops.Tile tile = tiles[halves];
        if (tile == null) { // made twice where two threads come at once, which does no harm
            tile = TileCompiler.compile(oneRow ? 1 : HEIGHT, halves, adds);
            tiles[halves] = tile;
        }
        return tile;
    }

    /** Vectors in a row of the widest tile that {@code n} columns fill. */
    private static int widestTile(int n) {
        return Math.clamp(n / LANES, 1, VECTORS);
    }

    /** Vectors in a row of the narrowest tile that {@code n} columns need. */
    static int narrowestTile(int n) {
        int widest = widestTile(n);
        int left = n % (widest * LANES);
        return left == 0 ? widest : Math.ceilDiv(left, LANES);
    }

    /** Half vectors in a row of the last panel, if it is another than the others; else 0. */
    private static int lastPanel(int n) {
        int widest = 2 * widestTile(n);
        int left = Math.ceilDiv(n % (widest * HALF), HALF);
        if (left == 1) { // not a panel of its own: it joins the one before, if both fit
            left = n >= (widest + 1) * HALF ? widest + 1 : 2;
        }
        return left;
    }

    /** Whether half a vector would be saved for {@code n} columns. */
    static boolean wantsHalf(int n) {
        return HAS_HALVES && n >= LANES && lastPanel(n) % 2 != 0;
    }

    @Override
    public void multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        if (Gemm.isSmall(m, n, k)) {
            Gemm.multiplySmall(m, n, k, a, b, c);
            return;
        }
        if (n < LANES) {
            multiplyNarrow(m, n, k, a, b, c);
            return;
        }
        boolean inPlace =
                b.colStride() == 1 && (m < ROWS_WORTH_A_COPY || Math.abs(b.rowStride()) <= COLUMNS);
        int vectors = widestTile(n);
        int width = vectors * LANES;
        int panels = n / width;
        int last = usesHalves ? lastPanel(n) : 2 * Math.ceilDiv(n % width, LANES);
        if (last > 2 * vectors) {
            panels--;
        }
        for (int done = 0; done < panels; done += GROUP) {
            int count = Math.min(GROUP, panels - done);
            int j = done * width;
            multiplyPanels(count, 2 * vectors, m, k, a, b.from(0, j), c.from(0, j), inPlace);
        }
        if (last > 0) {
            // The last panel overlaps the one before: columns computed twice beat partial vectors.
            int j = n - last * HALF;
            multiplyPanels(1, last, m, k, a, b.from(0, j), c.from(0, j), inPlace);
        }
    }

    /** Some panels of C, next to each other: 1. and 2. of the list above. */
    private static void multiplyPanels(
            int count, int halves, int m, int k, Matrix a, Matrix b, Matrix c, boolean inPlace) {
        int width = halves * HALF;
        for (int from = 0; from < k; from += SLICE) {
            int depth = Math.min(SLICE, k - from);
            Matrix left = a.from(0, from);
            Matrix panels = b.from(from, 0);
            int apart = width;
            if (!inPlace) {
                apart = depth * width;
                float[] copy = Scratch.OF_THREAD.get().panels(count * apart);
                for (int panel = 0; panel < count; panel++) {
                    copy(depth, width, panels.from(0, panel * width), copy, panel * apart, width);
                }
                panels = new Matrix(copy, 0, width, 1);
            }
            for (int i = 0; i < m; i += ROWS) {
                int rows = Math.min(ROWS, m - i);
                Matrix block = left.from(i, 0);
                for (int panel = 0; panel < count; panel++) {
                    int at = panels.offset() + panel * apart;
                    Matrix out = c.from(i, panel * width);
                    multiplyPanel(halves, rows, depth, block, panels, at, out, from > 0);
                }
            }
        }
    }

    /** Some rows of one panel of C, whose columns of B start at an index. */
    private static void multiplyPanel(
            int halves, int m, int depth, Matrix a, Matrix b, int bt, Matrix c, boolean adds) {
        int high = m / HEIGHT * HEIGHT;
        if (high > 0) {
            run(tile(adds, false, halves), high, depth, a, b, bt, c);
        }
        if (high < m) {
            Matrix rest = a.from(high, 0);
            run(tile(adds, true, halves), m - high, depth, rest, b, bt, c.from(high, 0));
        }
    }

    private static void run(
            Loops.Tile tile, int m, int depth, Matrix a, Matrix b, int bt, Matrix c) {
        tile.run(
                m,
                depth,
                a.data(),
                a.offset(),
                a.rowStride(),
                a.colStride(),
                b.data(),
                bt,
                b.rowStride(),
                c.data(),
                c.offset(),
                c.rowStride());
    }

    /** For fewer columns than a vector has lanes: those of B with zeros behind them. */
    private static void multiplyNarrow(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        Scratch scratch = Scratch.OF_THREAD.get();
        float[] padded = scratch.panels(SLICE * LANES);
        Matrix sums = new Matrix(scratch.narrow, 0, LANES, 1);
        for (int from = 0; from < k; from += SLICE) {
            int depth = Math.min(SLICE, k - from);
            Arrays.fill(padded, 0, depth * LANES, 0);
            copy(depth, n, b.from(from, 0), padded, 0, LANES);
            Matrix panel = new Matrix(padded, 0, LANES, 1);
            for (int i = 0; i < m; i += ROWS) {
                int rows = Math.min(ROWS, m - i);
                multiplyPanel(2, rows, depth, a.from(i, from), panel, 0, sums, false);
                for (int r = 0; r < rows; r++) {
                    store(n, sums.data(), r * LANES, c.data(), c.index(i + r, 0), from > 0);
                }
            }
        }
    }

    private static void store(int n, float[] sums, int from, float[] c, int to, boolean adds) {
        for (int j = 0; j < n; j++) {
            float sum = sums[from + j];
            c[to + j] = adds ? c[to + j] + sum : sum;
        }
    }

    /** Copies {@code width} columns of B to rows that are some elements apart. */
    private static void copy(int depth, int width, Matrix b, float[] panel, int to, int apart) {
        float[] data = b.data();
        if (b.colStride() == 1) {
            for (int p = 0; p < depth; p++) {
                System.arraycopy(data, b.index(p, 0), panel, to + p * apart, width);
            }
            return;
        }
        int j = 0;
        for (; j + 8 <= width; j += 8) {
            int at = b.index(0, j);
            copyEight(depth, data, at, b.rowStride(), b.colStride(), panel, to + j, apart);
        }
        for (; j < width; j++) {
            copyOne(depth, data, b.index(0, j), b.rowStride(), panel, to + j, apart);
        }
    }

    /** Eight columns at a time: one at a time would visit each cache line of the panel 16 times. */
    private static void copyEight(
            int depth, float[] b, int at, int row, int column, float[] panel, int to, int apart) {
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
            to += apart;
        }
    }

    private static void copyOne(
            int depth, float[] b, int at, int row, float[] panel, int to, int apart) {
        for (int p = 0; p < depth; p++) {
            panel[to] = b[at];
            at += row;
            to += apart;
        }
    }
}
