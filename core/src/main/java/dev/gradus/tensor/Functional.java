package dev.gradus.tensor;

import dev.gradus.backend.Fused;
import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

// Longer than other files: what each operation accepts, and what it says to the rest.

/**
 * The operations that layers and losses are made of and that a backend may perform as one kernel:
 * PyTorch's {@code torch.nn.functional}. The weights are arguments; {@code dev.gradus.nn} has
 * layers that hold them.
 *
 * <p>Shapes that do not fit together and numbers out of their range are an {@link
 * IllegalArgumentException} that names the operation and the shapes.
 */
public final class Functional {
    private Functional() {}

    // ------------------------------------------------------------------ linear

    /** x·W + b: {@code [.., in] → [.., out]}, with W {@code [in, out]} and b {@code [out]}. */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        return linear(x, weight, bias, Linear.IDENTITY);
    }

    /**
     * f(x·W + b): {@code [.., in] → [.., out]}, with W {@code [in, out]} and b {@code [out]}.
     *
     * @param bias b, or null for none
     * @param activation f, of one input and without run-time scalars
     */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Expr activation) {
        if (x.ndim() == 0
                || weight.ndim() != 2
                || x.size(-1) != weight.size(0)
                || (bias != null && (bias.ndim() != 1 || bias.size(0) != weight.size(1)))) {
            throw new IllegalArgumentException(
                    "linear: input "
                            + x.shape()
                            + ", weight "
                            + weight.shape()
                            + (bias == null ? "" : ", bias " + bias.shape())
                            + " must be [.., in], [in, out]"
                            + (bias == null ? "" : ", [out]"));
        }
        Tensor[] in =
                bias == null
                        ? Tensor.common("linear", false, x, weight)
                        : Tensor.common("linear", false, x, weight, bias);
        if (bias == null && activation == Linear.IDENTITY) {
            return in[0].matmul(in[1]);
        }
        if (x.ndim() == 2) {
            return Op.applyFused(new Linear(activation), in);
        }
        int[] dims = x.shape().toArray();
        dims[dims.length - 1] = weight.size(1);
        in[0] = in[0].reshape(Tensor.rows(x), x.size(-1));
        return Op.applyFused(new Linear(activation), in).reshape(Shape.of(dims));
    }

    // ------------------------------------------------------------------ along the last axis

    /**
     * The softmax over the places of the last axis where the mask is not 0; zeros elsewhere, and
     * everywhere in a row whose mask is all 0.
     *
     * @param mask broadcasts to x's shape
     */
    public static Tensor maskedSoftmax(Tensor x, Tensor mask) {
        if (x.ndim() == 0 || !mask.shape().broadcastsTo(x.shape())) {
            throw new IllegalArgumentException(
                    "maskedSoftmax: a mask of shape "
                            + mask.shape()
                            + " does not broadcast to the scores, "
                            + x.shape());
        }
        Tensor in = Tensor.common("maskedSoftmax", false, x)[0];
        return x.size() == 0
                ? in
                : Op.applyFused(new Rowwise.MaskedSoftmax(), in, mask.to(in.dtype()));
    }

    /**
     * Layer normalisation along the last axis: (x − mean) / √(variance + eps) · weight + bias,
     * where the variance has the divisor n (Ba, Kiros and Hinton 2016). {@code [.., n] → [.., n]}.
     *
     * @param weight {@code [n]}
     * @param bias {@code [n]}
     */
    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
        Tensor[] in = Tensor.common("layerNorm", false, x, weight, bias);
        if (x.ndim() == 0
                || weight.ndim() != 1
                || weight.size(0) != x.size(-1)
                || !bias.shape().equals(weight.shape())) {
            throw new IllegalArgumentException(
                    "layerNorm: input "
                            + x.shape()
                            + ", weight "
                            + weight.shape()
                            + ", bias "
                            + bias.shape()
                            + " must be [.., n], [n], [n]");
        }
        if (x.size() == 0) { // no rows: nothing depends on the weights, but they were used
            return x.size(-1) == 0 ? in[0] : in[0].mul(in[1]).add(in[2]);
        }
        return Op.applyFused(new LayerNorm(x.size(-1), eps), in);
    }

    // ------------------------------------------------------------------ cross-entropy

    /**
     * The cross-entropy of each row of logits with a class, −ln softmax(x)[class]: {@code [.., c]}
     * and {@code [..]} of INT32 → {@code [..]}. A negative class gives 0, one that is none of the c
     * NaN ({@code Losses.crossEntropy} checks them and says which is wrong).
     *
     * @param smoothing ε in 0 … 1: the target is 1 − ε of the class and ε/c of every class (Szegedy
     *     et al. 2016)
     */
    public static Tensor crossEntropy(Tensor logits, Tensor classes, double smoothing) {
        if (logits.ndim() == 0
                || classes.dtype() != DType.INT32
                || !classes.shape().equals(withoutLast(logits))) {
            throw new IllegalArgumentException(
                    "crossEntropy: logits "
                            + logits.shape()
                            + " and classes "
                            + classes.dtype()
                            + " "
                            + classes.shape()
                            + " must be [.., c] and, of INT32, [..]");
        }
        checkSmoothing(smoothing);
        Tensor x = Tensor.common("crossEntropy", false, logits)[0];
        int c = x.size(-1);
        if (x.size() == 0) {
            return x.sum(-1);
        }
        Tensor numbers = Tensor.numbers(x.backend(), x.dtype(), Shape.of(c));
        Tensor chosen = classes.to(x.dtype()).unsqueeze(-1);
        return Op.applyFused(new CrossEntropy(c, smoothing), x, numbers, chosen).squeeze(-1);
    }

    /**
     * The cross-entropy of each row of logits with probabilities, −Σ t · ln softmax(x): {@code [..,
     * c]} and {@code [.., c]} → {@code [..]}.
     *
     * @param smoothing as for classes
     */
    public static Tensor softCrossEntropy(Tensor logits, Tensor probabilities, double smoothing) {
        if (logits.ndim() == 0 || !logits.shape().equals(probabilities.shape())) {
            throw new IllegalArgumentException(
                    "crossEntropy: logits "
                            + logits.shape()
                            + " and probabilities "
                            + probabilities.shape()
                            + " must have the same shape [.., c]");
        }
        checkSmoothing(smoothing);
        Tensor[] in = Tensor.common("crossEntropy", false, logits, probabilities);
        if (logits.size() == 0) {
            return in[0].sum(-1);
        }
        return Op.applyFused(new SoftCrossEntropy(logits.size(-1), smoothing), in).squeeze(-1);
    }

    private static Shape withoutLast(Tensor t) {
        return Shape.of(Arrays.copyOf(t.shape().toArray(), t.ndim() - 1));
    }

    private static void checkSmoothing(double smoothing) {
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new IllegalArgumentException(
                    "crossEntropy: the label smoothing must be in 0 … 1, not " + smoothing);
        }
    }

    // ------------------------------------------------------------------ dropout

    /**
     * Each element set to 0 with chance p, the others divided by 1 − p, whether or not a tape is
     * open: the layer looks at the mode. Random numbers come from {@link Generator#current}.
     */
    public static Tensor dropout(Tensor x, double p) {
        checkDropout("dropout", p);
        Tensor in = Tensor.common("dropout", false, x)[0];
        if (p == 0) {
            return in;
        }
        Generator generator = Generator.current();
        return Op.apply(new Dropout(p, generator.seed(), generator.reserve(x.size())), in);
    }

    private static void checkDropout(String operation, double p) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException(
                    operation + ": the dropout must be at least 0 and below 1, not " + p);
        }
    }

    // ------------------------------------------------------------------ attention

    /** Scaled dot-product attention without a mask or dropout. */
    public static Tensor scaledDotProductAttention(Tensor q, Tensor k, Tensor v) {
        return scaledDotProductAttention(q, k, v, null, false, 0);
    }

    /**
     * Scaled dot-product attention (Vaswani et al. 2017): softmax(q·kᵀ / √d) · v. q {@code [b…, t,
     * d]}, k {@code [b…, s, d]}, v {@code [b…, s, e]} → {@code [b…, t, e]}. Where a backend has a
     * kernel, the weights {@code [b…, t, s]} are not stored.
     *
     * @param mask broadcasts to {@code [b…, t, s]}: not 0 where a query may attend to a key; null
     *     for everywhere. Masks combine by {@link Tensor#mul}. A query that may attend to no key
     *     gives zeros
     * @param causal whether query i may attend to keys 0 … i alone, beside what the mask says
     * @param dropout the chance with which a weight becomes 0, the others being divided by 1 −
     *     dropout; whether or not a tape is open
     */
    public static Tensor scaledDotProductAttention(
            Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal, double dropout) {
        Tensor[] in = attentionInputs(q, k, v, mask);
        Fused.Attention kernel = attention(q, k, causal, dropout);
        if (q.size() == 0 || k.size() == 0 || v.size() == 0) {
            return in[0].matmul(in[1].transpose(-1, -2)).matmul(in[2]); // nothing to attend to
        }
        return Op.applyFused(new Attention(kernel), in);
    }

    /**
     * The weights of {@link #scaledDotProductAttention}, {@code [b…, t, s]}: of each query, how
     * much it takes of each key's value.
     */
    public static Tensor attentionWeights(
            Tensor q, Tensor k, @Nullable Tensor mask, boolean causal, double dropout) {
        Tensor[] in = attentionInputs(q, k, k, mask);
        Fused.Attention kernel = attention(q, k, causal, dropout);
        return Attention.weights(kernel, in[0], in[1], mask == null ? null : in[3]);
    }

    private static Fused.Attention attention(Tensor q, Tensor k, boolean causal, double dropout) {
        checkDropout("attention", dropout);
        Generator generator = Generator.current();
        long weights = (long) q.size() / q.size(-1) * k.size(-2);
        long first = dropout == 0 ? 0 : generator.reserve(weights);
        double scale = 1 / Math.sqrt(q.size(-1));
        return new Fused.Attention(scale, causal, dropout, generator.seed(), first);
    }

    /** The inputs in one dtype, if they fit. */
    private static Tensor[] attentionInputs(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask) {
        boolean fits =
                q.ndim() >= 2
                        && k.ndim() == q.ndim()
                        && v.ndim() == q.ndim()
                        && q.size(-1) == k.size(-1)
                        && q.size(-1) > 0
                        && k.size(-2) == v.size(-2);
        for (int axis = 0; fits && axis < q.ndim() - 2; axis++) {
            fits = q.size(axis) == k.size(axis) && k.size(axis) == v.size(axis);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "attention: queries "
                            + q.shape()
                            + ", keys "
                            + k.shape()
                            + " and values "
                            + v.shape()
                            + " must be [b…, t, d], [b…, s, d] and [b…, s, e], d at least 1");
        }
        if (mask == null) {
            return Tensor.common("attention", false, q, k, v);
        }
        int[] weights = q.shape().toArray();
        weights[weights.length - 1] = k.size(-2);
        Shape target = Shape.of(weights);
        if (!mask.shape().broadcastsTo(target)) {
            throw new IllegalArgumentException(
                    "attention: a mask of shape "
                            + mask.shape()
                            + " does not broadcast to the weights, "
                            + target
                            + " (queries "
                            + q.shape()
                            + ", keys "
                            + k.shape()
                            + "); a padding mask [b, s] becomes [b, 1, 1, s] by two unsqueeze(1)");
        }
        Tensor[] in = Arrays.copyOf(Tensor.common("attention", false, q, k, v), 4);
        in[3] = mask.to(in[0].dtype());
        return in;
    }

    /** 1 where query i may attend to key j, that is j ≤ i, else 0: {@code [t, s]}, FLOAT32. */
    public static Tensor causalMask(int queries, int keys) {
        Tensor i = Tensor.arange(queries).unsqueeze(1);
        return Tensor.arange(keys).le(i);
    }

    // ------------------------------------------------------------------ distances

    /**
     * The cosine of the angle between vectors along an axis: a·b / (max(‖a‖, ε) · max(‖b‖, ε)) with
     * ε = 10⁻⁸, so that the vector 0 gives 0. The shapes broadcast; the axis is one of the result's
     * and disappears.
     */
    public static Tensor cosineSimilarity(Tensor a, Tensor b, int axis) {
        return Distances.cosineSimilarity(a, b, axis);
    }

    /**
     * The Euclidean distance of vectors, √Σ (a − b + ε)² with PyTorch's ε = 10⁻⁶, which keeps the
     * gradient finite where a = b: {@code [.., d]} and {@code [.., d]} → {@code [..]}; the shapes
     * broadcast.
     */
    public static Tensor pairwiseDistance(Tensor a, Tensor b) {
        return Distances.pairwiseDistance(a, b);
    }

    /**
     * The row of a table with the smallest Euclidean distance from each query, the first of equal
     * ones: {@code [n, d]} and {@code [.., d]} → {@code [..]} of INT32. The distances are sums of
     * squared differences, not ‖a‖² − 2a·b + ‖b‖², whose rounding is larger than the distances of
     * vectors that lie close together far from 0. A NaN counts as infinitely far.
     */
    public static Tensor findNearest(Tensor table, Tensor query) {
        return Distances.findNearest(table, query);
    }
}
