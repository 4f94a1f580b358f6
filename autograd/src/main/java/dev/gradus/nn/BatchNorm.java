package dev.gradus.nn;

import dev.gradus.autograd.Mode;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.expr.Expr;
import dev.gradus.tensor.Tensor;

import java.util.stream.IntStream;

/**
 * Batch normalisation (Ioffe and Szegedy 2015): each feature, the last axis, is brought to mean 0
 * and variance 1 over all other axes, then scaled and shifted: {@code [n, .., c] → [n, .., c]},
 *
 * <p>y = (x − mean) / √(variance + eps) · weight + bias.
 *
 * <p>In training ({@link Mode#TRAIN}) the statistics are those of the batch, and the slots {@code
 * runningMean} and {@code runningVar} move towards them by the fraction {@code momentum}; in use
 * they are the running ones. As in PyTorch, the batch is normalised by the variance with divisor n,
 * and the running one gets that with n − 1.
 */
public final class BatchNorm extends Layer {
    private static final Expr X = Expr.in(0);
    private static final Expr MEAN = Expr.in(1);
    private static final Expr VARIANCE = Expr.in(2);
    private static final Expr WEIGHT = Expr.in(3);
    private static final Expr BIAS = Expr.in(4);
    private static final Expr SQUARED_DEVIATION = X.sub(MEAN).square();

    private final int features;
    private final double momentum;
    private final Expr normalise;
    private final Parameter weight;
    private final Parameter bias;
    private final Slot runningMean;
    private final Slot runningVar;

    /** With momentum 0.1 and eps 1e-5. */
    public BatchNorm(int features) {
        this(features, 0.1, 1e-5);
    }

    /**
     * A batch norm.
     *
     * @param features the size c of the last axis
     * @param momentum how much of a batch's statistics enters the running ones, 0 … 1
     * @param eps what keeps the root of a variance of 0 from dividing by 0
     */
    public BatchNorm(int features, double momentum, double eps) {
        if (features < 1 || !(momentum >= 0 && momentum <= 1) || !(eps >= 0)) {
            throw new IllegalArgumentException(
                    "BatchNorm("
                            + features
                            + ", "
                            + momentum
                            + ", "
                            + eps
                            + "): features must be at least 1, momentum in 0 … 1, eps not"
                            + " negative");
        }
        this.features = features;
        this.momentum = momentum;
        normalise = X.sub(MEAN).div(VARIANCE.add(eps).sqrt()).mul(WEIGHT).add(BIAS);
        weight = parameter("weight", Tensor.ones(features));
        bias = parameter("bias", Tensor.zeros(features));
        runningMean = slot("runningMean", Tensor.zeros(features));
        runningVar = slot("runningVar", Tensor.ones(features));
    }

    @Override
    public Tensor apply(Tensor x) {
        if (x.ndim() < 2 || x.size(-1) != features) {
            throw new IllegalArgumentException(
                    this
                            + ": input of shape "
                            + x.shape()
                            + " must be [n, .., "
                            + features
                            + "]"
                            + (x.ndim() == 1 && x.size(0) == features
                                    ? "; unsqueeze(0) makes it a batch of one"
                                    : ""));
        }
        return switch (Mode.current()) {
            case TRAIN -> train(x);
            case EVAL -> normalise(x, runningMean.value(), runningVar.value());
        };
    }

    private Tensor train(Tensor x) {
        int n = x.size() / features;
        if (n < 2) {
            throw new IllegalArgumentException(
                    this
                            + ": training needs at least two values a feature, and an input of"
                            + " shape "
                            + x.shape()
                            + " has "
                            + n
                            + "; use a larger batch, or no tape or Tape.start(Mode.EVAL) for the"
                            + " running statistics");
        }
        int[] axes = IntStream.range(0, x.ndim() - 1).toArray();
        Tensor mean = x.mean(axes);
        Tensor variance = Tensor.sum("variance", SQUARED_DEVIATION, axes, false, x, mean).div(n);
        move(runningMean, mean.detach());
        move(runningVar, variance.detach().mul(n / (n - 1.0)));
        return normalise(x, mean, variance);
    }

    private void move(Slot running, Tensor batch) {
        Tensor value = running.value();
        running.set(value.mul(1 - momentum).add(batch.mul(momentum).to(value.dtype())));
    }

    private Tensor normalise(Tensor x, Tensor mean, Tensor variance) {
        return Tensor.map("batchNorm", normalise, x, mean, variance, weight.value(), bias.value());
    }

    @Override
    public String toString() {
        return "BatchNorm(" + features + ")";
    }
}
