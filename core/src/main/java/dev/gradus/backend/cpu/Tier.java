package dev.gradus.backend.cpu;

import dev.gradus.expr.Program;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Decides when a program is hot enough to become a compiled loop, and makes it in the background: a
 * new class runs in the JVM's interpreter at first, where a vector operation costs a microsecond,
 * so a daemon rehearses it until the JIT compiler has done its work. It is used from then on if it
 * is faster than the blocks. Both give the same bits, so nobody can tell when that happens.
 *
 * <p>{@code -Dgradus.tier=blocks} or {@code compiled} fixes the tier, for tests and experiments.
 *
 * @param <L> the kind of loop
 */
final class Tier<L> {
    /** Runs shorter than this stay in blocks: less work than a call of a compiled loop is worth. */
    private static final int SHORT_RUN = 16;

    /** Elements seen before a program counts as hot. */
    private static final long HOT = 4_000_000;

    /**
     * What a compiled loop needs at most for a step of one element; before C2 has compiled it, it
     * is ten times that, as the blocks may be too.
     */
    private static final double FAST_NANOS = 1;

    /** A loop is given up after some seconds of rehearsal, since the JIT compiler may be busy. */
    private static final long PATIENCE_NANOS = 8_000_000_000L;

    private static final String FIXED = System.getProperty("gradus.tier", "auto");
    private static final ThreadPoolExecutor COMPILER = compiler();

    /** A loop for one choice of splats; null while it is made, or if it does not pay. */
    private record Entry<L>(long splats, @Nullable L loop) {}

    /** Runs a loop, or the blocks where there is none, on rows of n elements each. */
    interface Rehearsal<L> {
        void run(@Nullable L loop, Data data, int n, int rows);
    }

    /** Something to rehearse on. */
    static final class Data {
        private static final int SIZE = 2048;

        /**
         * Rows of n elements, so many of them: a branch of a loop that was never taken would stop
         * the loop for the JIT compiler when it is.
         */
        private static final int[][] ROWS = {{SIZE - 32, 1}, {75, 3}, {5, 4}};

        final float[][] in;
        final int[] offsets;
        final int[] outOffsets;
        final double[] scalars;
        final float[][] out;
        final float[] numbers = new float[SIZE];
        private final int[] steps;

        Data(Program program) {
            in = new float[program.inputs()][SIZE];
            for (float[] x : in) {
                Arrays.fill(x, 0.5f);
            }
            scalars = new double[program.scalars()];
            Arrays.fill(scalars, 0.5);
            out = new float[program.outputs()][SIZE];
            offsets = new int[in.length];
            outOffsets = new int[out.length];
            steps = new int[Math.max(in.length, out.length)];
        }

        /** Of rows that follow one another. */
        int[] steps(int n) {
            Arrays.fill(steps, n);
            return steps;
        }
    }

    private final Program program;
    private final boolean possible;
    private final LongFunction<@Nullable L> make;
    private final Rehearsal<L> rehearsal;
    private long seen;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private volatile Entry<L>[] entries = new Entry[0];

    Tier(Program program, LongFunction<@Nullable L> make, Rehearsal<L> rehearsal) {
        this.program = program;
        this.make = make;
        this.rehearsal = rehearsal;
        this.possible = !FIXED.equals("blocks") && VectorModule.PRESENT && hasVectorForm(program);
    }

    private static boolean hasVectorForm(Program program) {
        return program.steps().stream().allMatch(s -> VectorFns.has(s.fn()));
    }

    private static ThreadPoolExecutor compiler() {
        var pool =
                new ThreadPoolExecutor(
                        1,
                        1,
                        5,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        r -> Thread.ofPlatform().daemon().name("gradus-compiler").unstarted(r));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** The loop to use for n elements, or null for blocks. */
    @Nullable L loop(long splats, long n) {
        if (n < SHORT_RUN || !possible) {
            return null;
        }
        for (Entry<L> e : entries) {
            if (e.splats == splats) {
                return e.loop;
            }
        }
        if (FIXED.equals("compiled")) {
            L loop = make.apply(splats);
            set(splats, loop);
            return loop;
        }
        seen += n; // A race loses counts, which does not matter.
        if (seen > HOT) {
            request(splats);
        }
        return null;
    }

    private synchronized void request(long splats) {
        if (Arrays.stream(entries).noneMatch(e -> e.splats == splats)) {
            set(splats, null);
            COMPILER.execute(() -> promote(splats));
        }
    }

    private synchronized void set(long splats, @Nullable L loop) {
        Entry<L>[] next = Arrays.copyOf(entries, entries.length + 1);
        int at = 0;
        while (at < entries.length && entries[at].splats != splats) {
            at++;
        }
        next[at] = new Entry<>(splats, loop);
        entries = at < entries.length ? Arrays.copyOf(next, entries.length) : next;
    }

    private void promote(long splats) {
        try {
            L loop = make.apply(splats);
            if (loop == null) {
                return;
            }
            Data data = new Data(program);
            long start = System.nanoTime();
            for (int attempt = 0; System.nanoTime() - start < PATIENCE_NANOS; attempt++) {
                double inLoop = time(loop, data);
                double inBlocks = time(null, data);
                if (inLoop < inBlocks
                        && inLoop < FAST_NANOS * Data.SIZE * (1 + program.steps().size())) {
                    set(splats, loop);
                    return;
                }
                Thread.sleep(10 + 2L * attempt); // The JIT compiler is still at work.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            Messages.warn("compiling " + program + " failed, it stays slow: " + e);
        }
    }

    /** Nanoseconds for all rows, the best of a few rounds; what is very slow has fewer. */
    private double time(@Nullable L loop, Data data) {
        double best = Double.POSITIVE_INFINITY;
        long first = System.nanoTime();
        for (int round = 0; round < 30 && System.nanoTime() - first < 50_000_000; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 30; i++) {
                for (int[] rows : Data.ROWS) {
                    rehearsal.run(loop, data, rows[0], rows[1]);
                }
            }
            best = Math.min(best, (System.nanoTime() - start) / 30.0);
        }
        return best;
    }
}
