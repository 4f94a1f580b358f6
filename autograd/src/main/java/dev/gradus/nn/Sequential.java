package dev.gradus.nn;

import dev.gradus.tensor.Tensor;

import java.util.List;

/**
 * Layers one after another, each fed with the result of the one before; named "0", "1", …. A {@link
 * Linear} and an {@link Activation} that follows it are performed in one pass.
 */
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
        for (int i = 0; i < layers.size(); i++) {
            Layer layer = layers.get(i);
            if (layer instanceof Linear linear
                    && i + 1 < layers.size()
                    && layers.get(i + 1) instanceof Activation activation) {
                y = linear.apply(y, activation);
                i++;
            } else {
                y = layer.apply(y);
            }
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
