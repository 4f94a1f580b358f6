package dev.gradus.nn;

import dev.gradus.autograd.Parameter;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016): each row, along the last axis, is brought to
 * mean 0 and variance 1, then scaled and shifted: {@code [.., n] → [.., n]},
 *
 * <p>y = (x − mean) / √(variance + eps) · weight + bias,
 *
 * <p>where the variance has the divisor n. Unlike {@link BatchNorm} it is the same in training and
 * in use. The parameters {@code weight}, ones at first, and {@code bias}, zeros, are {@code [n]}.
 */
public final class LayerNorm extends Layer {
    private final int n;
    private final double eps;
    private final Parameter weight;
    private final Parameter bias;

    /** With eps 1e-5. */
    public LayerNorm(int n) {
        this(n, 1e-5);
    }

    /**
     * A layer norm.
     *
     * @param n the size of the last axis
     * @param eps what keeps the root of a variance of 0 from dividing by 0
     */
    public LayerNorm(int n, double eps) {
        if (n < 1 || !(eps >= 0)) {
            throw new IllegalArgumentException(
                    "LayerNorm("
                            + n
                            + ", "
                            + eps
                            + "): the size must be at least 1, eps not negative");
        }
        this.n = n;
        this.eps = eps;
        weight = parameter("weight", Tensor.ones(n));
        bias = parameter("bias", Tensor.zeros(n));
    }

    @Override
    public Tensor apply(Tensor x) {
        if (x.ndim() == 0 || x.size(-1) != n) {
            throw new IllegalArgumentException(
                    this + ": input of shape " + x.shape() + " must be [.., " + n + "]");
        }
        return Functional.layerNorm(x, weight.value(), bias.value(), eps);
    }

    @Override
    public String toString() {
        return "LayerNorm(" + n + ")";
    }
}
