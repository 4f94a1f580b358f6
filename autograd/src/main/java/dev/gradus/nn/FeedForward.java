package dev.gradus.nn;

import dev.gradus.tensor.Tensor;

/**
 * The part of a transformer that treats each place alone: f(x·W₁ + b₁)·W₂ + b₂, then dropout;
 * {@code [.., width] → [.., width]} by way of {@code [.., hidden]} (Vaswani et al. 2017). The
 * layers inside are {@code linear1}, {@code activation}, {@code linear2} and {@code dropout}.
 */
public final class FeedForward extends Layer {
    private final Linear linear1;
    private final Activation activation;
    private final Linear linear2;
    private final Dropout dropout;

    /** With the exact GELU and without dropout. */
    public FeedForward(int width, int hidden) {
        this(width, hidden, new GELU(), 0);
    }

    /**
     * A feed-forward part.
     *
     * @param width the size of the last axis of input and result
     * @param hidden that in between, often four times as large
     * @param activation f
     * @param dropout the chance with which an element of the result becomes 0 in training
     */
    public FeedForward(int width, int hidden, Activation activation, double dropout) {
        linear1 = child("linear1", new Linear(width, hidden));
        this.activation = child("activation", activation);
        linear2 = child("linear2", new Linear(hidden, width));
        this.dropout = child("dropout", new Dropout(dropout));
    }

    @Override
    public Tensor apply(Tensor x) {
        return dropout.apply(linear2.apply(linear1.apply(x, activation)));
    }
}
