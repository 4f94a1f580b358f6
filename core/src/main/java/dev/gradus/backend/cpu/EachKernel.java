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
}
