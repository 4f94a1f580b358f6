package dev.gradus.nn;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import java.util.Arrays;

/** The checks and the mean of {@link Losses#crossEntropy(Tensor, Tensor, double, int)}. */
final class CrossEntropy {
    private CrossEntropy() {}

    static Tensor loss(Tensor logits, Tensor target, double smoothing, int ignoreIndex) {
        boolean classes = target.dtype() == DType.INT32;
        if (logits.ndim() == 0 || !target.shape().equals(classes ? rows(logits) : logits.shape())) {
            throw new IllegalArgumentException(explain(logits, target));
        }
        if (logits.size() == 0) {
            throw new IllegalArgumentException(
                    "crossEntropy: logits of shape "
                            + logits.shape()
                            + " have no rows to take a mean of");
        }
        if (classes) {
            return ofClasses(logits, target, smoothing, ignoreIndex);
        }
        return Functional.softCrossEntropy(logits, target, smoothing).mean();
    }

    private static Tensor ofClasses(
            Tensor logits, Tensor target, double smoothing, int ignoreIndex) {
        int c = logits.size(-1);
        int[] labels = target.toIntArray();
        int count = 0;
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == ignoreIndex) {
                labels[i] = -1;
            } else if (labels[i] >= 0 && labels[i] < c) {
                count++;
            } else {
                throw new IndexOutOfBoundsException(
                        "crossEntropy: label "
                                + labels[i]
                                + " at "
                                + Arrays.toString(target.shape().indexOf(i))
                                + " is not one of the "
                                + c
                                + " classes 0 … "
                                + (c - 1)
                                + ", nor "
                                + ignoreIndex
                                + ", which is ignored"
                                + (labels[i] == c ? "; classes count from 0" : ""));
            }
        }
        if (count == 0) {
            throw new IllegalArgumentException(
                    "crossEntropy: all "
                            + labels.length
                            + " labels are "
                            + ignoreIndex
                            + ", which is ignored: there is nothing to take a mean of");
        }
        // Negative classes give 0; an ignored number that is not negative has to become one.
        Tensor counted =
                count == labels.length || ignoreIndex < 0
                        ? target
                        : Tensor.of(labels).reshape(target.shape()).to(target.backend());
        return Functional.crossEntropy(logits, counted, smoothing).sum().div(count);
    }

    private static Shape rows(Tensor logits) {
        return Shape.of(Arrays.copyOf(logits.shape().toArray(), logits.ndim() - 1));
    }

    private static String explain(Tensor logits, Tensor target) {
        String hint = "";
        boolean oneARow = logits.ndim() > 0 && target.size() == rows(logits).size();
        if (logits.ndim() > 0 && target.shape().equals(rows(logits))) {
            hint = "; are these classes? target.to(DType.INT32) makes them so";
        } else if (logits.ndim() > 0 && target.shape().equals(logits.shape())) {
            hint = "; are these probabilities? target.to(DType.FLOAT32) makes them so";
        } else if (oneARow && target.ndim() > 1 && target.size(-1) == 1) {
            hint =
                    "; one class a row is target.squeeze(-1)"
                            + (target.dtype() == DType.INT32 ? "" : ".to(DType.INT32)");
        } else if (logits.ndim() == 2 && target.ndim() == 1) {
            hint = "; there are " + logits.size(0) + " rows and " + target.size() + " labels";
        } else if (logits.ndim() > 2) {
            hint = "; the classes are logits' last axis, not, as in PyTorch, axis 1";
        }
        return "crossEntropy: logits of shape "
                + logits.shape()
                + " and a target of "
                + target.dtype()
                + " and shape "
                + target.shape()
                + " must be [.., c] and either INT32 classes, [..], or probabilities, [.., c]"
                + hint;
    }
}
