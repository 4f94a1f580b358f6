package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Program;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import java.util.Arrays;
import java.util.function.IntFunction;
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
        Tensor[][] renewed =
                updateEach(
                        program,
                        new Tensor[][] {targets},
                        new Tensor[][] {inputs},
                        scalars,
                        group -> because.get());
        return renewed[0];
    }

    /**
     * {@link #update} for several groups of tensors, as one call where the backend has one for it:
     * each group has a shape of its own; the dtype and the backend are the same for all. All inputs
     * are read as they were before.
     *
     * @param because the reason for group i
     * @return the targets again, as fresh handles
     */
    public static Tensor[][] updateEach(
            Program program,
            Tensor[][] targets,
            Tensor[][] inputs,
            double[] scalars,
            IntFunction<String> because) {
        Tensor first = targets[0][0];
        int groups = targets.length;
        int outputs = targets[0].length;
        int width = outputs + inputs[0].length;
        View[] in = new View[groups * width];
        View[] out = new View[groups * outputs];
        for (int g = 0; g < groups; g++) {
            Shape shape = targets[g][0].shape();
            for (int i = 0; i < width; i++) {
                Tensor t = i < outputs ? targets[g][i] : inputs[g][i - outputs];
                check(t, shape, first);
                in[g * width + i] = t.view();
            }
            System.arraycopy(in, g * width, out, g * outputs, outputs);
        }
        for (int at = 0; at < in.length; at++) {
            if (at % width >= outputs && isWritten(in[at].buffer(), out)) {
                // It lies in a target, perhaps in another order: what is read must be old.
                in[at] = copy(first.backend(), in[at]);
            }
        }
        run(first.backend(), program, groups, in, scalars, out);
        // Only now: where there is no memory, or the kernel fails, nothing has changed.
        Tensor[][] renewed = new Tensor[groups][];
        for (int g = 0; g < groups; g++) {
            int group = g;
            renewed[g] = new Tensor[outputs];
            for (int i = 0; i < outputs; i++) {
                out[g * outputs + i].buffer().invalidate(() -> because.apply(group));
                renewed[g][i] = targets[g][i].renewed();
            }
        }
        return renewed;
    }

    private static boolean isWritten(Buffer buffer, View... targets) {
        for (View target : targets) {
            if (target.buffer() == buffer) {
                return true;
            }
        }
        return false;
    }

    private static void check(Tensor t, Shape shape, Tensor first) {
        if (!t.shape().equals(shape)
                || t.dtype() != first.dtype()
                || t.backend() != first.backend()) {
            throw new IllegalArgumentException(
                    "update: "
                            + t.dtype()
                            + " of shape "
                            + t.shape()
                            + " on "
                            + t.backend().name()
                            + " does not fit the target, "
                            + first.dtype()
                            + " of shape "
                            + shape
                            + " on "
                            + first.backend().name());
        }
    }

    private static View copy(Backend backend, View in) {
        Layout dense = Layout.contiguous(in.shape());
        View out = new View(backend.allocate(in.dtype(), in.shape().size()), dense);
        backend.copy(in, out);
        return out;
    }

    private static void run(
            Backend backend, Program program, int groups, View[] in, double[] scalars, View[] out) {
        int width = in.length / groups;
        int outputs = out.length / groups;
        // A backend's kernel for several groups wants just the inputs that the program reads.
        if (groups > 1
                && width == program.inputs()
                && backend.run(new Fused.MapEach(program, groups, scalars), in, out)) {
            return;
        }
        for (int g = 0; g < groups; g++) {
            View[] read = Arrays.copyOfRange(in, g * width, (g + 1) * width);
            View[] written = Arrays.copyOfRange(out, g * outputs, (g + 1) * outputs);
            backend.map(program, read, scalars, written);
        }
    }
}
