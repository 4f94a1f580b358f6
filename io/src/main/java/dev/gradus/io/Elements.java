package dev.gradus.io;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Elements between a tensor's Java array ({@code float[] double[] int[]}) and a file's bytes. */
final class Elements {
    /** Elements converted at a time. */
    static final int CHUNK = 1 << 13;

    private Elements() {}

    // ------------------------------------------------------------------ tensors

    /** A tensor's elements in row-major order. */
    static Object of(Tensor tensor) {
        return switch (tensor.dtype()) {
            case FLOAT32 -> tensor.toFloatArray();
            case FLOAT64 -> tensor.toArray();
            case INT32 -> tensor.toIntArray();
        };
    }

    /** A new array for elements of a type. */
    static Object array(DType dtype, int size) {
        return switch (dtype) {
            case FLOAT32 -> new float[size];
            case FLOAT64 -> new double[size];
            case INT32 -> new int[size];
        };
    }

    static Tensor tensor(Object array, DType dtype, Shape shape) {
        return Tensor.of(array, dtype).reshape(shape);
    }

    // ------------------------------------------------------------------ reading

    /**
     * Reads all elements of a segment into an array, from position {@code at} on.
     *
     * @param what the file and the tensor, for a message
     * @throws IOException if an I64 does not fit an int
     */
    static void decode(
            MemorySegment from, StoredType type, ByteOrder order, Object to, int at, String what)
            throws IOException {
        int n = (int) (from.byteSize() / type.itemSize());
        switch (type) {
            case F64 -> MemorySegment.copy(from, f64(order), 0, to, at, n);
            case F32 -> MemorySegment.copy(from, f32(order), 0, to, at, n);
            case I32 -> MemorySegment.copy(from, i32(order), 0, to, at, n);
            case F16 -> {
                float[] floats = (float[]) to;
                ValueLayout.OfShort layout = i16(order);
                for (int i = 0; i < n; i++) {
                    floats[at + i] = Float.float16ToFloat(from.get(layout, 2L * i));
                }
            }
            case BF16 -> {
                float[] floats = (float[]) to;
                ValueLayout.OfShort layout = i16(order);
                for (int i = 0; i < n; i++) {
                    floats[at + i] = Float.intBitsToFloat(from.get(layout, 2L * i) << 16);
                }
            }
            case I64 -> {
                int[] ints = (int[]) to;
                ValueLayout.OfLong layout = i64(order);
                for (int i = 0; i < n; i++) {
                    long value = from.get(layout, 8L * i);
                    if (value != (int) value) {
                        throw new IOException(
                                what
                                        + ": element "
                                        + (at + i)
                                        + " is "
                                        + value
                                        + ", which an INT32 does not hold");
                    }
                    ints[at + i] = (int) value;
                }
            }
            case U8 -> {
                int[] ints = (int[]) to;
                for (int i = 0; i < n; i++) {
                    ints[at + i] = Byte.toUnsignedInt(from.get(ValueLayout.JAVA_BYTE, i));
                }
            }
            case BOOL -> {
                float[] floats = (float[]) to;
                for (int i = 0; i < n; i++) {
                    floats[at + i] = from.get(ValueLayout.JAVA_BYTE, i) == 0 ? 0 : 1;
                }
            }
        }
    }

    // ------------------------------------------------------------------ writing

    /**
     * Writes an array's elements, floating ones to the nearest (ties to even).
     *
     * @param what the tensor, for a message
     * @throws IllegalArgumentException if an integer type or BOOL does not hold an element
     */
    static void write(Object array, StoredType type, ByteOrder order, OutputStream out, String what)
            throws IOException {
        int size = java.lang.reflect.Array.getLength(array);
        byte[] bytes = new byte[Math.min(size, CHUNK) * type.itemSize()];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        for (int at = 0; at < size; at += CHUNK) {
            int n = Math.min(CHUNK, size - at);
            encode(array, at, n, type, order, segment, what);
            out.write(bytes, 0, n * type.itemSize());
        }
    }

