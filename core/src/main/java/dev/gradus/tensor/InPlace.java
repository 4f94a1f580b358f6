package dev.gradus.tensor;

import dev.gradus.backend.View;
import dev.gradus.expr.Program;

import java.util.function.Supplier;

/**
 * The one place where memory is written after a tensor saw it: an optimizer's update of parameters
 * and moments, as one kernel. Every tensor that saw the old contents becomes stale and says why.
 */
public final class InPlace {
    private InPlace() {}

    /**
     * Overwrites {@code targets[k]} with output k of a program over (targets…, inputs…), all of one
     * shape, dtype and backend. The targets must be contiguous and each have a buffer of its own.
     *
     * @param because why older handles are stale, such as "was updated by Adam.step"; asked only
     *     for a message
     * @return the targets again, as fresh handles
     */
    public static Tensor[] update(
            Program program,
            Tensor[] targets,
            Tensor[] inputs,
            double[] scalars,
            Supplier<String> because) {
        View[] in = new View[targets.length + inputs.length];
        View[] out = new View[targets.length];
        for (int i = 0; i < in.length; i++) {
            Tensor t = i < targets.length ? targets[i] : inputs[i - targets.length];
            if (!t.shape().equals(targets[0].shape())
                    || t.dtype() != targets[0].dtype()
                    || t.backend() != targets[0].backend()) {
                throw new IllegalArgumentException(
                        "update: "
                                + t.dtype()
                                + " of shape "
                                + t.shape()
                                + " on "
                                + t.backend().name()
                                + " does not fit the target, "
                                + targets[0].dtype()
                                + " of shape "
                                + targets[0].shape()
                                + " on "
                                + targets[0].backend().name());
            }
            in[i] = i < targets.length ? t.view() : withoutOverlap(t, targets).view();
            if (i < targets.length) {
                out[i] = in[i];
            }
        }
        targets[0].backend().map(program, in, scalars, out);
        Tensor[] renewed = new Tensor[targets.length];
        for (int i = 0; i < targets.length; i++) {
            out[i].buffer().invalidate(because);
            renewed[i] = targets[i].renewed();
        }
        return renewed;
    }

    /**
     * A copy of an input that sees a target's memory in another order: it would read what is new.
     */
    private static Tensor withoutOverlap(Tensor input, Tensor... targets) {
        for (Tensor t : targets) {
            boolean same = input.view().buffer() == t.view().buffer();
            if (same && !(input.layout().isContiguous() && input.layout().offset() == 0)) {
                return input.copy();
            }
        }
        return input;
    }
}
