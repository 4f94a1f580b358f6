package dev.gradus.nn;

import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * A loss of each element, as an expression of the prediction, the target and perhaps one more
 * tensor; then a weight, and what becomes of them all.
 */
record ElementLoss(String name, Expr expr, @Nullable Tensor weight, Losses.Reduction reduction) {

    /** A number is an input: the expression stays the same whatever it is. */
    Tensor of(Tensor prediction, Tensor target, double number) {
        DType dtype = prediction.dtype().isFloating() ? prediction.dtype() : DType.FLOAT32;
        Tensor scalar = Tensor.of(new double[] {number}, dtype).reshape(Shape.SCALAR);
        return of(prediction, target, scalar.to(prediction.backend()));
    }

    /** The first two have the same shape, and the others broadcast to it. */
    Tensor of(Tensor... inputs) {
        Tensor prediction = inputs[0];
        checkShapes(prediction, inputs[1]);
        Expr weighted = expr;
        Tensor[] in = inputs.clone();
        if (weight != null) {
            weighted = expr.mul(Expr.in(in.length));
            in = Arrays.copyOf(in, in.length + 1);
            in[in.length - 1] = weight;
        }
        for (int i = 0; i < in.length; i++) {
            // A sum of squares of ints could overflow.
            in[i] = in[i].dtype().isFloating() ? in[i] : in[i].to(DType.FLOAT32);
            if (!in[i].shape().broadcastsTo(prediction.shape())) {
                throw new IllegalArgumentException(
                        name
                                + ": a weight of shape "
                                + in[i].shape()
                                + " does not broadcast to the prediction's, "
                                + prediction.shape());
            }
        }
        return switch (reduction) {
            case NONE -> Tensor.map(name, weighted, in);
            case SUM -> Tensor.sum(name, weighted, new int[0], false, in);
            case MEAN -> Tensor.mean(name, weighted, new int[0], false, in);
        };
    }

    private void checkShapes(Tensor prediction, Tensor target) {
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
        if (prediction.size() == 0 && reduction == Losses.Reduction.MEAN) {
            throw new IllegalArgumentException(
                    name + ": shape " + prediction.shape() + " has no elements to take a mean of");
        }
    }

    static void require(String what, double value, boolean inRange, String range) {
        if (!Double.isFinite(value) || !inRange) {
            throw new IllegalArgumentException(
                    what + " must be a finite number " + range + ", not " + value);
        }
    }
}
