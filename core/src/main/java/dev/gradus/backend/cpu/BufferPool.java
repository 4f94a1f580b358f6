package dev.gradus.backend.cpu;

import org.jspecify.annotations.Nullable;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Arrays that a tape gave back, waiting to be used again, by length: a fresh {@code float[100000]}
 * costs as much as the addition that fills it, since the JVM clears it first. Each thread has its
 * own, bounded, softly referenced so that it never causes an OutOfMemoryError; small arrays are
 * left to the garbage collector.
 *
 * <p>{@code -Dgradus.poison=true} is for whoever writes a kernel: every array is filled with NaN,
 * or with {@link Integer#MIN_VALUE}, when it is allocated and again when it is given back. A kernel
 * that reads what it did not write, or what is no longer its own, then gives results that nobody
 * overlooks.
 */
final class BufferPool {
    static final int SMALLEST = 512;
    private static final long MOST_ELEMENTS =
            Math.min(1L << 26, Runtime.getRuntime().maxMemory() / 4 / 8);
    private static final boolean POISON = Boolean.getBoolean("gradus.poison");
    private static final ThreadLocal<@Nullable SoftReference<BufferPool>> POOL =
            new ThreadLocal<>();

    private final Map<Integer, ArrayDeque<float[]>> bySize = new HashMap<>();
    private final long mostElements;
    private long elements;

    /** An empty pool that holds no more than some elements. */
    BufferPool(long mostElements) {
        this.mostElements = mostElements;
    }

    private static BufferPool current() {
        SoftReference<BufferPool> known = POOL.get();
        BufferPool pool = known == null ? null : known.get();
        if (pool == null) {
            pool = new BufferPool(MOST_ELEMENTS);
            POOL.set(new SoftReference<>(pool));
        }
        return pool;
    }

    /** An array of this length with arbitrary contents. */
    static float[] take(int size) {
        float[] pooled = size < SMALLEST ? null : current().poll(size);
        float[] array = pooled != null ? pooled : new float[size];
        poison(array);
        return array;
    }

    /** Gives an array back; nobody may use it any more. */
    static void give(float[] array) {
        poison(array);
        if (array.length >= SMALLEST) {
            current().offer(array);
        }
    }

    /** In the debug mode, overwrites an array whose contents nobody may rely on. */
    static void poison(Object array) {
        if (POISON) {
            switch (array) {
                case float[] f -> Arrays.fill(f, Float.NaN);
                case double[] d -> Arrays.fill(d, Double.NaN);
                case int[] i -> Arrays.fill(i, Integer.MIN_VALUE);
                default -> throw new AssertionError(array.getClass());
            }
        }
    }

    float @Nullable [] poll(int size) {
        ArrayDeque<float[]> free = bySize.get(size);
        float[] array = free == null ? null : free.poll();
        elements -= array == null ? 0 : size;
        return array;
    }

    void offer(float[] array) {
        if (elements + array.length > mostElements) {
            // Full of lengths that may be out of use: start again.
            bySize.clear();
            elements = 0;
        }
        if (array.length <= mostElements) {
            elements += array.length;
            bySize.computeIfAbsent(array.length, n -> new ArrayDeque<>()).push(array);
        }
    }
}
