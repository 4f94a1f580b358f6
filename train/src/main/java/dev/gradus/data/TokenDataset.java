package dev.gradus.data;

import dev.gradus.tensor.Tensor;

/**
 * A text's tokens as samples for a model that says what comes next: sample i is {@code context}
 * tokens from token {@code stride · i} on, and its target at each place is the token after it. The
 * text is there once, and samples overlap unless the stride is as long as the context.
 *
 * <p>For validation hold out a stretch of the text, not samples by {@link Split}: those would have
 * neighbours in the training part with nearly the same tokens.
 */
public final class TokenDataset implements Dataset {
    private final int[] tokens;
    private final int context;
    private final int stride;

    /** A sample at every token. */
    public TokenDataset(int[] tokens, int context) {
        this(tokens, context, 1);
    }

    /**
     * A sample at every {@code stride}-th token.
     *
     * @param tokens the whole text, which is not copied: leave it as it is
     * @param context how many tokens the model sees, at least 1
     * @param stride at least 1; {@code context}: each token is a target once
     * @throws IllegalArgumentException if the text is too short for one sample
     */
    public TokenDataset(int[] tokens, int context, int stride) {
        if (context < 1 || stride < 1) {
            throw new IllegalArgumentException(
                    "TokenDataset: context %d, stride %d; both at least 1"
                            .formatted(context, stride));
        }
        if (tokens.length <= context) {
            throw new IllegalArgumentException(
                    "TokenDataset: a sample of context %d takes %d tokens, with the last one's target, and there are %d; take a longer text or a shorter context"
                            .formatted(context, context + 1L, tokens.length));
        }
        this.tokens = tokens;
        this.context = context;
        this.stride = stride;
    }

    @Override
    public int size() {
        return (tokens.length - 1 - context) / stride + 1;
    }

    /** Inputs {@code [n, context]} and targets {@code [n, context]}, both INT32. */
    @Override
    public Batch get(int... indices) {
        Indices.check(indices, size());
        int[][] inputs = new int[indices.length][context];
        int[][] targets = new int[indices.length][context];
        for (int row = 0; row < indices.length; row++) {
            int start = indices[row] * stride;
            System.arraycopy(tokens, start, inputs[row], 0, context);
            System.arraycopy(tokens, start + 1, targets[row], 0, context);
        }
        return new Batch(Tensor.of(inputs), Tensor.of(targets));
    }
}
