package dev.gradus.shape;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

// A little longer than other files: all movement is arithmetic here.

/**
 * Where the elements of a tensor lie in its buffer: element {@code [i, j, …]} is at {@code offset +
 * i·strides[0] + j·strides[1] + …}. Movement operations are arithmetic on a layout; none touches
 * data. A stride of 0 repeats an axis (broadcasting), a negative one walks backwards.
 */
public final class Layout {
    private final Shape shape;
    private final int[] strides;
    private final int offset;
    private final boolean contiguous;

    private Layout(Shape shape, int[] strides, int offset) {
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
        this.contiguous = isRowMajor(shape, strides);
    }

    /** The row-major layout of a shape, from the buffer's start. */
    public static Layout contiguous(Shape shape) {
        return shape.contiguous();
    }

    /** {@link #contiguous}, computed; a shape remembers it. */
    static Layout computeContiguous(Shape shape) {
        int[] strides = new int[shape.rank()];
        int step = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = step;
            step *= Math.max(1, shape.dims()[i]);
        }
        return new Layout(shape, strides, 0);
    }

    private static boolean isRowMajor(Shape shape, int[] strides) {
        int step = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            int d = shape.dims()[i];
            if (d != 1 && strides[i] != step && shape.size() != 0) {
                return false;
            }
            step *= d;
        }
        return true;
    }

    /** The shape. */
    public Shape shape() {
        return shape;
    }

    /** Elements to skip for one step along each axis, as a new array. */
    public int[] strides() {
        return strides.clone();
    }

    /** Elements to skip for one step along an axis 0 … rank − 1. */
    public int stride(int axis) {
        return strides[axis];
    }

    /** The buffer position of the first element. */
    public int offset() {
        return offset;
    }

    /** Whether the elements lie in row-major order without gaps. */
    public boolean isContiguous() {
        return contiguous;
    }

    /** Whether all elements are one, at the offset, repeated. */
    public boolean isOneElement() {
        for (int i = 0; i < strides.length; i++) {
            if (strides[i] != 0 && shape.dims()[i] > 1) {
                return false;
            }
        }
        return true;
    }

    /** The buffer position of an element; indices are not checked here. */
    public int position(int... index) {
        int p = offset;
        for (int i = 0; i < index.length; i++) {
            p += index[i] * strides[i];
        }
        return p;
    }

    /** The buffer position of the element that is {@code flat}-th in row-major order. */
    public int positionOf(int flat) {
        if (contiguous) {
            return offset + flat;
        }
        int p = offset;
        for (int i = strides.length - 1; i >= 0; i--) {
            int d = shape.dims()[i];
            p += flat % d * strides[i];
            flat /= d;
        }
        return p;
    }

    /** The axes in another order: axis i of the result is axis {@code axes[i]} of this. */
    public Layout permute(int... axes) {
        boolean[] seen = new boolean[shape.rank()];
        if (axes.length != shape.rank()) {
            throw new IllegalArgumentException(
                    "permute: " + Arrays.toString(axes) + " must name every axis of " + shape);
        }
        int[] dims = new int[axes.length];
        int[] steps = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            int a = shape.axis("permute", axes[i]);
            if (seen[a]) {
                throw new IllegalArgumentException(
                        "permute: axis " + axes[i] + " is named twice in " + Arrays.toString(axes));
            }
            seen[a] = true;
            dims[i] = shape.dims()[a];
            steps[i] = strides[a];
        }
        return new Layout(Shape.of(dims), steps, offset);
    }

    /**
     * Stretched to a larger shape: axes of size 1, and new axes in front, repeat without a copy.
     *
     * @throws IllegalArgumentException if an axis of another size would have to stretch
     */
    public Layout expand(Shape target) {
        if (target.equals(shape)) {
            return this;
        }
        int extra = target.rank() - shape.rank();
        int[] steps = new int[target.rank()];
        for (int i = 0; i < target.rank(); i++) {
            int have = i < extra ? 1 : shape.dims()[i - extra];
            if (extra < 0 || (have != 1 && have != target.dims()[i])) {
                throw new IllegalArgumentException(
                        "expand: shape "
                                + shape
                                + " does not stretch to "
                                + target
                                + (extra < 0
                                        ? ", which has fewer axes"
                                        : ": axis "
                                                + i
                                                + " would go from "
                                                + have
                                                + " to "
                                                + target.dims()[i]
                                                + "; only size 1 stretches"));
            }
            steps[i] = have == 1 ? 0 : strides[i - extra];
        }
        return new Layout(target, steps, offset);
    }

    /**
     * The same elements in the same order under another shape, or null where that needs a copy.
     *
     * @throws IllegalArgumentException if the sizes differ
     */
    public @Nullable Layout reshape(Shape target) {
        if (target.size() != shape.size()) {
            throw new IllegalArgumentException(
                    "reshape: shape "
                            + shape
                            + " has "
                            + shape.size()
                            + " elements, and "
                            + target
                            + " needs "
                            + target.size()
                            + fitting(target));
        }
        if (contiguous) {
            return new Layout(target, contiguous(target).strides, offset);
        }
        int[] steps = new int[target.rank()];
        int from = 0;
        int to = 0;
        // Match runs of old axes with runs of new axes of the same product; a run of old axes can
        // be cut anew only if it is itself laid out without gaps.
        while (from < shape.rank() && to < target.rank()) {
            int first = from;
            int firstNew = to;
            long have = shape.dims()[from++];
            long want = target.dims()[to++];
            while (have != want) {
                if (have < want) {
                    have *= shape.dims()[from++];
                } else {
                    want *= target.dims()[to++];
                }
            }
            int step = runStep(first, from);
            if (step == Integer.MIN_VALUE) {
                return null;
            }
            for (int i = to - 1; i >= firstNew; i--) {
                steps[i] = step;
                step *= target.dims()[i];
            }
        }
        return new Layout(target, steps, offset);
    }

    /** The usual slip: one size, mostly the first, is not what it was for another batch. */
    private String fitting(Shape target) {
        int[] dims = target.toArray();
        for (int axis = 0; axis < dims.length && dims.length > 1; axis++) {
            long others = 1;
            for (int i = 0; i < dims.length; i++) {
                others *= i == axis ? 1 : dims[i];
            }
            if (others > 0 && shape.size() % others == 0) {
                dims[axis] = -1;
                return "; with -1 for axis "
                        + axis
                        + ", "
                        + Arrays.toString(dims)
                        + ", it takes what is there: "
                        + shape.size() / others;
            }
        }
        return "";
    }

    /** The stride of axes first … end − 1 seen as one, or MIN_VALUE if they do not join. */
    private int runStep(int first, int end) {
        int step = 1;
        int next = Integer.MIN_VALUE;
        for (int i = end - 1; i >= first; i--) {
            if (shape.dims()[i] != 1) {
                if (next == Integer.MIN_VALUE) {
                    step = strides[i];
                } else if (strides[i] != next) {
                    return Integer.MIN_VALUE;
                }
                next = strides[i] * shape.dims()[i];
            }
        }
        return step;
    }

    /**
     * A part of each axis; axes that are not named are whole.
     *
     * @throws IllegalArgumentException if there are more slices than axes, or an index is out of
     *     range
     */
    public Layout slice(Slice... slices) {
        int named = 0;
        int ellipses = 0;
        for (Slice s : slices) {
            if (s instanceof Slice.Ellipsis) {
                ellipses++;
            } else {
                named++;
            }
        }
        if (named > shape.rank() || ellipses > 1) {
            throw new IllegalArgumentException(
                    "slice: "
                            + (ellipses > 1
                                    ? "more than one ..."
                                    : named
                                            + " entries for shape "
                                            + shape
                                            + ", which has "
                                            + (shape.rank() == 1
                                                    ? "1 axis"
                                                    : shape.rank() + " axes")));
        }
        int[] dims = new int[shape.rank()];
        int[] steps = new int[shape.rank()];
        int rank = 0;
        int axis = 0;
        int start = offset;
        for (int i = 0; axis < shape.rank(); i++) {
            Slice s = i < slices.length ? slices[i] : Slice.ELLIPSIS;
            switch (s) {
                case Slice.At(int index) ->
                        start += shape.index("slice", index, axis) * strides[axis++];
                case Slice.Range r -> {
                    int d = shape.dims()[axis];
                    int first =
                            r.step() > 0
                                    ? clip(r.start(), 0, d, d)
                                    : clip(r.start(), d - 1, d - 1, d);
                    int stop =
                            r.step() > 0 ? clip(r.stop(), d, d, d) : clip(r.stop(), -1, d - 1, d);
                    int span = r.step() > 0 ? stop - first : first - stop;
                    dims[rank] = span <= 0 ? 0 : (span - 1) / Math.abs(r.step()) + 1;
                    steps[rank++] = strides[axis] * r.step();
                    start += dims[rank - 1] == 0 ? 0 : first * strides[axis];
                    axis++;
                }
                case Slice.Ellipsis e -> {
                    for (int k = i < slices.length ? shape.rank() - named : shape.rank() - axis;
                            k > 0;
                            k--) {
                        dims[rank] = shape.dims()[axis];
                        steps[rank++] = strides[axis++];
                    }
                }
            }
        }
        return new Layout(Shape.of(Arrays.copyOf(dims, rank)), Arrays.copyOf(steps, rank), start);
    }

    /** A range's end as a position: NumPy clips instead of complaining. */
    private static int clip(@Nullable Integer position, int otherwise, int high, int d) {
        if (position == null) {
            return otherwise;
        }
        long p = position < 0 ? (long) position + d : position;
        return (int) Math.max(high == d ? 0 : -1, Math.min(p, high));
    }

    @Override
    public String toString() {
        return "shape " + shape + ", strides " + Arrays.toString(strides) + ", offset " + offset;
    }
}
