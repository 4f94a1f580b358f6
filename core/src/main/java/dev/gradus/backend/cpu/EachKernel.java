package dev.gradus.backend.cpu;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Program;

import java.util.Arrays;

/**
 * One element-wise program for several groups of views, such as an optimizer's step for all
 * parameters: their pieces are one job for the threads, the small ones as they are and the large
 * ones cut.
 */
final class EachKernel {
    private EachKernel() {}

    static boolean run(Fused.MapEach fused, View[] in, View[] out) {
        Program program = fused.program();
        int inputs = program.inputs();
        int outputs = program.outputs();
        int total = smallTotal(out, outputs);
        if (total > 0 && FloatMap.areContiguous(in) && FloatMap.areContiguous(out)) {
            runTogether(fused, in, out, total);
            return true;
        }
        FloatMap[] maps = new FloatMap[fused.groups()];
        int count = 0;
        for (int g = 0; g < maps.length; g++) {
            View[] from = Arrays.copyOfRange(in, g * inputs, (g + 1) * inputs);
            View[] to = Arrays.copyOfRange(out, g * outputs, (g + 1) * outputs);
            if (to[0].shape().size() > 0) {
                maps[count++] = new FloatMap(program, from, fused.scalars(), to);
            }
        }
        FloatMap.run(Arrays.copyOf(maps, count));
        return true;
    }

    /** The elements of all groups, if they are so few that they fit one block; else 0. */
    private static int smallTotal(View[] out, int outputs) {
        int total = 0;
        for (int i = 0; i < out.length && total <= FloatKernel.BLOCK; i += outputs) {
            total += out[i].shape().size();
        }
        return total <= FloatKernel.BLOCK ? total : 0;
    }

    /** Small groups one behind the other: one call instead of one for each. */
    private static void runTogether(Fused.MapEach fused, View[] in, View[] out, int total) {
        Program program = fused.program();
        float[][] from = arrays(program.inputs(), total);
        float[][] to = arrays(program.outputs(), total);
        copy(in, from, false);
        int[] starts = new int[Math.max(from.length, to.length)];
        FloatKernel.of(program).run(from, starts, 0, fused.scalars(), to, starts, total);
        copy(out, to, true);
    }

    /** As {@code new float[count][size]}, which is a call into the JVM. */
    private static float[][] arrays(int count, int size) {
        float[][] arrays = new float[count][];
        for (int i = 0; i < count; i++) {
            arrays[i] = new float[size];
        }
        return arrays;
    }

    /** View i of each group to or from array i. */
    private static void copy(View[] views, float[][] arrays, boolean toViews) {
        int at = 0;
        for (int g = 0; g < views.length; g += arrays.length) {
            int size = views[g].shape().size();
            for (int i = 0; i < arrays.length; i++) {
                float[] array = HostBuffer.floats(views[g + i]);
                int start = views[g + i].layout().offset();
                if (toViews) {
                    System.arraycopy(arrays[i], at, array, start, size);
                } else {
                    System.arraycopy(array, start, arrays[i], at, size);
                }
            }
            at += size;
        }
    }
}
