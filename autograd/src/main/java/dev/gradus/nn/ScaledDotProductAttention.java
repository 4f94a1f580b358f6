package dev.gradus.nn;

import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * softmax(q·kᵀ / √d) · v (Vaswani et al. 2017): queries {@code [b…, t, d]}, keys {@code [b…, s, d]}
 * and values {@code [b…, s, e]} → {@code [b…, t, e]}. The layer has no parameters; {@link
 * MultiHeadAttention} has.
 */
public final class ScaledDotProductAttention extends Layer {
    private final double dropout;

    /**
     * An attention.
     *
     * @param dropout the chance with which a weight becomes 0 in training
     */
    public ScaledDotProductAttention(double dropout) {
        this.dropout = dropout;
        Dropout.check(toString(), dropout);
    }

    /** Every query attends to every key. */
    public Tensor apply(Tensor q, Tensor k, Tensor v) {
        return apply(q, k, v, null, false);
    }

    /**
     * Queries attend to the keys that the mask allows.
     *
     * @param mask 1 = may attend; broadcasts to {@code [b…, t, s]}; null for everywhere. A query
     *     that may attend to no key gives zeros
     * @param causal whether query i may attend to keys 0 … i alone, beside what the mask says
     */
    public Tensor apply(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        double chance = Dropout.now(dropout);
        return Functional.scaledDotProductAttention(q, k, v, mask, causal, chance);
    }

    @Override
    public String toString() {
        return "ScaledDotProductAttention(" + dropout + ")";
    }
}
