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

    private LinearGradientKernel() {}

    static boolean run(Gemm gemm, Fused.LinearGradient fused, View[] in, View[] out) {
        Program program = fused.cotangent();
        Shape shape = Shape.of(in[0].shape().dim(0), in[1].shape().dim(1));
        if (shape.size() == 0 || in[0].shape().dim(1) == 0) {
            return false;
        }
        View h = in[2];
        if (program != null) {
            float[] array = BufferPool.take(shape.size());
            var buffer = new HostBuffer(DType.FLOAT32, array.length, array);
            h = new View(buffer, Layout.contiguous(shape));
            View[] from = new View[in.length - 2];
            System.arraycopy(in, 2, from, 0, from.length);
            FloatMap.run(new FloatMap(program, from, NO_SCALARS, new View[] {h}));
        }
        int next = 0;
        if (fused.ofX()) {
            Matmul.run(gemm, h, transposed(in[1]), out[next++]);
        }
        if (fused.ofW()) {
            Matmul.run(gemm, transposed(in[0]), h, out[next++]);
        }
        if (fused.ofB()) {
            View sum = out[next];
            Layout row = sum.layout().expand(Shape.of(1, shape.dim(1)));
            new FloatReducer(Reduction.SUM, IDENTITY, NO_SCALARS)
                    .run(new View[] {h}, sum.with(row));
        }
        if (program != null) {
            BufferPool.give(HostBuffer.floats(h));
        }
        return true;
    }

    private static View transposed(View matrix) {
        return matrix.with(matrix.layout().permute(1, 0));
    }
}
