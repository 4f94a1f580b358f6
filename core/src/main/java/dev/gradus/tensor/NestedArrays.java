package dev.gradus.tensor;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Java arrays of arrays as one flat array and a shape. */
final class NestedArrays {
    private NestedArrays() {}

    /**
     * Checks that these are arrays of primitive numbers.
     *
     * @throws IllegalArgumentException if not; says what they are
     */
    static void checkElements(Object nested) {
        Class<?> c = nested.getClass();
        while (c.isArray()) {
            c = c.getComponentType();
        }
        if (!nested.getClass().isArray()
                || (c != float.class && c != double.class && c != int.class)) {
            throw new IllegalArgumentException(
                    "Tensor.of: expected arrays of float, double or int, not "
                            + nested.getClass().getSimpleName()
                            + "; a single number is Tensor.scalar");
        }
    }

    /**
     * The shape of arrays nested to any depth, whose elements are numbers.
     *
     * @throws IllegalArgumentException if arrays at one depth have different lengths; says where
     */
    static Shape shape(Object nested) {
        List<Integer> dims = new ArrayList<>();
        for (Object at = nested; at != null && at.getClass().isArray(); ) {
            int n = Array.getLength(at);
            dims.add(n);
            at = at.getClass().getComponentType().isArray() && n > 0 ? Array.get(at, 0) : null;
        }
        int depth = 0;
        for (Class<?> c = nested.getClass(); c.isArray(); c = c.getComponentType()) {
            depth++;
        }
        while (dims.size() < depth) {
            dims.add(0);
        }
        int[] shape = dims.stream().mapToInt(Integer::intValue).toArray();
        check(nested, shape, 0, "");
        return Shape.of(shape);
    }

    private static void check(Object array, int[] shape, int axis, String place) {
        if (array == null) {
            throw new IllegalArgumentException("Tensor.of: the array at " + place + " is null");
        }
        int n = Array.getLength(array);
        if (n != shape[axis]) {
            throw new IllegalArgumentException(
                    "Tensor.of: the nested arrays are ragged: the one at "
                            + place
                            + " has length "
                            + n
                            + ", the first one on axis "
                            + axis
                            + " has "
                            + shape[axis]
                            + "; all arrays at one depth must be equally long");
        }
        if (axis + 1 < shape.length) {
            for (int i = 0; i < n; i++) {
                check(Array.get(array, i), shape, axis + 1, place + "[" + i + "]");
            }
        }
    }

    /** The elements in row-major order, as an array of the dtype's Java type. */
    static Object flatten(Object nested, Shape shape, DType dtype) {
        Object out = newArray(dtype, shape.size());
        fill(nested, out, 0, dtype);
        return out;
    }

    private static int fill(Object from, Object to, int at, DType dtype) {
        int n = Array.getLength(from);
        if (from instanceof double[] d && dtype == DType.FLOAT32) {
            float[] f = (float[]) to;
            for (int i = 0; i < n; i++) {
                f[at + i] = (float) d[i];
            }
        } else if (from instanceof int[] ints && dtype != DType.INT32) {
            for (int i = 0; i < n; i++) {
                if (dtype == DType.FLOAT32) {
                    Array.setFloat(to, at + i, ints[i]);
                } else {
                    Array.setDouble(to, at + i, ints[i]);
                }
            }
        } else if (from instanceof Object[] rows) {
            for (Object row : rows) {
                at = fill(row, to, at, dtype);
            }
            return at;
        } else if (from instanceof float[] f && dtype == DType.FLOAT64) {
            double[] d = (double[]) to;
            for (int i = 0; i < n; i++) {
                d[at + i] = f[i];
            }
        } else if (from.getClass() == to.getClass()) {
            System.arraycopy(from, 0, to, at, n);
        } else {
            throw new IllegalArgumentException(
                    "Tensor.of: "
                            + from.getClass().getSimpleName()
                            + " does not make a tensor of "
                            + dtype
                            + "; make a FLOAT32 tensor and convert it with to("
                            + dtype
                            + ")");
        }
        return at + n;
    }

    /** A new array of a dtype's Java type. */
    static Object newArray(DType dtype, int size) {
        return switch (dtype) {
            case FLOAT32 -> new float[size];
            case FLOAT64 -> new double[size];
            case INT32 -> new int[size];
        };
    }

    /** A one-dimensional array cut into rows. */
    static double[][] rows(double[] flat, int rows, int columns) {
        double[][] out = new double[rows][];
        for (int i = 0; i < rows; i++) {
            out[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
        }
        return out;
    }
}
