package dev.gradus.cuda;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Program;
import dev.gradus.shape.DType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One program for several groups of tensors in as few launches as the arguments have room for. */
final class EachKernel {
    /** Elements that a thread of a large tensor computes. */
    private static final int PER_THREAD = 4;

    private final Map<DType, String> sources = new EnumMap<>(DType.class);
    private final Program program;

    /** How many groups one launch takes. */
    private final int groups;

    private EachKernel(Program program) {
        this.program = program;
        int operands = program.inputs() + 1 + program.outputs();
        int fixed = 8 * (program.scalars() + 1) + 32;
        int perGroup = 8 * operands + 4 * (program.inputs() + 1) + 8;
        groups = Math.max(1, (Arguments.MOST_BYTES - fixed) / perGroup);
    }

    /** One group: its tensors, all in one piece or of one element. */
    private record Group(View[] in, View[] out, Axes axes) {}

    private synchronized String source(DType dtype) {
        return sources.computeIfAbsent(
                dtype,
                d ->
                        CudaC.start(d)
                                + CudaC.sizes(
                                        program.inputs(), program.scalars(), program.outputs())
                                + "#define GROUPS "
                                + groups
                                + "\n"
                                + CudaC.evaluate(program, d)
                                + CudaC.resource("each.cu"));
    }

    /** As {@link dev.gradus.backend.Backend#run}. */
    static boolean run(Device device, Fused.MapEach fused, View[] in, View[] out) {
        EachKernel kernel = fused.program().compiled(EachKernel.class, EachKernel::new);
        List<Group> all = new ArrayList<>();
        for (int g = 0; g < fused.groups(); g++) {
            Group group = kernel.group(in, out, g);
            if (group == null) {
                return false;
            }
            if (group.out[0].shape().size() > 0) {
                all.add(group);
            }
        }
        for (int from = 0; from < all.size(); from += kernel.groups) {
            List<Group> some = all.subList(from, Math.min(all.size(), from + kernel.groups));
            kernel.launch(device, some, fused.scalars(), out[0].dtype());
        }
        return true;
    }

    private @Nullable Group group(View[] in, View[] out, int g) {
        int inputs = program.inputs();
        int outputs = program.outputs();
        View[] from = Arrays.copyOfRange(in, g * inputs, (g + 1) * inputs);
        View[] to = Arrays.copyOfRange(out, g * outputs, (g + 1) * outputs);
        Axes axes = Axes.of(to[0].shape(), from);
        for (int k = 0; k < inputs; k++) {
            if (!axes.isDense(k) && !axes.isSplat(k)) {
                return null;
            }
        }
        return new Group(from, to, axes);
    }

    private void launch(Device device, List<Group> some, double[] scalars, DType dtype) {
        int inputs = program.inputs();
        Arguments arguments = Arguments.start();
        for (int g = 0; g < groups; g++) {
            for (int k = 0; k <= inputs; k++) {
                boolean present = g < some.size() && k < inputs;
                arguments.add(present ? CudaBuffer.address(some.get(g).in[k]) : 0L);
            }
        }
        for (int g = 0; g < groups; g++) {
            for (int k = 0; k < program.outputs(); k++) {
                arguments.add(g < some.size() ? CudaBuffer.address(some.get(g).out[k]) : 0L);
            }
        }
        arguments.add(scalars, program.scalars());
        int[] first = new int[groups + 1];
        for (int g = 0; g < groups; g++) {
            int n = g < some.size() ? some.get(g).axes.count() : 0;
            arguments.add(n);
            first[g + 1] = first[g] + (n == 0 ? 0 : device.blocks(Math.ceilDiv(n, PER_THREAD)));
        }
        arguments.add(first, groups + 1);
        for (int g = 0; g < groups; g++) {
            for (int k = 0; k <= inputs; k++) {
                boolean moves = g < some.size() && k < inputs && !some.get(g).axes.isSplat(k);
                arguments.add(moves ? 1 : 0);
            }
        }
        arguments.add(some.size());
        device.launch(device.kernels().get(source(dtype), "map_each"), first[groups], 1, arguments);
    }
}
