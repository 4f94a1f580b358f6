package dev.gradus.nn;

import dev.gradus.tensor.Tensor;

import java.util.List;

/** Layers one after another, each fed with the result of the one before; named "0", "1", …. */
public final class Sequential extends Layer {
    private final List<Layer> layers;

    /** These layers in this order; none at all is the identity. */
    public Sequential(Layer... layers) {
        for (int i = 0; i < layers.length; i++) {
            child(Integer.toString(i), layers[i]);
        }
        this.layers = List.of(layers);
    }

    @Override
    public Tensor apply(Tensor x) {
        Tensor y = x;
        for (Layer layer : layers) {
            y = layer.apply(y);
        }
        return y;
    }

    /** Layer number i. */
    public Layer get(int i) {
        return layers.get(i);
    }

    /** The number of layers. */
    public int size() {
        return layers.size();
    }
}
