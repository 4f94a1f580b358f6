package dev.gradus.backend.cpu;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;

import org.jspecify.annotations.Nullable;

/**
 * A linear layer: some rows of the product, then the bias and the activation on them while they are
 * in the cache. Each element is computed as by one operation after the other, so it has the same
 * bits.
 */
final class LinearKernel {
    /** Elements of the product that are computed before the bias is added: half the L2 cache. */
    private static final int BLOCK = 128 * 1024;

    /** Fewer rows than this at a time would not be worth the copy of W that a product may make. */
    private static final int FEWEST_ROWS = 256;

    /** Elements that the bias and the activation take at a time, which stay in the L1 cache. */
    private static final int STRIP = 2048;

    /** To add a bias to so few elements, a kernel's call costs more than a plain loop. */
    private static final int TINY = 64;

    private static final FloatKernel ADD = FloatKernel.of(Expr.in(0).add(Expr.in(1)).program());
    private static final double[] NO_SCALARS = {};

    private final Gemm gemm;
    private final int k;
    private final int n;
    private final Gemm.Matrix x;
    private final Gemm.Matrix w;
    private final @Nullable View bias;

    /** x·W, to which b is added. */
    private final Gemm.Matrix sum;

    /** f of the sum; may lie where the sum lies. */
    private final Gemm.Matrix y;

    private final @Nullable FloatKernel activation;

    private LinearKernel(Gemm gemm, @Nullable Program activation, View[] in, View[] out) {
        this.gemm = gemm;
        this.k = in[0].shape().dim(1);
        this.n = in[1].shape().dim(1);
        this.x = Matmul.matrix(in[0], 0);
        this.w = Matmul.matrix(in[1], 0);
        this.bias = in.length == 3 ? in[2] : null;
        this.y = Matmul.matrix(out[0], 0);
        this.sum = out.length == 2 ? Matmul.matrix(out[1], 0) : y;
        this.activation = activation == null ? null : FloatKernel.of(activation);
    }

    static boolean run(Gemm gemm, Fused.Linear fused, View[] in, View[] out) {
        long size = (long) out[0].shape().size() * in[0].shape().dim(1);
        return run(gemm, fused, in, out, Matmul.parts(size));
    }

    /** In some parts, which may run on as many threads. */
    static boolean run(Gemm gemm, Fused.Linear fused, View[] in, View[] out, int parts) {
        if (fused.activation() == null && out.length == 2) {
            return false; // the sum twice, which nobody asks for
        }
        var kernel = new LinearKernel(gemm, fused.activation(), in, out);
        int m = out[0].shape().dim(0);
        if (parts == 1) {
            kernel.compute(new Gemm.Block(0, m, 0, kernel.n));
        } else {
            Workers.run(
                    parts, part -> kernel.compute(Gemm.block(part, parts, m, kernel.n, kernel.w)));
        }
        return true;
    }

    private void compute(Gemm.Block block) {
        int column = block.column();
        int columns = block.columns();
        int end = block.row() + block.rows();
        if (end == block.row() || columns == 0) {
            return;
        }
        boolean tiny = block.rows() * columns <= TINY;
        // Rows that lie together are taken together.
        int strip = columns == n ? Math.clamp(STRIP / n, 1, block.rows()) : 1;
        float[] biases = bias == null || tiny ? null : repeated(bias, column, columns, strip);
        // A transposed W is always copied: once is enough.
        int step =
                w.colStride() == 1 ? Math.max(FEWEST_ROWS, BLOCK / columns / 8 * 8) : block.rows();
        for (int i = block.row(); i < end; i += step) {
            int rows = Math.min(step, end - i);
            gemm.multiply(rows, columns, k, x.from(i, 0), w.from(0, column), sum.from(i, column));
            if (bias != null && tiny) {
                addInPlace(bias, i, rows, column, columns);
            }
            if (activation != null || biases != null) {
                finish(i, rows, column, columns, strip, biases);
            }
        }
        if (biases != null) {
            BufferPool.give(biases);
        }
    }

    /** Adds the bias and applies the activation, a strip at a time. */
    private void finish(
            int row, int rows, int column, int columns, int strip, float @Nullable [] biases) {
        float[][] sums = {sum.data()};
        float[][] terms = biases == null ? sums : new float[][] {sum.data(), biases};
        float[][] results = {y.data()};
        int[] from = {0, 0};
        int[] to = {0};
        for (int i = row; i < row + rows; i += strip) {
            int count = Math.min(strip, row + rows - i) * columns;
            from[0] = sum.index(i, column);
            if (biases != null) {
                ADD.run(terms, from, 0, NO_SCALARS, sums, from, count);
            }
            if (activation != null) {
                to[0] = y.index(i, column);
                activation.run(sums, from, 0, NO_SCALARS, results, to, count);
            }
        }
    }

    private void addInPlace(View b, int row, int rows, int column, int columns) {
        float[] from = HostBuffer.floats(b);
        float[] to = sum.data();
        int step = b.layout().stride(0);
        for (int i = row; i < row + rows; i++) {
            int at = sum.index(i, column);
            int position = b.layout().offset() + column * step;
            for (int j = 0; j < columns; j++) {
                to[at + j] += from[position];
                position += step;
            }
        }
    }

    /** Part of the bias, whatever its layout, once for each row of a strip. */
    private static float[] repeated(View b, int column, int columns, int rows) {
        float[] from = HostBuffer.floats(b);
        float[] all = BufferPool.take(rows * columns);
        for (int j = 0; j < columns; j++) {
            all[j] = from[b.layout().position(column + j)];
        }
        for (int done = 1; done < rows; done *= 2) {
            int more = Math.min(done, rows - done) * columns;
            System.arraycopy(all, 0, all, done * columns, more);
        }
        return all;
    }
}
