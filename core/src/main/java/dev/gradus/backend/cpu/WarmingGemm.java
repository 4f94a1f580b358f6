package dev.gradus.backend.cpu;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Plain loops first, the Vector API once it is fast. Until C2 has compiled a tile, each of its
 * vectors is an object, and products would be up to 100 times slower than in plain loops, for half
 * a second. So when a program turns out to multiply a lot, a background thread runs the tiles, the
 * widest first, and a product takes them when all it needs are fast. Results do not depend on this,
 * for both give the same bits.
 *
 * <p>Where C2 never compiles the tiles (interpreter only, no C2), plain loops stay. A program of
 * small products does not even load the Vector API.
 */
final class WarmingGemm implements Gemm {

    /** Multiply-adds after which the tiles are warmed: some 10 ms of plain loops. */
    private static final long WORTH_IT = 1 << 24;

    /**
     * A compiled tile needs about 1 ns for the multiply-add of a vector, any other 50 ns or more.
     */
    private static final long FAST_NANOS = 5;

    private static final long PATIENCE_NANOS = 3_000_000_000L;
    private static final long GIVE_UP_NANOS = 60_000_000_000L;

    private final Gemm plain = new PlainGemm();
    private final AtomicLong work = new AtomicLong();
    private final Tiles overwriting = new Tiles(false);

    /** What a program without long sums never needs. */
    private final Tiles adding = new Tiles(true);

    /** The tiles that overwrite C, or those that add to it. */
    private static final class Tiles {
        private final boolean adds;

        /** Tiles of this many vectors are fast, and wider ones. */
        private volatile int fastFrom = Integer.MAX_VALUE;

        /** Whether those that end in half a vector are. */
        private volatile boolean halvesAreFast;

        private boolean wanted;
        private boolean halvesWanted;

        Tiles(boolean adds) {
            this.adds = adds;
        }

        boolean areFast(int n) {
            int from = fastFrom;
            return from == 1 || (from < Integer.MAX_VALUE && VectorGemm.narrowestTile(n) >= from);
        }

        synchronized void want() {
            if (!wanted) {
                wanted = true;
                start(() -> warmUp(false));
            }
        }

        synchronized void wantHalves() {
            if (!halvesWanted) {
                halvesWanted = true;
                start(() -> warmUp(true));
            }
        }

        /**
         * Where compiling takes long, leaves the processor to others some of the time, and in the
         * end gives up: there is no C2, or something else is wrong, and plain loops are as fast as
         * it gets.
         */
        private void warmUp(boolean halves) {
            long start = System.nanoTime();
            for (int vectors = VectorGemm.VECTORS; vectors > 0; vectors--) {
                int width = 2 * vectors - (halves ? 1 : 0);
                boolean fast = width == 1; // which no product needs
                while (!fast) {
                    fast = true;
                    for (int h = 0; h < VectorGemm.HEIGHTS.length; h++) {
                        Loops.Tile tile = VectorGemm.tile(adds, h, width);
                        fast &= isFast(tile, VectorGemm.HEIGHTS[h], width);
                    }
                    long spent = System.nanoTime() - start;
                    if (spent > GIVE_UP_NANOS) {
                        return;
                    }
                    if (spent > PATIENCE_NANOS) {
                        LockSupport.parkNanos(2_000_000);
                    }
                }
                if (!halves) {
                    fastFrom = vectors;
                }
            }
            halvesAreFast |= halves;
        }
    }

    @Override
    public void multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        boolean adds = k > SLICE;
        if (overwriting.areFast(n) && (!adds || adding.areFast(n))) {
            boolean halves = VectorGemm.wantsHalf(n) && haveHalves(adds);
            (halves ? VectorGemm.INSTANCE : VectorGemm.WHOLE).multiply(m, n, k, a, b, c);
            return;
        }
        plain.multiply(m, n, k, a, b, c);
        if (!Gemm.isSmall(m, n, k)) {
            long size = (long) m * n * k;
            long before = work.getAndAdd(size);
            if (before + size >= WORTH_IT) {
                overwriting.want();
                if (adds) {
                    adding.want();
                }
            }
        }
    }

    /** Whether the tiles that end in half a vector are fast; if not, they are warmed. */
    private boolean haveHalves(boolean adds) {
        if (!overwriting.halvesAreFast) {
            overwriting.wantHalves();
            return false;
        }
        if (adds && !adding.halvesAreFast) {
            adding.wantHalves();
            return false;
        }
        return true;
    }

    private static void start(Runnable task) {
        Thread.ofPlatform().daemon().name("gradus-gemm-warm-up").start(task);
    }

    /** Whether products of n columns, without long sums, have the fastest tiles there are. */
    boolean isWarm(int n) {
        return overwriting.fastFrom == 1 && (!VectorGemm.wantsHalf(n) || overwriting.halvesAreFast);
    }

    /**
     * Times three tiles in a call. C2 compiles for what it has seen: with one tile, or a depth of
     * 4, the loops would be slower for good.
     */
    private static boolean isFast(Loops.Tile tile, int rows, int halves) {
        int m = 3 * rows;
        int depth = 16;
        int vectors = (halves + 1) / 2;
        int n = vectors * VectorGemm.LANES;
        float[] a = new float[m * depth];
        float[] b = new float[depth * n];
        float[] c = new float[m * n];
        long start = System.nanoTime();
        tile.run(m, depth, a, 0, depth, 1, b, 0, n, c, 0, n);
        return System.nanoTime() - start < 500 + FAST_NANOS * m * vectors * depth;
    }
}
