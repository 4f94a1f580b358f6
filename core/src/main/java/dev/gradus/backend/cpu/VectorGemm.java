package dev.gradus.backend.cpu;

import java.util.Arrays;

/**
 * Matrix multiplication with the Vector API, from the outside in:
 *
 * <ol>
 *   <li>{@link #GROUP} panels of C, as wide as a tile, at a time, and {@link #SLICE} of the
 *       products that make an element. These rows and columns of B are at most 2 MB. They are read
 *       where they lie if B's rows are dense and few rows of A need them, and otherwise copied
 *       first, so that a panel's lie together ({@link Panels#copy}).
 *   <li>{@link #ROWS} rows of A at a time, read where they lie: 192 KB that stay in the L2 cache
 *       while panel after panel is multiplied by them.
 *   <li>One panel of B: 96 KB, which pass from the L2 to the L1 cache once for each tile. The
 *       higher a tile, the less often: what it reads for each multiply-add is what limits it.
 *   <li>One tile of C, 8 rows by 3 vectors, whose sums stay in registers ({@link TileCompiler}).
 *       Rows that are left over go through lower tiles; {@link Panels} says which panels are
 *       narrower.
 * </ol>
 */
final class VectorGemm implements Gemm {
    static final int LANES = VectorFns.LANES;

    static final int HALF = LANES / 2;

    /**
     * Whether there are tiles that end in half a vector: where a processor works on 512 bits as
     * twice 256 that half is saved, and there are registers to spare.
     */
    static final boolean HAS_HALVES = LANES == 16;

    /** Whole vectors alone. */
    static final VectorGemm WHOLE = new VectorGemm(false);

    /** The fastest there is. */
    static final VectorGemm INSTANCE = new VectorGemm(HAS_HALVES);

    /** Vectors in a row of the widest tile. */
    static final int VECTORS = 3;

    /**
     * Rows of the tiles, the highest first: what is left at the lower end of C goes through the
     * next. The sums fill the registers: x86 processors have 32 vector registers with AVX-512 and
     * 16 without it, the others have 32.
     */
    static final int[] HEIGHTS = has32Registers() ? new int[] {8, 4, 1} : new int[] {4, 1};

    /** Panels of B at a time, at most: 1024 columns and a little. */
    private static final int GROUP = 1024 / (VECTORS * LANES) + 1;

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

    /** The loops, made when first needed: by [adds][number of the height][half vectors]. */
    private static final Loops.Tile[][][] TILES =
            new Loops.Tile[2][HEIGHTS.length][2 * VECTORS + 1];

    private final boolean usesHalves;

    private VectorGemm(boolean usesHalves) {
        this.usesHalves = usesHalves;
    }

    private static boolean has32Registers() {
        boolean isX86 = System.getProperty("os.arch", "").matches("amd64|x86_64");
        return LANES == 16 || !isX86;
    }

    /** The loop for a tile of {@code HEIGHTS[height]} rows that is so many half vectors wide. */
    static Loops.Tile tile(boolean adds, int height, int halves) {
        Loops.Tile[] tiles = TILES[adds ? 1 : 0][height];
        Loops.Tile tile = tiles[halves];
        if (tile == null) { // made twice where two threads come at once, which does no harm
            tile = TileCompiler.compile(HEIGHTS[height], halves, adds);
            tiles[halves] = tile;
        }
        return tile;
    }

    /** Vectors in a row of the narrowest tile that {@code n} columns need. */
    static int narrowestTile(int n) {
        return n < LANES ? 1 : Panels.of(n, false).narrowest();
    }

    /** Whether half a vector would be saved for {@code n} columns. */
    static boolean wantsHalf(int n) {
        return HAS_HALVES && n >= LANES && Panels.of(n, true).endInHalf();
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
        Panels panels = Panels.of(n, usesHalves);
        // What several slices are added to must not be in two panels at a time.
        boolean lastAlone = k > SLICE && panels.lastOverlaps();
        int together = lastAlone ? panels.count() - 1 : panels.count();
        int groups = Math.ceilDiv(together, GROUP);
        for (int group = 0; group < groups; group++) {
            int first = together * group / groups;
            int end = together * (group + 1) / groups;
            multiplyPanels(panels, first, end, m, k, a, b, c);
        }
        if (lastAlone) {
            multiplyPanels(panels, together, panels.count(), m, k, a, b, c);
        }
    }

    /** Some panels of C, next to each other: 1. and 2. of the list above. */
    private static void multiplyPanels(
            Panels panels, int first, int end, int m, int k, Matrix a, Matrix b, Matrix c) {
        boolean inPlace =
                b.colStride() == 1
                        && (m < ROWS_WORTH_A_COPY || Math.abs(b.rowStride()) <= VECTORS * LANES);
        float[] data = b.data();
        if (!inPlace) {
            data = Scratch.OF_THREAD.get().panels(panels.start(first, end, Math.min(k, SLICE)));
        }
        for (int from = 0; from < k; from += SLICE) {
            int depth = Math.min(SLICE, k - from);
            if (!inPlace) {
                panels.copy(first, end, depth, b.from(from, 0), data);
            }
            for (int i = 0; i < m; i += ROWS) {
                int rows = Math.min(ROWS, m - i);
                Matrix left = a.from(i, from);
                for (int panel = first; panel < end; panel++) {
                    int column = panels.column(panel);
                    int halves = panels.halves(panel);
                    int start = panels.start(first, panel, depth);
                    Matrix right =
                            inPlace
                                    ? b.from(from, column)
                                    : new Matrix(data, start, halves * HALF, 1);
                    multiplyPanel(halves, rows, depth, left, right, c.from(i, column), from > 0);
                }
            }
        }
    }

    /** Some rows of one panel of C. */
    private static void multiplyPanel(
            int halves, int m, int depth, Matrix a, Matrix b, Matrix c, boolean adds) {
        int done = 0;
        for (int h = 0; done < m; h++) {
            int rows = (m - done) / HEIGHTS[h] * HEIGHTS[h];
            if (rows > 0) {
                run(tile(adds, h, halves), rows, depth, a.from(done, 0), b, c.from(done, 0));
                done += rows;
            }
        }
    }

    private static void run(Loops.Tile tile, int m, int depth, Matrix a, Matrix b, Matrix c) {
        tile.run(
                m,
                depth,
                a.data(),
                a.offset(),
                a.rowStride(),
                a.colStride(),
                b.data(),
                b.offset(),
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
            Panels.copy(depth, n, b.from(from, 0), padded, 0, LANES);
            Matrix panel = new Matrix(padded, 0, LANES, 1);
            for (int i = 0; i < m; i += ROWS) {
                int rows = Math.min(ROWS, m - i);
                multiplyPanel(2, rows, depth, a.from(i, from), panel, sums, false);
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
}
