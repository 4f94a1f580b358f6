package dev.gradus.nn;

import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

/**
 * Losses: the mean over all elements, or for {@link #crossEntropy(Tensor, Tensor)} over all rows;
 * of shape []. Elsewhere prediction and target must have the same shape: were {@code [4]} and
 * {@code [4, 1]} to broadcast, each would be compared with each, and a model would learn the wrong
 * thing without a word.
 */
public final class Losses {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);

    private static final Expr SQUARED_ERROR = X.sub(Y).square();

    private static final Expr CROSS_ENTROPY =
            Y.mul(clamped(X.log())).add(Expr.ONE.sub(Y).mul(clamped(X.neg().log1p()))).neg();

    // Smooth everywhere, and for a sure and right answer the small term is not lost in a large one.
    private static final Expr CROSS_ENTROPY_WITH_LOGITS =
            Expr.ONE.sub(Y).mul(X.softplus()).add(Y.mul(X.neg().softplus()));

    private Losses() {}

    /** A select and not a maximum: the derivative of what is not taken, 1/0, stays out. */
    private static Expr clamped(Expr log) {
        Expr least = Expr.of(-100);
        return Expr.where(log.lt(least), least, log);
    }

    /** The mean squared error: mean of (prediction − target)². */
    public static Tensor mse(Tensor prediction, Tensor target) {
        return mean("mse", SQUARED_ERROR, prediction, target);
    }

    /**
     * The binary cross-entropy of probabilities p: mean of −(y ln p + (1 − y) ln(1 − p)), where the
     * logarithms are at least −100, as in PyTorch. It is NaN if a probability is not in 0 … 1: for
     * logits there is {@link #binaryCrossEntropyWithLogits}, which also keeps more digits.
     */
    public static Tensor binaryCrossEntropy(Tensor probability, Tensor target) {
        return mean("binaryCrossEntropy", CROSS_ENTROPY, probability, target);
    }

    /**
     * The binary cross-entropy of the probabilities σ(x), from the logits x: mean of (1 − y) ln(1 +
     * eˣ) + y ln(1 + e⁻ˣ), which neither overflows nor loses digits.
     */
    public static Tensor binaryCrossEntropyWithLogits(Tensor logits, Tensor target) {
        return mean("binaryCrossEntropyWithLogits", CROSS_ENTROPY_WITH_LOGITS, logits, target);
    }

    /** {@link #crossEntropy(Tensor, Tensor, double, int)} without smoothing, ignoring −100. */
    public static Tensor crossEntropy(Tensor logits, Tensor target) {
        return crossEntropy(logits, target, 0, -100);
    }

    /**
     * The cross-entropy of the probabilities softmax(logits): the mean, over the rows that count,
     * of −ln softmax(logits)[class], or of −Σ t · ln softmax(logits) for target probabilities t.
     *
     * <p>The classes are the last axis of the logits. (PyTorch has them on axis 1, which is the
     * same for {@code [n, c]}; others are permuted.)
     *
     * @param logits {@code [.., c]}
     * @param target classes {@code [..]} of INT32, or probabilities {@code [.., c]} of a floating
     *     type
     * @param labelSmoothing ε in 0 … 1: the target becomes 1 − ε times itself plus ε/c for each
     *     class (Szegedy et al. 2016)
     * @param ignoreIndex the label of rows that do not count, often those that fill a sequence up;
     *     without a meaning for probabilities
     * @throws IndexOutOfBoundsException if a label is neither a class nor ignored; names it and its
     *     place
     * @throws IllegalArgumentException if shapes do not fit, or no row counts
     */
    public static Tensor crossEntropy(
            Tensor logits, Tensor target, double labelSmoothing, int ignoreIndex) {
        return CrossEntropy.loss(logits, target, labelSmoothing, ignoreIndex);
    }

    private static Tensor mean(String name, Expr expr, Tensor prediction, Tensor target) {
        if (!prediction.shape().equals(target.shape())) {
            throw new IllegalArgumentException(
                    name
                            + ": the prediction has shape "
                            + prediction.shape()
                            + " and the target "
                            + target.shape()
                            + "; they must be equal"
                            + (prediction.size() == target.size()
                                    ? ", as after target.reshape(prediction.shape())"
                                    : ""));
        }
        if (prediction.size() == 0) {
            throw new IllegalArgumentException(
                    name + ": shape " + prediction.shape() + " has no elements to take a mean of");
        }
        Tensor x = floating(prediction);
        Tensor y = floating(target);
        return Tensor.sum(name, expr, new int[0], false, x, y).div(prediction.size());
    }

    /** A sum of squares of ints could overflow. */
    private static Tensor floating(Tensor t) {
        return t.dtype().isFloating() ? t : t.to(DType.FLOAT32);
    }
}
