package dev.gradus.backend.cpu;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Runs the parts of a job on several threads: the caller, and daemons that start when first needed
 * and end when idle. {@code -Dgradus.threads=N} sets how many work at once; results do not depend
 * on it, since how a job is cut into parts that matter for rounding never does.
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

    private static final ThreadPoolExecutor DAEMONS = daemons();

    private Workers() {}

    private static ThreadPoolExecutor daemons() {
        AtomicInteger number = new AtomicInteger();
        int size = Math.max(1, THREADS - 1);
        var pool =
                new ThreadPoolExecutor(
                        size,
                        size,
                        10,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        r ->
                                Thread.ofPlatform()
                                        .daemon()
                                        .name("gradus-worker-" + number.incrementAndGet())
                                        .unstarted(r));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Runs parts 0 … parts − 1 of a job, in any order, and returns when all are done. */
    static void run(int parts, IntConsumer body) {
        if (parts <= 1 || THREADS == 1) {
            for (int i = 0; i < parts; i++) {
                body.accept(i);
            }
            return;
        }
        var job = new Job(parts, body, Thread.currentThread());
        for (int i = 1; i < Math.min(parts, THREADS); i++) {
            DAEMONS.execute(job);
        }
        job.run();
        job.await();
    }

    private static final class Job implements Runnable {
        private final int parts;
        private final IntConsumer body;
        private final Thread caller;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        Job(int parts, IntConsumer body, Thread caller) {
            this.parts = parts;
            this.body = body;
            this.caller = caller;
        }

        @Override
        public void run() {
            for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
                try {
                    body.accept(i);
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
                if (done.incrementAndGet() == parts && Thread.currentThread() != caller) {
                    LockSupport.unpark(caller);
                }
            }
        }

        void await() {
            for (int spins = 0; done.get() < parts; spins++) {
                if (spins < 1000) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
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
