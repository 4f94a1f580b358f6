package dev.gradus.nn;

import dev.gradus.tensor.Tensor;

/** e^x / Σ e^x along an axis: any shape → the same shape, with sums of 1 along that axis. */
public final class Softmax extends Layer {
    private final int axis;

    /** Along this axis; negative ones count from the end. */
    public Softmax(int axis) {
        this.axis = axis;
    }

    @Override
    public Tensor apply(Tensor x) {
        return x.softmax(axis);
    }

    @Override
    public String toString() {
        return "Softmax(" + axis + ")";
    }
}
