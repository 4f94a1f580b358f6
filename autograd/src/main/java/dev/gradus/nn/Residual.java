package dev.gradus.nn;

import dev.gradus.tensor.Tensor;

/**
 * x + layer(x) (He et al. 2016): the gradient reaches x past the layer undiminished, so that deep
 * networks train. The layer must keep the shape.
 */
public final class Residual extends Layer {
    private final Layer layer;

    /** Around this layer, named {@code layer}. */
    public Residual(Layer layer) {
        this.layer = child("layer", layer);
    }

    @Override
    public Tensor apply(Tensor x) {
        Tensor y = layer.apply(x);
        if (!y.shape().equals(x.shape())) {
            throw new IllegalArgumentException(
                    "Residual: the layer makes "
                            + y.shape()
                            + " of "
                            + x.shape()
                            + "; it must keep the shape, so that the two can be added");
        }
        return x.add(y);
    }
}
