package dev.gradus.nn;

import dev.gradus.tensor.Tensor;

/** 1 / (1 + e^−x), element by element. */
public final class Sigmoid extends Layer {
    /** A layer without parameters. */
    public Sigmoid() {}

    @Override
    public Tensor apply(Tensor x) {
        return x.sigmoid();
    }
}
