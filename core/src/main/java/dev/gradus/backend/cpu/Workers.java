package dev.gradus.backend.cpu;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Runs the parts of a job on several threads: the caller, and daemons that start when first needed
 * and end when idle for long. {@code -Dgradus.threads=N} sets how many work at once; results do not
 * depend on it, since how a job is cut into parts that matter for rounding never does.
 *
 * <p>To wake a parked thread takes 5 to 50 µs, as long as many a job. So a daemon without work
 * looks out for more for a while ({@link #SPIN_NANOS}) before it parks: in a training, the next job
 * comes sooner.
 *
 * <p>The caller takes parts like everybody else, so a job makes progress when all daemons are busy
 * with the jobs of other callers.
 */
final class Workers {
    /** How many threads work at once. */
    static final int THREADS =
            Math.max(
                    1,
                    Integer.getInteger(
                            "gradus.threads", Runtime.getRuntime().availableProcessors()));

    /** How long a thread spins before it parks: about what it costs to be woken. */
    private static final long SPIN_NANOS = 50_000;

    /** A parked daemon ends after this. */
    private static final long IDLE_NANOS = 10_000_000_000L;

    /** Jobs that may have parts which nobody has taken. */
    private static final ConcurrentLinkedQueue<Job> JOBS = new ConcurrentLinkedQueue<>();

    private static final Daemon[] DAEMONS = new Daemon[THREADS - 1];

    static {
        for (int i = 0; i < DAEMONS.length; i++) {
            DAEMONS[i] = new Daemon(i + 1);
        }
    }

    private Workers() {}

    /** Runs parts 0 … parts − 1 of a job, in any order, and returns when all are done. */
    static void run(int parts, IntConsumer body) {
        if (parts <= 1 || THREADS == 1) {
            for (int i = 0; i < parts; i++) {
                body.accept(i);
            }
            return;
        }
        var job = new Job(parts, body);
        JOBS.add(job);
        int wanted = Math.min(parts, THREADS) - 1;
        for (int i = 0; i < wanted; i++) {
            DAEMONS[i].wake();
        }
        job.work();
        JOBS.remove(job);
        job.await();
    }

    /** A thread that comes and goes. */
    private static final class Daemon implements Runnable {
        private static final int NONE = 0;
        private static final int AWAKE = 1;
        private static final int PARKED = 2;

        private final int number;
        private final AtomicInteger state = new AtomicInteger(NONE);
        private volatile Thread thread = Thread.currentThread();

        Daemon(int number) {
            this.number = number;
        }

        /** Makes sure that it looks at the jobs from now on. */
        void wake() {
            while (state.get() != AWAKE) {
                if (state.compareAndSet(PARKED, AWAKE)) {
                    LockSupport.unpark(thread);
                } else if (state.compareAndSet(NONE, AWAKE)) {
                    thread =
                            Thread.ofPlatform()
                                    .daemon()
                                    .name("gradus-worker-" + number)
                                    .unstarted(this);
                    thread.start();
                }
            }
        }

        @Override
        public void run() {
            do {
                long idleSince = System.nanoTime();
                while (System.nanoTime() - idleSince < SPIN_NANOS) {
                    if (takePart()) {
                        idleSince = System.nanoTime();
                    }
                    Thread.onSpinWait();
                }
            } while (park());
        }

        /** Works on the first job that has something left, if there is one. */
        private static boolean takePart() {
            Job job = JOBS.peek();
            if (job == null) {
                return false;
            }
            if (job.isTaken()) {
                JOBS.remove(job);
                return false;
            }
            job.work();
            return true;
        }

        /** Sleeps until there is work; false if there was none for so long that the thread ends. */
        private boolean park() {
            state.set(PARKED);
            // A job that came before this line has seen the daemon awake.
            if (JOBS.peek() != null && state.compareAndSet(PARKED, AWAKE)) {
                return true;
            }
            long start = System.nanoTime();
            while (state.get() == PARKED) {
                long left = IDLE_NANOS - (System.nanoTime() - start);
                if (left > 0) {
                    LockSupport.parkNanos(JOBS, left);
                } else if (state.compareAndSet(PARKED, NONE)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final class Job {
        private final int parts;
        private final IntConsumer body;
        private final Thread caller = Thread.currentThread();
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile boolean waits;

        Job(int parts, IntConsumer body) {
            this.parts = parts;
            this.body = body;
        }

        boolean isTaken() {
            return next.get() >= parts;
        }

        /** Takes parts until there are no more. */
        void work() {
            for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
                try {
                    body.accept(i);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
                if (done.incrementAndGet() == parts && waits) {
                    LockSupport.unpark(caller);
                }
            }
        }

        void await() {
            long start = System.nanoTime();
            while (done.get() < parts) {
                if (System.nanoTime() - start < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    waits = true;
                    if (done.get() < parts) {
                        LockSupport.park(this);
                    }
                }
            }
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable t -> throw new AssertionError(t);
            }
        }
    }
}
