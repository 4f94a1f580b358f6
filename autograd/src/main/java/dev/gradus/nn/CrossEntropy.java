package dev.gradus.nn;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** The checks, weights and reductions of the losses of classes, which are losses of rows. */
record CrossEntropy(
        String name,
        @Nullable Tensor classWeights,
        double smoothing,
        int ignoreIndex,
        Losses.Reduction reduction) {

    /** {@link Losses#crossEntropy(Tensor, Tensor, Tensor, double, int, Losses.Reduction)}. */
    Tensor ofLogits(Tensor logits, Tensor target) {
        boolean classes = target.dtype() == DType.INT32;
        if (logits.ndim() == 0 || !target.shape().equals(classes ? rows(logits) : logits.shape())) {
            throw new IllegalArgumentException(
                    explain(
                            "logits",
                            logits,
                            target,
                            " must be [.., c] and either INT32 classes, [..], or probabilities,"
                                    + " [.., c]"));
        }
        checkRows(logits, "logits");
        return classes ? ofClasses(logits, target) : ofProbabilities(logits, target);
    }

    private Tensor ofClasses(Tensor logits, Tensor target) {
        Labels labels = Labels.of(name, target, logits.size(-1), ignoreIndex);
        if (classWeights == null) {
            Tensor loss = Functional.crossEntropy(logits, labels.orNegative(), smoothing);
            return reduce(loss, labels, null);
        }
        Tensor weights = labels.pick(classWeights);
        Tensor loss = Functional.crossEntropy(logits, labels.orNegative(), 0).mul(weights);
        if (smoothing > 0) {
            // The share of every class has that class's weight, not the one of the row's label.
            Tensor each = classWeights.mul(smoothing / logits.size(-1)).expand(logits.shape());
            Tensor smooth = labels.zeroIgnored(Functional.softCrossEntropy(logits, each, 0));
            loss = loss.mul(1 - smoothing).add(smooth);
        }
        return reduce(loss, labels, weights);
    }

    private Tensor ofProbabilities(Tensor logits, Tensor target) {
        Tensor loss;
        if (classWeights == null) {
            loss = Functional.softCrossEntropy(logits, target, smoothing);
        } else {
            Tensor smooth = target.mul(1 - smoothing).add(smoothing / logits.size(-1));
            loss = Functional.softCrossEntropy(logits, smooth.mul(classWeights), 0);
        }
        return switch (reduction) {
            case NONE -> loss;
            case SUM -> loss.sum();
            case MEAN -> loss.mean();
        };
    }

    /** {@link Losses#nll(Tensor, Tensor, Tensor, int, Losses.Reduction)}. */
    Tensor ofLogProbabilities(Tensor x, Tensor target) {
        if (x.ndim() == 0 || target.dtype() != DType.INT32 || !target.shape().equals(rows(x))) {
            throw new IllegalArgumentException(
                    explain(
                            "log-probabilities",
                            x,
                            target,
                            " must be [.., c] and, of INT32, [..]"));
        }
        checkRows(x, "log-probabilities");
        Labels labels = Labels.of(name, target, x.size(-1), ignoreIndex);
        Tensor loss = labels.zeroIgnored(labels.pickFromRows(x).neg());
        Tensor weights = classWeights == null ? null : labels.pick(classWeights);
        return reduce(weights == null ? loss : loss.mul(weights), labels, weights);
    }

    private Tensor reduce(Tensor loss, Labels labels, @Nullable Tensor weights) {
        return switch (reduction) {
            case NONE -> loss;
            case SUM -> loss.sum();
            case MEAN -> {
                if (labels.count() == 0) {
                    throw new IllegalArgumentException(
                            name
                                    + ": all "
                                    + loss.size()
                                    + " labels are "
                                    + ignoreIndex
                                    + ", which is ignored: there is nothing to take a mean of");
                }
                yield weights == null
                        ? loss.sum().div(labels.count())
                        : loss.sum().div(weights.sum());
            }
        };
    }

    private void checkRows(Tensor x, String what) {
        if (!(smoothing >= 0 && smoothing <= 1)) {
            throw new IllegalArgumentException(
                    name + ": the label smoothing must be in 0 … 1, not " + smoothing);
        }
        if (x.size() == 0 && reduction == Losses.Reduction.MEAN) {
            throw new IllegalArgumentException(
                    name
                            + ": "
                            + what
                            + " of shape "
                            + x.shape()
                            + " have no rows to take a mean of");
        }
        if (classWeights != null && !classWeights.shape().equals(Shape.of(x.size(-1)))) {
            throw new IllegalArgumentException(
                    name
                            + ": class weights of shape "
                            + classWeights.shape()
                            + " must be ["
                            + x.size(-1)
                            + "], one a class, for "
                            + what
                            + " of shape "
                            + x.shape()
                            + "; weights of rows multiply the losses of Reduction.NONE");
        }
    }

    private static Shape rows(Tensor logits) {
        return Shape.of(Arrays.copyOf(logits.shape().toArray(), logits.ndim() - 1));
    }

    private String explain(String what, Tensor x, Tensor target, String needed) {
        String hint = "";
        boolean probabilities = x.ndim() > 0 && target.shape().equals(x.shape());
        boolean oneARow = x.ndim() > 0 && target.size() == rows(x).size();
        if (x.ndim() > 0 && target.shape().equals(rows(x))) {
            hint = "; are these classes? target.to(DType.INT32) makes them so";
        } else if (probabilities && name.equals("nll")) {
            hint = "; are these probabilities? klDiv and crossEntropy take such targets";
        } else if (probabilities) {
            hint = "; are these probabilities? target.to(DType.FLOAT32) makes them so";
        } else if (oneARow && target.ndim() > 1 && target.size(-1) == 1) {
            hint =
                    "; one class a row is target.squeeze(-1)"
                            + (target.dtype() == DType.INT32 ? "" : ".to(DType.INT32)");
        } else if (x.ndim() == 2 && target.ndim() == 1) {
            hint = "; there are " + x.size(0) + " rows and " + target.size() + " labels";
        } else if (x.ndim() > 2) {
            hint = "; the classes are " + what + "' last axis, not, as in PyTorch, axis 1";
        }
        return name
                + ": "
                + what
                + " of shape "
                + x.shape()
                + " and a target of "
                + target.dtype()
                + " and shape "
                + target.shape()
                + needed
                + hint;
    }
}
