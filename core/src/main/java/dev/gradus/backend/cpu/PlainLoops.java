package dev.gradus.backend.cpu;

import dev.gradus.backend.View;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import java.util.Arrays;

/** FLOAT64 and INT32, element by element in double, which holds either exactly. */
final class PlainLoops {
    private PlainLoops() {}

    static void map(Program program, View[] in, double[] scalars, View[] out) {
        DType dtype = out[0].dtype();
        double[] values = program.values(scalars, dtype);
        for (int i = 0; i < out[0].shape().size(); i++) {
            load(program, in, i, values);
            program.run(values, dtype);
            for (int k = 0; k < out.length; k++) {
                HostBuffer.set(
                        HostBuffer.array(out[k]),
                        out[k].layout().positionOf(i),
                        values[program.output(k)]);
            }
        }
    }

    private static void load(Program program, View[] in, int flat, double[] values) {
        for (int k = 0; k < program.inputs(); k++) {
            values[k] = HostBuffer.get(HostBuffer.array(in[k]), in[k].layout().positionOf(flat));
        }
    }

    static void reduce(
            Reduction reduction, Program program, View[] in, double[] scalars, View out) {
        DType dtype = out.dtype();
        Shape full = in.length == 0 ? out.shape() : in[0].shape();
        Layout target = Layout.contiguous(out.shape()).expand(full);
        double[] results = new double[out.shape().size()];
        Arrays.fill(results, dtype.round(reduction.start()));
        double[] values = program.values(scalars, dtype);
        for (int i = 0; i < full.size(); i++) {
            load(program, in, i, values);
            program.run(values, dtype);
            int k = target.positionOf(i);
            double value = values[program.output(0)];
            results[k] =
                    dtype == DType.INT32
                            ? reduction.fn().applyInt((int) results[k], (int) value, 0)
                            : reduction.fn().apply(results[k], value, 0);
        }
        for (int k = 0; k < results.length; k++) {
            HostBuffer.set(HostBuffer.array(out), out.layout().positionOf(k), results[k]);
        }
    }

    static void matmul(View a, View b, View out) {
        int m = out.shape().dim(-2);
        int n = out.shape().dim(-1);
        int k = a.shape().dim(-1);
        Object x = HostBuffer.array(a);
        Object y = HostBuffer.array(b);
        for (int at = 0; at < out.shape().size(); at++) {
            int batch = at / (m * n);
            int row = at / n % m;
            double sum = 0;
            for (int p = 0; p < k; p++) {
                int ai = a.layout().positionOf((batch * m + row) * k + p);
                int bi = b.layout().positionOf((batch * k + p) * n + at % n);
                sum += HostBuffer.get(x, ai) * HostBuffer.get(y, bi);
            }
            HostBuffer.set(HostBuffer.array(out), out.layout().positionOf(at), sum);
        }
    }
}
