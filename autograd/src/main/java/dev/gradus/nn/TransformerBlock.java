package dev.gradus.nn;

import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.function.UnaryOperator;

/**
 * A block of a transformer: attention, then a feed-forward part, each around a residual connection
 * and a layer norm; {@code [.., t, width] → [.., t, width]}. With {@link Norm#PRE} (Xiong et al.
 * 2020), which trains well without a warm-up,
 *
 * <p>y = x + attention(norm1(x)), then y + feedForward(norm2(y));
 *
 * <p>with {@link Norm#POST} (Vaswani et al. 2017)
 *
 * <p>y = norm1(x + attention(x)), then norm2(y + feedForward(y)).
 *
 * <p>As in PyTorch's {@code TransformerEncoderLayer}, what either part adds goes through dropout
 * first, and so do the attention weights; only its second dropout, inside the feed-forward part, is
 * not here. With {@code causal} it is the block of a GPT. The layers inside are {@code attention},
 * {@code norm1}, {@code feedForward} and {@code norm2}, and {@code dropout}.
 */
public final class TransformerBlock extends Layer {
    /** Where the layer norms are. */
    public enum Norm {
        /** In front of each part: the sum passes from block to block untouched. */
        PRE,
        /** Behind each sum, as in the first transformer and in BERT. */
        POST
    }

    private final Norm norm;
    private final MultiHeadAttention attention;
    private final LayerNorm norm1;
    private final FeedForward feedForward;
    private final LayerNorm norm2;
    private final Dropout dropout;

    /** With {@link Norm#PRE}, the exact GELU, and without dropout. */
    public TransformerBlock(int width, int heads, int hidden) {
        this(width, heads, hidden, Norm.PRE, new GELU(), 0);
    }

    /**
     * A block.
     *
     * @param width the size of the last axis of input and result
     * @param heads how many heads share it, which must divide it
     * @param hidden the width inside the feed-forward part
     * @param norm where the layer norms are
     * @param activation that of the feed-forward part
     * @param dropout the chance with which an element becomes 0 in training
     */
    public TransformerBlock(
            int width, int heads, int hidden, Norm norm, Activation activation, double dropout) {
        this.norm = norm;
        attention = child("attention", new MultiHeadAttention(width, heads, dropout));
        norm1 = child("norm1", new LayerNorm(width));
        feedForward = child("feedForward", new FeedForward(width, hidden, activation, dropout));
        norm2 = child("norm2", new LayerNorm(width));
        this.dropout = child("dropout", new Dropout(dropout));
    }

    /** Every place attends to every place. */
    @Override
    public Tensor apply(Tensor x) {
        return apply(x, null, false);
    }

    /**
     * Places attend to the places that the mask allows.
     *
     * @param mask as for {@link MultiHeadAttention}; null for everywhere
     * @param causal whether place i may attend to places 0 … i alone, beside what the mask says
     */
    public Tensor apply(Tensor x, @Nullable Tensor mask, boolean causal) {
        return apply(x, seen -> attention.apply(seen, mask, causal));
    }

    /** The places that come after those in a cache, which gets theirs: of layer number i. */
    Tensor apply(Tensor x, KeyValueCache cache, int i) {
        return apply(x, seen -> attention.apply(seen, cache, i));
    }

    private Tensor apply(Tensor x, UnaryOperator<Tensor> attend) {
        return switch (norm) {
            case PRE -> {
                Tensor y = x.add(dropout.apply(attend.apply(norm1.apply(x))));
                yield y.add(feedForward.apply(norm2.apply(y)));
            }
            case POST -> {
                Tensor y = norm1.apply(x.add(dropout.apply(attend.apply(x))));
                yield norm2.apply(y.add(feedForward.apply(y)));
            }
        };
    }

    /**
     * How much each place takes of each other one in each head, {@code [.., heads, t, t]}, when the
     * block is applied to x; see {@link MultiHeadAttention#weights}.
     */
    public Tensor weights(Tensor x, @Nullable Tensor mask, boolean causal) {
        Tensor seen =
                switch (norm) {
                    case PRE -> norm1.apply(x);
                    case POST -> x;
                };
        return attention.weights(seen, seen, mask, causal);
    }

    /** The attention. */
    public MultiHeadAttention attention() {
        return attention;
    }
}
