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
    /** Runs shorter than this count as so many elements: a call of the blocks takes its time. */
    private static final int SHORT_RUN = 16;

    /** Elements seen before a program counts as hot. */
    private static final long HOT = 4_000_000;

    /**
     * What a compiled loop needs at most for a step of one element; before C2 has compiled it, it
     * is ten times that, as the blocks may be too.
     */
    private static final double FAST_NANOS = 1;

    /** A loop is given up after some time of rehearsal, since the JIT compiler may be busy. */
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    /** How long a loop is rehearsed before it is the next one's turn. */
    private static final long TURN_NANOS = 1_000_000;

    /** After so many turns, a loop's turns are further and further apart. */
    private static final int MANY_TURNS = 50;

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
         * Rows of n elements, so many of them, in turn: a branch of a loop that was never taken
         * would stop the loop for the JIT compiler when it is. They are short, because the JIT
         * compiler counts calls, and a call costs up to a microsecond a vector and step until then.
         */
        private static final int[][] ROWS = {{360, 1}, {75, 3}, {64, 5}, {5, 4}};

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
        if (!possible) {
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
        seen += Math.max(n, SHORT_RUN); // A race loses counts, which does not matter.
        if (seen > HOT) {
            request(splats);
        }
        return null;
    }

    private synchronized void request(long splats) {
        if (Arrays.stream(entries).noneMatch(e -> e.splats == splats)) {
            set(splats, null);
            COMPILER.execute(new Promotion(splats));
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

    /**
     * The way of a loop into use. Loops take turns at being rehearsed, so that the JIT compiler,
     * which takes 50 to 200 ms for one, always has one to work on.
     */
    private final class Promotion implements Runnable {
        private final long splats;
        private final Data data = new Data(program);
        private @Nullable L loop;
        private long start;
        private int turns;

        Promotion(long splats) {
            this.splats = splats;
        }

        @Override
        public void run() {
            try {
                if (turns++ == 0) {
                    start = System.nanoTime();
                    loop = make.apply(splats);
                }
                if (loop == null) {
                    return; // too large to be compiled
                }
                rehearse();
                if (isFast()) {
                    set(splats, loop);
                } else if (System.nanoTime() - start < PATIENCE_NANOS) {
                    if (COMPILER.getQueue().isEmpty()) {
                        Thread.sleep(1 + turns / MANY_TURNS); // the JIT compiler is at work
                    }
                    COMPILER.execute(this);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                Messages.warn("compiling " + program + " failed, it stays slow: " + e);
            }
        }

        private void rehearse() {
            long from = System.nanoTime();
            do {
                for (int[] rows : Data.ROWS) {
                    rehearsal.run(loop, data, rows[0], rows[1]);
                }
            } while (System.nanoTime() - from < TURN_NANOS);
        }

        /** Whether the JIT compiler has done its work, and it was worth it. */
        private boolean isFast() {
            double most = FAST_NANOS * Data.SIZE * (1 + program.steps().size());
            return time(loop, 1) < most && time(loop, 30) < time(null, 30);
        }

        /** Nanoseconds for a long row: the best of some rounds. */
        private double time(@Nullable L some, int rounds) {
            double best = Double.POSITIVE_INFINITY;
            for (int round = 0; round < rounds; round++) {
                long from = System.nanoTime();
                rehearsal.run(some, data, Data.SIZE, 1);
                best = Math.min(best, (double) (System.nanoTime() - from));
            }
            return best;
        }
    }
}
