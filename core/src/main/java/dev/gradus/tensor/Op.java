package dev.gradus.tensor;

import dev.gradus.expr.Expr;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;

/**
 * A differentiable operation on tensors: one small record that holds its parameters, and its
 * forward and backward pass side by side.
 *
 * <p>{@link #apply} is the one way an operation is performed. It computes, then tells this thread's
 * open tape, if there is one; so neither a tensor nor an operation knows about tapes.
 */
public interface Op {
    /** What error messages call it. */
    default String name() {
        return getClass().getSimpleName();
    }

    /** The result. Tensor operations used inside are not recorded. */
    Tensor forward(Tensor... x);

    /**
     * The vector-Jacobian product: for each input that {@link Saved#needs needs} one, its
     * cotangent, of that input's shape; null for no dependence. Written in tensor operations, so it
     * can itself be recorded and differentiated.
     *
     * @param saved the inputs and the result of the forward pass
     * @param g the cotangent of the result, of its shape
     */
    @Nullable Tensor[] vjp(Saved saved, Tensor g);

    /** What the forward pass left for the backward pass. */
    interface Saved {
        /** Input i. */
        Tensor input(int i);

        /** The result. */
        Tensor result();

        /** What else a {@link FusedOp} computed for its backward pass. */
        Tensor extra(int i);

        /** The number of inputs. */
        int inputs();

        /** Whether anybody asks for the gradient of input i. */
        boolean needs(int i);
    }

    /**
     * Performs an operation and tells this thread's tape.
     *
     * @throws IllegalStateException if an input is stale, or belongs to a tape that is not current
     *     in this thread
     */
    static Tensor apply(Op op, Tensor... x) {
        Recorder recorder = Recorder.current();
        check(op, recorder, x);
        if (recorder == null || recorder.isPaused) {
            return forward(op, x);
        }
        Tensor result;
        recorder.isPaused = true;
        try {
            result = forward(op, x);
        } finally {
            recorder.isPaused = false;
        }
        recorder.record(op, x, result);
        return result;
    }

    /** An input that is passed on becomes a tensor of its own: a tape tells them apart. */
    private static Tensor forward(Op op, Tensor... x) {
        Tensor result =
                Objects.requireNonNull(op.forward(x), () -> op.name() + ": forward gave null");
        for (Tensor t : x) {
            if (t == result) {
                return result.detach();
            }
        }
        return result;
    }

    /** Throws unless the inputs are usable here and together. */
    private static void check(Op op, @Nullable Recorder recorder, Tensor... x) {
        for (Tensor t : x) {
            Objects.requireNonNull(t, () -> op.name() + ": a tensor is null");
            t.check(op.name(), recorder);
            if (t.backend() != x[0].backend()) {
                throw new IllegalArgumentException(
                        op.name()
                                + ": the tensors are on "
                                + x[0].backend().name()
                                + " and on "
                                + t.backend().name()
                                + "; move one with to(\"…\")");
            }
        }
    }

    /**
     * Performs an operation as one kernel and tells this thread's tape; as its parts, where the
     * backend declines, and where the tape may differentiate more than once.
     *
     * @throws IllegalStateException as {@link #apply}
     */
    static Tensor applyFused(FusedOp op, Tensor... x) {
        Recorder recorder = Recorder.current();
        check(op, recorder, x);
        if (recorder != null && recorder.isNested()) {
            return op.composed(x);
        }
        Recorder told = recorder == null || recorder.isPaused ? null : recorder;
        Tensor[] results = op.run(told != null, x);
        if (results == null) {
            return op.composed(x);
        }
        if (told != null) {
            told.record(op, x, results[0], Arrays.copyOfRange(results, 1, results.length));
        }
        return results[0];
    }

    /**
     * An element-wise expression of several groups of tensors, such as the clipping of all
     * gradients: as one call where the backend has one for it, else one after the other; this
     * thread's tape is told of each.
     *
     * @param name what error messages call it
     * @param expr over the tensors of a group, without run-time scalars
     * @return the result of each group
     * @throws IllegalStateException as {@link #apply}
     */
    static Tensor[] mapEach(String name, Expr expr, Tensor[]... groups) {
        Recorder recorder = Recorder.current();
        var op = new Elementwise(name, expr);
        for (Tensor[] group : groups) {
            check(op, recorder, group);
        }
        Tensor[] results = op.each(groups);
        if (results == null) {
            return Arrays.stream(groups).map(group -> apply(op, group)).toArray(Tensor[]::new);
        }
        if (recorder != null && !recorder.isPaused) {
            for (int g = 0; g < groups.length; g++) {
                recorder.record(op, groups[g], results[g]);
            }
        }
        return results;
    }
}
