package dev.gradus.nn;

import dev.gradus.tensor.Tensor;

/** The hyperbolic tangent, element by element. */
public final class Tanh extends Layer {
    /** A layer without parameters. */
    public Tanh() {}

    @Override
    public Tensor apply(Tensor x) {
        return x.tanh();
    }
}
