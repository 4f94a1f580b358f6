package dev.gradus.backend.cpu;

import dev.gradus.backend.Buffer;
import dev.gradus.backend.View;
import dev.gradus.shape.DType;

/** Elements in a Java array: {@code float[]}, {@code double[]} or {@code int[]}. */
final class HostBuffer extends Buffer {
    private static final float[] RELEASED = {};

    private Object array;

    HostBuffer(DType dtype, int size, Object array) {
        super(dtype, size);
        this.array = array;
    }

    /** Forgets the array, so that a late access cannot see what it is used for next. */
    Object takeArray() {
        Object taken = array;
        array = RELEASED;
        return taken;
    }

    static Object array(View v) {
        return ((HostBuffer) v.buffer()).array;
    }

    static float[] floats(View v) {
        return (float[]) array(v);
    }

    /** The element at a buffer position, widened. */
    static double get(Object array, int position) {
        return switch (array) {
            case float[] f -> f[position];
            case double[] d -> d[position];
            case int[] i -> i[position];
            default -> throw new AssertionError(array.getClass());
        };
    }

    /** Stores a value at a buffer position, rounded or cut to the array's type. */
    static void set(Object array, int position, double value) {
        switch (array) {
            case float[] f -> f[position] = (float) value;
            case double[] d -> d[position] = value;
            case int[] i -> i[position] = (int) value;
            default -> throw new AssertionError(array.getClass());
        }
    }
}
