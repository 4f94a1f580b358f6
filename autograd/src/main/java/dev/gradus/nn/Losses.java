package dev.gradus.nn;

import dev.gradus.expr.Expr;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * Losses. The short forms give the mean as a tensor of shape []; the full ones take a {@link
 * Reduction} and weights.
 *
 * <p>Prediction and target must have the same shape: were {@code [4]} and {@code [4, 1]} to
 * broadcast, each would be compared with each, and a model would learn the wrong thing without a
 * word. Weights of elements do broadcast: {@code [n, 1]} weighs the rows of {@code [n, c]}. They
 * multiply the elements' losses; a mean is still divided by the number of elements, as in PyTorch's
 * {@code binary_cross_entropy}. Weights of <em>classes</em>, in {@link #nll} and {@link
 * #crossEntropy}, make a weighted mean.
 */
public final class Losses {
    /** What becomes of the losses of the single elements or rows. */
    public enum Reduction {
        /** Their mean, of shape []; of none at all an error. */
        MEAN,
        /** Their sum, of shape []. */
        SUM,
        /** They stay as they are. */
        NONE
    }

    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr Z = Expr.in(2);

    private static final Expr ERROR = X.sub(Y).abs();
    private static final Expr SQUARED_ERROR = X.sub(Y).square();
    private static final Expr HALF_SQUARE = SQUARED_ERROR.mul(0.5);
    private static final Expr HUBER =
            Expr.where(ERROR.lt(Z), HALF_SQUARE, Z.mul(ERROR.sub(Z.mul(0.5))));
    private static final Expr SMOOTH =
            Expr.where(ERROR.lt(Z), HALF_SQUARE.div(Z), ERROR.sub(Z.mul(0.5)));

    private static final Expr CROSS_ENTROPY =
            Y.mul(clamped(X.log())).add(Expr.ONE.sub(Y).mul(clamped(X.neg().log1p()))).neg();

    // Smooth everywhere, and for a sure and right answer the small term is not lost in a large one.
    private static final Expr IF_NEGATIVE = Expr.ONE.sub(Y).mul(X.softplus());
    private static final Expr IF_POSITIVE = Y.mul(X.neg().softplus());
    private static final Expr CROSS_ENTROPY_WITH_LOGITS = IF_NEGATIVE.add(IF_POSITIVE);
    private static final Expr WITH_POSITIVE_WEIGHT = IF_NEGATIVE.add(Z.mul(IF_POSITIVE));

    // A select: 0 · ln 0 is 0, and so is 0 · −∞, the logarithm of a probability masked out.
    private static final Expr DIVERGENCE =
            Expr.where(Y.eq(Expr.ZERO), Expr.ZERO, Y.mul(Y.log().sub(X)));

    private Losses() {}

    /** A select and not a maximum: the derivative of what is not taken, 1/0, stays out. */
    private static Expr clamped(Expr log) {
        Expr least = Expr.of(-100);
        return Expr.where(log.lt(least), least, log);
    }

    // ------------------------------------------------------------------ of numbers

    /** The mean absolute error: mean of |prediction − target|. */
    public static Tensor l1(Tensor prediction, Tensor target) {
        return l1(prediction, target, null, Reduction.MEAN);
    }

    /**
     * |prediction − target|, whose derivative at 0 is 0.
     *
     * @param weight of each element, or null for 1; broadcasts to the prediction's shape
     */
    public static Tensor l1(
            Tensor prediction, Tensor target, @Nullable Tensor weight, Reduction reduction) {
        return new ElementLoss("l1", ERROR, weight, reduction).of(prediction, target);
    }

    /** The mean squared error: mean of (prediction − target)². */
    public static Tensor mse(Tensor prediction, Tensor target) {
        return mse(prediction, target, null, Reduction.MEAN);
    }

    /**
     * (prediction − target)².
     *
     * @param weight of each element, or null for 1; broadcasts to the prediction's shape
     */
    public static Tensor mse(
            Tensor prediction, Tensor target, @Nullable Tensor weight, Reduction reduction) {
        return new ElementLoss("mse", SQUARED_ERROR, weight, reduction).of(prediction, target);
    }

    /** The mean of {@link #huber(Tensor, Tensor, double, Tensor, Reduction)}. */
    public static Tensor huber(Tensor prediction, Tensor target, double delta) {
        return huber(prediction, target, delta, null, Reduction.MEAN);
    }

    /**
     * Huber's loss (1964) of the error d = prediction − target: ½d² where |d| &lt; δ, else δ·(|d| −
     * ½δ), so that an outlier pulls no harder than δ.
     *
     * @param delta δ, above 0
     * @param weight of each element, or null for 1; broadcasts to the prediction's shape
     */
    public static Tensor huber(
            Tensor prediction,
            Tensor target,
            double delta,
            @Nullable Tensor weight,
            Reduction reduction) {
        ElementLoss.require("huber: delta", delta, delta > 0, "above 0");
        return new ElementLoss("huber", HUBER, weight, reduction).of(prediction, target, delta);
    }

    /** The mean of {@link #smoothL1(Tensor, Tensor, double, Tensor, Reduction)}. */
    public static Tensor smoothL1(Tensor prediction, Tensor target, double beta) {
        return smoothL1(prediction, target, beta, null, Reduction.MEAN);
    }

    /**
     * Huber's loss divided by β: ½d²/β where |d| &lt; β, else |d| − ½β (Girshick 2015, with β = 1).
     * With β = 0 it is {@link #l1}.
     *
     * @param beta β, at least 0
     * @param weight of each element, or null for 1; broadcasts to the prediction's shape
     */
    public static Tensor smoothL1(
            Tensor prediction,
            Tensor target,
            double beta,
            @Nullable Tensor weight,
            Reduction reduction) {
        ElementLoss.require("smoothL1: beta", beta, beta >= 0, "at least 0");
        return new ElementLoss("smoothL1", SMOOTH, weight, reduction).of(prediction, target, beta);
    }

    // ------------------------------------------------------------------ of yes and no

    /**
     * The binary cross-entropy of probabilities p: mean of −(y ln p + (1 − y) ln(1 − p)), where the
     * logarithms are at least −100, as in PyTorch. It is NaN if a probability is not in 0 … 1: for
     * logits there is {@link #binaryCrossEntropyWithLogits}, which also keeps more digits.
     */
    public static Tensor binaryCrossEntropy(Tensor probability, Tensor target) {
        return binaryCrossEntropy(probability, target, null, Reduction.MEAN);
    }

    /**
     * {@link #binaryCrossEntropy(Tensor, Tensor)} with weights and a reduction.
     *
     * @param weight of each element, or null for 1; broadcasts to the probabilities' shape
     */
    public static Tensor binaryCrossEntropy(
            Tensor probability, Tensor target, @Nullable Tensor weight, Reduction reduction) {
        return new ElementLoss("binaryCrossEntropy", CROSS_ENTROPY, weight, reduction)
                .of(probability, target);
    }

    /**
     * The binary cross-entropy of the probabilities σ(x), from the logits x: mean of (1 − y) ln(1 +
     * eˣ) + y ln(1 + e⁻ˣ), which neither overflows nor loses digits.
     */
    public static Tensor binaryCrossEntropyWithLogits(Tensor logits, Tensor target) {
        return binaryCrossEntropyWithLogits(logits, target, null, null, Reduction.MEAN);
    }

    /**
     * {@link #binaryCrossEntropyWithLogits(Tensor, Tensor)} with weights and a reduction.
     *
     * @param weight of each element, or null for 1; broadcasts to the logits' shape
     * @param positiveWeight factor of the term y ln(1 + e⁻ˣ), or null for 1; broadcasts to the
     *     logits' shape, such as {@code [c]}, one a class. Above 1 it makes missing a yes worse
     *     than a false alarm, as where yes is rare
     */
    public static Tensor binaryCrossEntropyWithLogits(
            Tensor logits,
            Tensor target,
            @Nullable Tensor weight,
            @Nullable Tensor positiveWeight,
            Reduction reduction) {
        String name = "binaryCrossEntropyWithLogits";
        if (positiveWeight == null) {
            return new ElementLoss(name, CROSS_ENTROPY_WITH_LOGITS, weight, reduction)
                    .of(logits, target);
        }
        return new ElementLoss(name, WITH_POSITIVE_WEIGHT, weight, reduction)
                .of(logits, target, positiveWeight);
    }

    // ------------------------------------------------------------------ of distributions

    /**
     * The terms of the Kullback–Leibler divergence of a distribution q from the target p: p·(ln p −
     * ln q), 0 where p is 0. As in PyTorch's {@code kl_div} the first argument is <em>ln</em> q.
     *
     * <p>There is no short form, since the divergence is a sum over the outcomes, and the mean over
     * all elements is not it: the mean divergence of n rows (PyTorch's {@code batchmean}) is {@code
     * klDiv(logQ, p, Reduction.SUM).div(n)}.
     *
     * @param logQ the logarithms of probabilities, as {@link Tensor#logSoftmax} gives them
     * @param p probabilities, of the same shape
     */
    public static Tensor klDiv(Tensor logQ, Tensor p, Reduction reduction) {
        return new ElementLoss("klDiv", DIVERGENCE, null, reduction).of(logQ, p);
    }

    /**
     * {@link #nll(Tensor, Tensor, Tensor, int, Reduction)}: the mean, without weights, ignoring
     * −100.
     */
    public static Tensor nll(Tensor logProbabilities, Tensor classes) {
        return nll(logProbabilities, classes, null, -100, Reduction.MEAN);
    }

    /**
     * The negative log-likelihood of classes: of each row −w[class] · logProbabilities[class]. The
     * mean is a weighted one, divided by the sum of w[class] over the rows that count. With {@link
     * Tensor#logSoftmax} before it, it is {@link #crossEntropy}.
     *
     * @param logProbabilities {@code [.., c]}; the classes are the last axis, not, as in PyTorch,
     *     axis 1
     * @param classes {@code [..]} of INT32
     * @param classWeights w, {@code [c]}, or null for 1
     * @param ignoreIndex the label of rows that do not count
     * @throws IndexOutOfBoundsException if a label is neither a class nor ignored; names it and its
     *     place
     * @throws IllegalArgumentException if shapes do not fit, or there is nothing to take a mean of
     */
    public static Tensor nll(
            Tensor logProbabilities,
            Tensor classes,
            @Nullable Tensor classWeights,
            int ignoreIndex,
            Reduction reduction) {
        return new CrossEntropy("nll", classWeights, 0, ignoreIndex, reduction)
                .ofLogProbabilities(logProbabilities, classes);
    }

    /** {@link #crossEntropy(Tensor, Tensor, double, int)} without smoothing, ignoring −100. */
    public static Tensor crossEntropy(Tensor logits, Tensor target) {
        return crossEntropy(logits, target, 0, -100);
    }

    /**
     * The mean of {@link #crossEntropy(Tensor, Tensor, Tensor, double, int, Reduction)} without
     * weights.
     */
    public static Tensor crossEntropy(
            Tensor logits, Tensor target, double labelSmoothing, int ignoreIndex) {
        return crossEntropy(logits, target, null, labelSmoothing, ignoreIndex, Reduction.MEAN);
    }

    /**
     * The cross-entropy of the probabilities softmax(logits): of each row −w[class] · ln
     * softmax(logits)[class], or −Σ w · t · ln softmax(logits) for target probabilities t.
     *
     * <p>The mean is over the rows that count. With classes it is a weighted one, divided by the
     * sum of w[class]; with probabilities by the number of rows.
     *
     * <p>The classes are the last axis of the logits. (PyTorch has them on axis 1, which is the
     * same for {@code [n, c]}; others are permuted.)
     *
     * @param logits {@code [.., c]}
     * @param target classes {@code [..]} of INT32, or probabilities {@code [.., c]} of a floating
     *     type
     * @param classWeights w, {@code [c]}, or null for 1: larger for a class that is rare
     * @param labelSmoothing ε in 0 … 1: the target becomes 1 − ε times itself plus ε/c for each
     *     class (Szegedy et al. 2016)
     * @param ignoreIndex the label of rows that do not count, often those that fill a sequence up;
     *     without a meaning for probabilities
     * @throws IndexOutOfBoundsException if a label is neither a class nor ignored; names it and its
     *     place
     * @throws IllegalArgumentException if shapes do not fit, or there is nothing to take a mean of
     */
    public static Tensor crossEntropy(
            Tensor logits,
            Tensor target,
            @Nullable Tensor classWeights,
            double labelSmoothing,
            int ignoreIndex,
            Reduction reduction) {
        return new CrossEntropy(
                        "crossEntropy", classWeights, labelSmoothing, ignoreIndex, reduction)
                .ofLogits(logits, target);
    }
}
