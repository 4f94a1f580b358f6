package dev.gradus.nn;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;

/**
 * Attention in several heads (Vaswani et al. 2017): queries, keys and values are projected, each
 * head attends in its own slice of {@code d = width / heads} columns, and the heads' results, side
 * by side, are projected again:
 *
 * <p>head i = softmax(qᵢ·kᵢᵀ / √d) · vᵢ, where qᵢ is slice i of x·W_query + b_query, and so on.
 *
 * <p>Queries {@code [.., t, width]}, keys and values {@code [.., s, width]} → {@code [.., t,
 * width]}. The layers inside, {@code query}, {@code key}, {@code value} and {@code output}, are
 * {@link Linear}s with a bias; PyTorch stacks the first three, transposed, as {@code in_proj}.
 *
 * <p>A mask is 1 where a query may attend to a key, else 0. It broadcasts to {@code [b…, heads, t,
 * s]}: {@code [t, s]} for all alike, such as {@link Masks#causal}, or {@code [b, 1, 1, s]}, such as
 * {@link Masks#padding}; {@code [b, t, s]} gets the axis of the heads by itself. A padding {@code
 * [b, s]} is not among them, since it would be taken for {@code [t, s]} where b is t. Masks combine
 * by {@link Tensor#mul}. The heads of a query that may attend to no key are zeros, so its result is
 * the output's bias.
 */
public final class MultiHeadAttention extends Layer {
    private final int width;
    private final int heads;
    private final double dropout;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear output;

    /** Without dropout. */
    public MultiHeadAttention(int width, int heads) {
        this(width, heads, 0);
    }

    /**
     * An attention.
     *
     * @param width the size of the last axis of queries, keys, values and the result
     * @param heads how many heads share it, which must divide it
     * @param dropout the chance with which an attention weight becomes 0 in training
     */
    public MultiHeadAttention(int width, int heads, double dropout) {
        this.width = width;
        this.heads = heads;
        this.dropout = dropout;
        if (width < 1 || heads < 1 || width % heads != 0) {
            throw new IllegalArgumentException(
                    this + ": " + heads + " heads cannot share a width of " + width + " equally");
        }
        Dropout.check(toString(), dropout);
        query = child("query", new Linear(width, width));
        key = child("key", new Linear(width, width));
        value = child("value", new Linear(width, width));
        output = child("output", new Linear(width, width));
    }

    /** The projections of queries, keys and values. */
    List<Linear> inputs() {
        return List.of(query, key, value);
    }

    /** The projection of the heads' results. */
    Linear output() {
        return output;
    }

    /** Self-attention, everywhere: {@code [.., t, width] → [.., t, width]}. */
    @Override
    public Tensor apply(Tensor x) {
        return apply(x, null, false);
    }

    /** Self-attention: {@code [.., t, width] → [.., t, width]}. */
    public Tensor apply(Tensor x, @Nullable Tensor mask, boolean causal) {
        return apply(x, x, x, mask, causal);
    }

    /**
     * Attention of q to k and v, which may be the same tensor, and of another length than q.
     *
     * @param mask as the class says; null for everywhere
     * @param causal whether query i may attend to keys 0 … i alone, beside what the mask says
     */
    public Tensor apply(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        check(q, k, v);
        return mixed(query.apply(q), key.apply(k), value.apply(v), fitted(mask, q, k), causal);
    }

    /**
     * Causal self-attention of places that come after those in a cache, {@code [b, t, width] → [b,
     * t, width]}; the cache gets their keys and values, as those of layer number i.
     */
    Tensor apply(Tensor x, KeyValueCache cache, int i) {
        check(x, x, x);
        Tensor k = cache.append(2 * i, key.apply(x));
        Tensor v = cache.append(2 * i + 1, value.apply(x));
        // A single place may attend to all that is there; several from the start are plain causal.
        boolean first = cache.length() == 0;
        Tensor mask = first || x.size(1) == 1 ? null : cache.mask(x);
        return mixed(query.apply(x), k, v, mask, first);
    }

    /** The heads' attention, side by side, projected; of what is projected already. */
    private Tensor mixed(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        Tensor heads =
                Functional.scaledDotProductAttention(
                        split(q), split(k), split(v), mask, causal, Dropout.now(dropout));
        return output.apply(heads.transpose(-2, -3).reshape(q.shape()));
    }

    /**
     * How much each query takes of each key's value in each head, {@code [.., heads, t, s]}, before
     * any dropout, for looking at: rows of sum 1, or of zeros where the mask leaves no key.
     */
    public Tensor weights(Tensor q, Tensor k, @Nullable Tensor mask, boolean causal) {
        check(q, k, k);
        return Functional.attentionWeights(
                split(query.apply(q)), split(key.apply(k)), fitted(mask, q, k), causal, 0);
    }

    /** {@code [.., t, width] → [.., heads, t, d]}, without a copy. */
    private Tensor split(Tensor x) {
        int rank = x.ndim();
        int[] dims = Arrays.copyOf(x.shape().toArray(), rank + 1);
        dims[rank - 1] = heads;
        dims[rank] = width / heads;
        return x.reshape(dims).transpose(-2, -3);
    }

    private void check(Tensor q, Tensor k, Tensor v) {
        boolean fits = q.ndim() >= 2 && k.ndim() == q.ndim() && q.size(-1) == width;
        for (int axis = 0; fits && axis < q.ndim(); axis++) {
            fits = axis == q.ndim() - 2 || q.size(axis) == k.size(axis);
        }
        if (!fits || !v.shape().equals(k.shape())) {
            String shapes =
                    k == q && v == q
                            ? "input of shape " + q.shape() + " must be [.., t, " + width + "]"
                            : "queries "
                                    + q.shape()
                                    + ", keys "
                                    + k.shape()
                                    + " and values "
                                    + v.shape()
                                    + " must be [.., t, "
                                    + width
                                    + "] and twice [.., s, "
                                    + width
                                    + "]";
            throw new IllegalArgumentException(this + ": " + shapes);
        }
    }

    /** The mask with an axis of heads. */
    private @Nullable Tensor fitted(@Nullable Tensor mask, Tensor q, Tensor k) {
        if (mask == null) {
            return null;
        }
        int rank = q.ndim();
        int[] weights = Arrays.copyOf(q.shape().toArray(), rank + 1);
        weights[rank - 2] = heads;
        weights[rank - 1] = q.size(-2);
        weights[rank] = k.size(-2);
        Shape target = Shape.of(weights);
        Tensor fitted = mask.ndim() == 3 && rank > 2 ? mask.unsqueeze(1) : mask;
        if (!fitted.shape().broadcastsTo(target)) {
            throw new IllegalArgumentException(
                    this
                            + ": a mask of shape "
                            + mask.shape()
                            + " must be [t, s] = ["
                            + q.size(-2)
                            + ", "
                            + k.size(-2)
                            + "]"
                            + (rank > 2 ? ", or [b, t, s]" : "")
                            + ", or broadcast to the weights, "
                            + target
                            + "; Masks.padding(lengths, "
                            + k.size(-2)
                            + ") makes one for sequences of several lengths");
        }
        return fitted;
    }

    @Override
    public String toString() {
        String tail = dropout == 0 ? ")" : ", " + dropout + ")";
        return "MultiHeadAttention(" + width + ", " + heads + tail;
    }
}