    private static void encode(
            Object from,
            int at,
            int n,
            StoredType type,
            ByteOrder order,
            MemorySegment to,
            String what) {
        switch (type) {
            case F64 -> MemorySegment.copy(widened(from, at, n), 0, to, f64(order), 0, n);
            case F32 -> {
                float[] floats;
                if (from instanceof float[] f) {
                    floats = Arrays.copyOfRange(f, at, at + n);
                } else {
                    double[] values = widened(from, at, n);
                    floats = new float[n];
                    for (int i = 0; i < n; i++) {
                        floats[i] = (float) values[i];
                    }
                }
                MemorySegment.copy(floats, 0, to, f32(order), 0, n);
            }
            case F16 -> {
                double[] values = widened(from, at, n);
                for (int i = 0; i < n; i++) {
                    to.set(i16(order), 2L * i, Float.floatToFloat16(roundToOdd(values[i])));
                }
            }
            case BF16 -> {
                double[] values = widened(from, at, n);
                for (int i = 0; i < n; i++) {
                    to.set(i16(order), 2L * i, bfloat16(roundToOdd(values[i])));
                }
            }
            case I64 -> {
                double[] values = widened(from, at, n);
                for (int i = 0; i < n; i++) {
                    long value = whole(values[i], -0x1p63, 0x1p63, at + i, type, what);
                    to.set(i64(order), 8L * i, value);
                }
            }
            case I32 -> {
                double[] values = widened(from, at, n);
                for (int i = 0; i < n; i++) {
                    long value = whole(values[i], -0x1p31, 0x1p31, at + i, type, what);
                    to.set(i32(order), 4L * i, (int) value);
                }
            }
            case U8, BOOL -> {
                double[] values = widened(from, at, n);
                double end = type == StoredType.U8 ? 256 : 2;
                for (int i = 0; i < n; i++) {
                    long value = whole(values[i], 0, end, at + i, type, what);
                    to.set(ValueLayout.JAVA_BYTE, i, (byte) value);
                }
            }
        }
    }

    private static double[] widened(Object from, int at, int n) {
        double[] values = new double[n];
        switch (from) {
            case double[] d -> System.arraycopy(d, at, values, 0, n);
            case float[] f -> {
                for (int i = 0; i < n; i++) {
                    values[i] = f[at + i];
                }
            }
            case int[] ints -> {
                for (int i = 0; i < n; i++) {
                    values[i] = ints[at + i];
                }
            }
            default -> throw new AssertionError(from.getClass());
        }
        return values;
    }

    /** A whole number in low … end − 1. */
    private static long whole(
            double value, double low, double end, int place, StoredType type, String what) {
        if (!(value >= low && value < end) || value != Math.rint(value)) {
            throw new IllegalArgumentException(
                    what
                            + ": element "
                            + place
                            + " is "
                            + value
                            + ", which "
                            + type
                            + " does not hold");
        }
        return (long) value;
    }

    /**
     * A float that lies where the double lies between the numbers of a still shorter format:
     * rounding it to that one gives what rounding the double at once would. To round to the nearest
     * twice would not (Boldo and Melquiond 2008): this rounds towards zero and makes the last bit a
     * 1 where something was lost.
     */
    private static float roundToOdd(double value) {
        float near = (float) value;
        if (near == value || Double.isNaN(value)) {
            return near;
        }
        int bits = Float.floatToRawIntBits(near);
        return Float.intBitsToFloat((Math.abs(near) > Math.abs(value) ? bits - 1 : bits) | 1);
    }

    /** The upper half, to the nearest, ties to even. */
    private static short bfloat16(float value) {
        int bits = Float.floatToIntBits(value);
        return (short) ((Float.isNaN(value) ? bits : bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
    }

    // ------------------------------------------------------------------ layouts

    private static ValueLayout.OfDouble f64(ByteOrder order) {
        return ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order);
    }

    private static ValueLayout.OfFloat f32(ByteOrder order) {
        return ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order);
    }

    private static ValueLayout.OfLong i64(ByteOrder order) {
        return ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order);
    }

    private static ValueLayout.OfInt i32(ByteOrder order) {
        return ValueLayout.JAVA_INT_UNALIGNED.withOrder(order);
    }

    private static ValueLayout.OfShort i16(ByteOrder order) {
        return ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
    }
}
