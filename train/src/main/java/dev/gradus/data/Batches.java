package dev.gradus.data;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * The batches of one epoch, one after the other; made ahead on a background thread if the {@link
 * DataLoader} says so. For one thread at a time.
 *
 * <p>A batch that cannot be made is an {@link IllegalStateException} at {@link #next}, with the
 * reason as its cause; the call after that goes on with the next batch.
 */
public final class Batches implements Iterator<Batch>, AutoCloseable {
    /** After so long without work the background thread ends. */
    private static final long IDLE_SECONDS = 1;

    private final String epoch;
    private final int end;
    private final int prefetch;
    private final IntFunction<Batch> load;
    private final Queue<Future<Batch>> ahead = new ArrayDeque<>();
    private final ThreadPoolExecutor background;
    private int next;
    private volatile boolean closed;

    Batches(String epoch, int start, int end, int prefetch, IntFunction<Batch> load) {
        this.epoch = epoch;
        this.next = start;
        this.end = end;
        this.prefetch = prefetch;
        this.load = load;
        // One thread, there while there is work. It waits for no consumer: at most `prefetch`
        // batches are in its queue, so an iterator that somebody drops leaves nothing behind.
        background =
                new ThreadPoolExecutor(
                        0,
                        1,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        Thread.ofPlatform().daemon().name("gradus-batches").factory());
        makeAhead();
    }

    private void makeAhead() {
        for (int number = next + ahead.size(); number < end && ahead.size() < prefetch; number++) {
            int wanted = number;
            ahead.add(background.submit(() -> load.apply(wanted)));
        }
    }

    @Override
    public boolean hasNext() {
        return !closed && next < end;
    }

    @Override
    public Batch next() {
        if (!hasNext()) {
            throw new NoSuchElementException(
                    closed ? "these batches were closed" : epoch + " has " + end + " batches");
        }
        int number = next++;
        try {
            Future<Batch> future = ahead.poll();
            makeAhead();
            return future == null ? load.apply(number) : future.get();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            if (cause instanceof Error error) {
                throw error;
            }
            throw failed(number, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(number, e);
        } catch (RuntimeException e) {
            throw failed(number, e);
        }
    }

    private IllegalStateException failed(int number, Throwable cause) {
        return new IllegalStateException(
                "batch %d of %s can't be made: %s".formatted(number, epoch, cause), cause);
    }

    /**
     * Ends this iteration. When it returns, nothing looks at the data set any more; a batch that is
     * being made is finished first.
     */
    @Override
    public void close() {
        closed = true;
        ahead.forEach(future -> future.cancel(false));
        ahead.clear();
        background.shutdown();
        try {
            background.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
