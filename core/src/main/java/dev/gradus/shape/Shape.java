package dev.gradus.shape;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * The sizes of a tensor's axes: an immutable list of non-negative ints whose product fits an array.
 * A scalar has rank 0 and size 1. Axes may be counted from the end: −1 is the last one.
 */
public final class Shape {
    /** The shape of a scalar. */
    public static final Shape SCALAR = new Shape(new int[0], 1);

    private final int[] dims;
    private final int size;

    /** The row-major layout, made on first use; a benign race. */
    private @Nullable Layout contiguous;

    private Shape(int[] dims, int size) {
        this.dims = dims;
        this.size = size;
    }

    /**
     * A shape of these sizes.
     *
     * @throws IllegalArgumentException if a size is negative, or the product overflows an array
     */
    public static Shape of(int... dims) {
        if (dims.length == 0) {
            return SCALAR;
        }
        long size = 1;
        boolean empty = false;
        for (int d : dims) {
            if (d < 0) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(dims) + " has a negative size " + d);
            }
            empty |= d == 0;
        }
        for (int d : dims) {
            size = empty ? 0 : size * d;
            if (size > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException(
                        "shape "
                                + Arrays.toString(dims)
                                + " has more elements than an array can hold ("
                                + (Integer.MAX_VALUE - 8)
                                + ")");
            }
        }
        return new Shape(dims.clone(), (int) size);
    }

    /** The number of axes. */
    public int rank() {
        return dims.length;
    }

    /** The number of elements. */
    public int size() {
        return size;
    }

    /** The size of one axis; negative axes count from the end. */
    public int dim(int axis) {
        return dims[axis("dim", axis)];
    }

    /** The sizes, as a new array. */
    public int[] toArray() {
        return dims.clone();
    }

    Layout contiguous() {
        Layout layout = contiguous;
        if (layout == null) {
            layout = Layout.computeContiguous(this);
            contiguous = layout;
        }
        return layout;
    }

    /** The sizes themselves, for reading only. */
    int[] dims() {
        return dims;
    }

    /**
     * An axis as 0 … rank − 1.
     *
     * @throws IllegalArgumentException if there is no such axis; the message names the operation
     */
    public int axis(String operation, int axis) {
        int n = dims.length;
        if (axis < -n || axis >= n) {
            throw new IllegalArgumentException(
                    operation
                            + ": axis "
                            + axis
                            + " is out of range for shape "
                            + this
                            + (n == 0
                                    ? " (a scalar has no axes)"
                                    : " (use " + -n + " to " + (n - 1) + ")"));
        }
        return axis < 0 ? axis + n : axis;
    }

    /**
     * A position along an axis as 0 … size − 1; negative ones count from the end.
     *
     * @throws IndexOutOfBoundsException if there is no such position; the message names the
     *     operation
     */
    public int index(String operation, int index, int axis) {
        int d = dims[axis];
        if (index < -d || index >= d) {
            throw new IndexOutOfBoundsException(
                    operation
                            + ": index "
                            + index
                            + " is out of range for axis "
                            + axis
                            + " of shape "
                            + this
                            + (d == 0
                                    ? " (which is empty)"
                                    : " (use " + -d + " to " + (d - 1) + ")"));
        }
        return index < 0 ? index + d : index;
    }

    /**
     * Which axes a list names, as one flag an axis; an empty list names all of them.
     *
     * @throws IllegalArgumentException if an axis is out of range or named twice
     */
    public boolean[] axes(String operation, int... axes) {
        boolean[] named = new boolean[dims.length];
        if (axes.length == 0) {
            Arrays.fill(named, true);
        }
        for (int axis : axes) {
            int a = axis(operation, axis);
            if (named[a]) {
                throw new IllegalArgumentException(
                        operation + ": axis " + axis + " is named twice, shape " + this);
            }
            named[a] = true;
        }
        return named;
    }

    /** This shape with the flagged axes of size 1 (keepDims), or without them. */
    public Shape reduce(boolean[] axes, boolean keepDims) {
        int[] kept = new int[dims.length];
        int rank = 0;
        for (int i = 0; i < dims.length; i++) {
            if (!axes[i]) {
                kept[rank++] = dims[i];
            } else if (keepDims) {
                kept[rank++] = 1;
            }
        }
        return of(Arrays.copyOf(kept, rank));
    }

    /** The coordinates of element {@code flat}, counted in row-major order. */
    public int[] indexOf(int flat) {
        int[] index = new int[dims.length];
        int rest = flat;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            index[axis] = rest % dims[axis];
            rest /= dims[axis];
        }
        return index;
    }

    /** Whether its axes of size 1, and new ones in front, can stretch to a shape. */
    public boolean broadcastsTo(Shape target) {
        int extra = target.dims.length - dims.length;
        boolean fits = extra >= 0;
        for (int i = 0; fits && i < dims.length; i++) {
            fits = dims[i] == 1 || dims[i] == target.dims[i + extra];
        }
        return fits;
    }

    /**
     * The shape that both broadcast to: axes are matched from the last, and a size of 1 stretches.
     *
     * @throws IllegalArgumentException if two sizes differ and neither is 1; names the operation,
     *     both shapes and the axis
     */
    public static Shape broadcast(String operation, Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int rank = Math.max(a.rank(), b.rank());
        int[] out = new int[rank];
        for (int i = 1; i <= rank; i++) {
            int x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
            int y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
            if (x != y && x != 1 && y != 1) {
                throw new IllegalArgumentException(
                        operation
                                + ": shapes "
                                + a
                                + " and "
                                + b
                                + " do not broadcast: axis "
                                + -i
                                + " has sizes "
                                + x
                                + " and "
                                + y
                                + " (they must be equal, or one of them 1)"
                                + hint(operation, a, b));
            }
            out[rank - i] = x == 1 ? y : x;
        }
        return of(out);
    }

    /** The usual slip behind a failed broadcast, if it is one. */
    private static String hint(String operation, Shape a, Shape b) {
        Shape longer = a.rank() >= b.rank() ? a : b;
        Shape shorter = longer == a ? b : a;
        if (longer.rank() == shorter.rank() + 1) {
            for (int axis = longer.rank() - 1; axis > 0; axis--) {
                if (longer.isWithout(axis, shorter)) {
                    String column = longer.rank() == 2 ? " as a column" : "";
                    return "; to use "
                            + shorter
                            + column
                            + ", unsqueeze("
                            + (axis - longer.rank())
                            + ") it, or reduce with keepDims";
                }
            }
        }
        boolean products =
                operation.equals("mul")
                        && a.rank() > 1
                        && b.rank() > 1
                        && a.dims[a.rank() - 1] == b.dims[b.rank() - 2];
        String matmul = products ? "; matmul is the product of matrices, mul goes by element" : "";
        if (a.rank() == 2 && b.rank() == 2 && a.dims[0] == b.dims[1] && a.dims[1] == b.dims[0]) {
            return "; one of them may want t()" + matmul;
        }
        return matmul;
    }

    /** Whether another shape is this one without an axis. */
    private boolean isWithout(int axis, Shape other) {
        boolean same = true;
        for (int i = 0; i < other.dims.length; i++) {
            same &= other.dims[i] == dims[i < axis ? i : i + 1];
        }
        return same;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Shape s && isLike(s));
    }

    /** In a loop: {@link Arrays#equals} is made for longer arrays than these. */
    private boolean isLike(Shape other) {
        if (dims.length != other.dims.length) {
            return false;
        }
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] != other.dims[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** As {@code [2, 3]}; a scalar is {@code []}. */
    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
