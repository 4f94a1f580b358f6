package dev.gradus.backend.cpu;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

/**
 * The gradient of a linear layer: one kernel after the other, the same and with the same bits as if
 * each were an operation of its own. A small layer spends its time between operations.
 */
final class LinearGradientKernel {
    private static final Program IDENTITY = Expr.in(0).program();
    private static final double[] NO_SCALARS = {};

    /** So few elements are summed in a plain loop. */
    private static final int SMALL = 256;

    private LinearGradientKernel() {}

    static boolean run(Gemm gemm, Fused.LinearGradient fused, View[] in, View[] out) {
        Program program = fused.cotangent();
        View h = in[2];
        int m = h.shape().dim(0);
        int n = h.shape().dim(1);
        int k = in[0].shape().dim(1);
        if (m == 0 || n == 0 || k == 0) {
            return false;
        }
        if (program != null) {
            float[] array = BufferPool.take(m * n);
            var buffer = new HostBuffer(DType.FLOAT32, array.length, array);
            h = new View(buffer, Layout.contiguous(h.shape()));
            View[] from = new View[in.length - 2];
            System.arraycopy(in, 2, from, 0, from.length);
            FloatMap.run(program, from, NO_SCALARS, new View[] {h});
        }
        Gemm.Matrix cotangent = Matmul.matrix(h, 0);
        int next = 0;
        if (fused.ofX()) {
            Gemm.Matrix w = Matmul.matrix(in[1], 0).transposed();
            Matmul.run(gemm, m, k, n, cotangent, w, Matmul.matrix(out[next++], 0));
        }
        if (fused.ofW()) {
            Gemm.Matrix x = Matmul.matrix(in[0], 0).transposed();
            Matmul.run(gemm, k, n, m, x, cotangent, Matmul.matrix(out[next++], 0));
        }
        if (fused.ofB()) {
            sumRows(h, out[next]);
        }
        if (program != null) {
            BufferPool.give(HostBuffer.floats(h));
        }
        return true;
    }

    /** The sum of the rows, one after the other. */
    private static void sumRows(View h, View out) {
        int m = h.shape().dim(0);
        int n = h.shape().dim(1);
        if (m > FloatReducer.ROWS || m * n > SMALL || !h.layout().isContiguous()) {
            View row = out.with(out.layout().expand(Shape.of(1, n)));
            new FloatReducer(Reduction.SUM, IDENTITY, NO_SCALARS).run(new View[] {h}, row);
            return;
        }
        // What the reducer would do, without its preparations.
        float[] from = HostBuffer.floats(h);
        float[] sum = HostBuffer.floats(out);
        int start = out.layout().offset();
        int step = out.layout().stride(0);
        for (int j = 0; j < n; j++) {
            float total = 0;
            int at = h.layout().offset() + j;
            for (int i = 0; i < m; i++) {
                total += from[at];
                at += n;
            }
            sum[start + j * step] = total;
        }
    }
}
