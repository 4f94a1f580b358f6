package dev.gradus.autograd;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * Finds the operation in which a number became NaN or infinite: {@link Tape#detectAnomalies}. NaN
 * is reported wherever it appears first; infinity only where no input was infinite before, since
 * some programs use it on purpose, as in a mask.
 */
final class Anomaly {
    private Anomaly() {}

    /** Fails if a result is not finite. */
    static void checkResult(Op op, @Nullable CallSite line, Tensor[] inputs, Tensor result) {
        double[] values = result.toArray();
        int at = firstBad(values, Arrays.stream(inputs).anyMatch(Anomaly::hasInfinity));
        if (at < 0) {
            return;
        }
        var text = new StringBuilder();
        text.append(op.name()).append(at(line)).append(" gave ");
        describe(text, values, at, result.shape());
        for (int i = 0; i < inputs.length; i++) {
            text.append("; input ").append(i).append(" of shape ").append(inputs[i].shape());
            describe(text, inputs[i].toArray(), inputs[i].shape());
        }
        throw new ArithmeticException(text.toString());
    }

    /** Fails if a cotangent is not finite that an operation made from another. */
    static void checkGradient(Node node, Op op, int input, Tensor g, Tensor grad) {
        double[] values = grad.toArray();
        int at = firstBad(values, hasInfinity(g));
        if (at < 0) {
            return;
        }
        var text = new StringBuilder();
        text.append("the gradient of ").append(op.name()).append(at(node.line));
        text.append(" by its input ").append(input).append(" became ");
        describe(text, values, at, grad.shape());
        text.append("; that input");
        describe(text, node.input(input).toArray(), grad.shape());
        text.append("; the cotangent that arrived");
        describe(text, g.toArray(), g.shape());
        throw new ArithmeticException(text.toString());
    }

    /** Fails if cotangents that were finite add up to one that is not. */
    static void checkSum(Node node, Tensor before, Tensor grad, Tensor sum) {
        double[] values = sum.toArray();
        int at = firstBad(values, hasInfinity(before) || hasInfinity(grad));
        if (at < 0) {
            return;
        }
        var text = new StringBuilder("the gradient by ");
        if (node.op == null) {
            text.append(node.parameter == null ? "a watched tensor" : node.parameter.name());
        } else {
            text.append("the result of ").append(node.op.name()).append(at(node.line));
        }
        text.append(", a sum over its uses, became ");
        describe(text, values, at, sum.shape());
        throw new ArithmeticException(text.toString());
    }

    private static String at(@Nullable CallSite line) {
        return line == null ? "" : " at " + line;
    }

    private static boolean hasInfinity(Tensor t) {
        return t.dtype().isFloating() && Arrays.stream(t.toArray()).anyMatch(Double::isInfinite);
    }

    private static int firstBad(double[] values, boolean infinityIsKnown) {
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i]) || (Double.isInfinite(values[i]) && !infinityIsKnown)) {
                return i;
            }
        }
        return -1;
    }

    /** As {@code NaN at [0, 3] of shape [4, 8], 2 of 32 elements not finite}. */
    private static void describe(StringBuilder text, double[] values, int at, Shape shape) {
        long bad = Arrays.stream(values).filter(v -> !Double.isFinite(v)).count();
        text.append(values[at]).append(" at ").append(Arrays.toString(shape.indexOf(at)));
        text.append(" of shape ").append(shape).append(", ").append(bad).append(" of ");
        text.append(values.length).append(" elements not finite");
    }

    /** As {@code lies in -1.0 … 2.5} or {@code has NaN already, at [0, 3]}. */
    private static void describe(StringBuilder text, double[] values, Shape shape) {
        int bad = firstBad(values, false);
        if (bad >= 0) {
            text.append(" has ").append(values[bad]).append(" already, at ");
            text.append(Arrays.toString(shape.indexOf(bad)));
        } else if (values.length > 0) {
            text.append(" lies in ").append(Arrays.stream(values).min().getAsDouble());
            text.append(" … ").append(Arrays.stream(values).max().getAsDouble());
        }
    }
}
