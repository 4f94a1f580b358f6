package dev.gradus.cuda;

import dev.gradus.backend.View;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

/**
 * The axes over which a kernel walks, and the strides of each operand along them: as few as there
 * can be. Axes of size 1 are left out, and neighbours that every operand walks without a gap are
 * one.
 */
final class Axes {
    /** As {@code MAX_RANK} in functions.cu. */
    static final int MAX_RANK = 12;

    private int rank;
    private int[] size;
    private final int[][] strides;

    private Axes(int most, int operands) {
        size = new int[most];
        strides = new int[operands][most];
    }

    /** All axes of a shape. */
    static Axes of(Shape shape, View... operands) {
        return of(shape, 0, shape.rank(), operands);
    }

    /** The axes {@code first … end − 1} of a shape that all operands have. */
    static Axes of(Shape shape, int first, int end, View... operands) {
        boolean[] chosen = new boolean[shape.rank()];
        for (int axis = first; axis < end; axis++) {
            chosen[axis] = true;
        }
        return of(shape, chosen, true, operands);
    }

    /** The axes that are, or are not, {@code chosen}. */
    static Axes of(Shape shape, boolean[] chosen, boolean which, View... operands) {
        Axes axes = new Axes(shape.rank(), operands.length);
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (chosen[axis] == which && shape.dim(axis) != 1) {
                axes.add(shape.dim(axis), axis, operands);
            }
        }
        if (axes.rank > MAX_RANK) {
            throw new IllegalArgumentException(
                    "cuda: a tensor of shape "
                            + shape
                            + " has more than "
                            + MAX_RANK
                            + " axes that can't be joined; reshape it to fewer");
        }
        return axes;
    }

    private void add(int dim, int axis, View... operands) {
        boolean joins = rank > 0;
        for (int k = 0; joins && k < operands.length; k++) {
            Layout layout = operands[k].layout();
            joins = strides[k][rank - 1] == (long) layout.stride(axis) * dim;
        }
        int at = joins ? rank - 1 : rank++;
        size[at] = joins ? size[at] * dim : dim;
        for (int k = 0; k < operands.length; k++) {
            strides[k][at] = operands[k].layout().stride(axis);
        }
    }

    int rank() {
        return rank;
    }

    /** The product of the sizes. */
    int count() {
        int count = 1;
        for (int axis = 0; axis < rank; axis++) {
            count *= size[axis];
        }
        return count;
    }

    int[] sizes() {
        return size;
    }

    int[] strides(int operand) {
        return strides[operand];
    }

    /** The stride along the last axis, or 0 without any. */
    int lastStride(int operand) {
        return rank == 0 ? 0 : strides[operand][rank - 1];
    }

    /** Whether an operand has no gaps: one axis of stride 1, or one element. */
    boolean isDense(int operand) {
        return rank == 0 || (rank == 1 && strides[operand][0] == 1);
    }

    /** Whether an operand is one element everywhere. */
    boolean isSplat(int operand) {
        for (int axis = 0; axis < rank; axis++) {
            if (strides[operand][axis] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Rank, sizes and strides of one operand, as the struct {@code Axes} of structural.cu. */
    void describe(int operand, Arguments to) {
        to.add(rank).add(size, MAX_RANK).add(strides[operand], MAX_RANK);
    }
}
