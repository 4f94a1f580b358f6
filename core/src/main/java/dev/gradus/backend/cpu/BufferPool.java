package dev.gradus.backend.cpu;

import org.jspecify.annotations.Nullable;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Arrays that a tape gave back, waiting to be used again, by length: a fresh {@code float[100000]}
 * costs as much as the addition that fills it, since the JVM clears it first. Each thread has its
 * own, bounded, softly referenced so that it never causes an OutOfMemoryError; small arrays are
 * left to the garbage collector.
 */
final class BufferPool {
    private static final int SMALLEST = 512;
    private static final long MOST_ELEMENTS =
            Math.min(1L << 26, Runtime.getRuntime().maxMemory() / 4 / 8);
    private static final ThreadLocal<@Nullable SoftReference<BufferPool>> POOL =
            new ThreadLocal<>();

    private final Map<Integer, ArrayDeque<float[]>> bySize = new HashMap<>();
    private long elements;

    private BufferPool() {}

    private static BufferPool current() {
        SoftReference<BufferPool> known = POOL.get();
        BufferPool pool = known == null ? null : known.get();
        if (pool == null) {
            pool = new BufferPool();
            POOL.set(new SoftReference<>(pool));
        }
        return pool;
    }

    /** An array of this length with arbitrary contents. */
    static float[] take(int size) {
        float[] pooled = size < SMALLEST ? null : current().poll(size);
        return pooled != null ? pooled : new float[size];
    }

    /** Gives an array back; nobody may use it any more. */
    static void give(float[] array) {
        if (array.length >= SMALLEST) {
            current().offer(array);
        }
    }

    private float @Nullable [] poll(int size) {
        ArrayDeque<float[]> free = bySize.get(size);
        float[] array = free == null ? null : free.poll();
        elements -= array == null ? 0 : size;
        return array;
    }

    private void offer(float[] array) {
        if (elements + array.length > MOST_ELEMENTS) {
            // Full of lengths that may be out of use: start again.
            bySize.clear();
            elements = 0;
        }
        if (array.length <= MOST_ELEMENTS) {
            elements += array.length;
            bySize.computeIfAbsent(array.length, n -> new ArrayDeque<>()).push(array);
        }
    }
}
