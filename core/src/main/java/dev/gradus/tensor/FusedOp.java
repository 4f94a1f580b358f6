package dev.gradus.tensor;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

/**
 * An operation that a backend may perform as one kernel. It says three things: the kernel, what the
 * kernel computes as tensor operations ({@link #composed}, the specification, and what happens
 * where there is no kernel), and its gradient. Performed by {@link Op#applyFused}.
 *
 * <p>The gradient may use the extras as if they were constants: it is never differentiated again,
 * since {@link #composed} is recorded where that may happen.
 */
interface FusedOp extends Op {
    /** What the backend is offered. */
    Fused kernel();

    /** The inputs as the kernel reads them. */
    View[] views(Tensor... x);

    /** Room for the result and, if the tape wants them, the extras; of arbitrary contents. */
    Tensor[] results(boolean extras, Tensor... x);

    /** The result by other operations. */
    Tensor composed(Tensor... x);

    @Override
    default Tensor forward(Tensor... x) {
        Tensor[] results = run(false, x);
        return results == null ? composed(x) : results[0];
    }

    /** The result and the extras, by the kernel; null if the backend declines. */
    default Tensor @Nullable [] run(boolean extras, Tensor... x) {
        Tensor[] results = results(extras, x);
        return offer(kernel(), views(x), results) ? results : null;
    }

    /** Whether the backend has computed the results; if not, their memory is given back. */
    static boolean offer(Fused kernel, View[] in, Tensor... results) {
        View[] out = new View[results.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = results[i].view();
        }
        if (results[0].backend().run(kernel, in, out)) {
            return true;
        }
        for (View v : out) {
            results[0].backend().release(v.buffer());
        }
        return false;
    }

    /** A view stretched to a shape that it broadcasts to. */
    static View stretched(Tensor t, Shape shape) {
        View v = t.view();
        return v.shape().equals(shape) ? v : v.with(v.layout().expand(shape));
    }
}
