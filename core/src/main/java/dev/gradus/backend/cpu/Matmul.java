package dev.gradus.backend.cpu;

import dev.gradus.backend.View;
import dev.gradus.shape.Layout;

/** Products of the FLOAT32 matrices that views see, on several threads where that pays. */
final class Matmul {
    /** Multiply-adds that are worth a second thread. */
    private static final long PARALLEL_PRODUCT = 1024 * 1024;

    private Matmul() {}

    /** Into how many parts a product of so many multiply-adds is cut: one for each thread. */
    static int parts(long multiplyAdds) {
        return multiplyAdds < PARALLEL_PRODUCT ? 1 : Workers.THREADS;
    }

    /** {@code [b…, m, k] · [b…, k, n] → [b…, m, n]}, the last without gaps and not empty. */
    static void run(Gemm gemm, View a, View b, View out) {
        int m = out.shape().dim(-2);
        int n = out.shape().dim(-1);
        int k = a.shape().dim(-1);
        int batch = out.shape().size() / (m * n);
        long each = (long) m * n * k;
        if (batch == 1) {
            run(gemm, m, n, k, matrix(a, 0), matrix(b, 0), matrix(out, 0));
            return;
        }
        int parts = parts(each * batch) == 1 ? 1 : Math.min(batch, 4 * Workers.THREADS);
        Workers.run(
                parts,
                part -> {
                    int end = (int) ((long) batch * (part + 1) / parts);
                    for (int i = (int) ((long) batch * part / parts); i < end; i++) {
                        gemm.multiply(m, n, k, matrix(a, i), matrix(b, i), matrix(out, i));
                    }
                });
    }

    /** {@code a[m, k] · b[k, n] → out[m, n]}, as {@link Gemm#multiply}. */
    static void run(Gemm gemm, int m, int n, int k, Gemm.Matrix a, Gemm.Matrix b, Gemm.Matrix out) {
        int parts = parts((long) m * n * k);
        if (parts == 1) {
            gemm.multiply(m, n, k, a, b, out);
        } else {
            Workers.run(parts, part -> gemm.multiplyPart(part, parts, m, n, k, a, b, out));
        }
    }

    /** Matrix number {@code index} of a batch: the last two axes. */
    static Gemm.Matrix matrix(View v, int index) {
        Layout layout = v.layout();
        int rank = layout.shape().rank();
        return new Gemm.Matrix(
                HostBuffer.floats(v),
                start(layout, rank - 2, index),
                layout.stride(rank - 2),
                layout.stride(rank - 1));
    }

    /** Where entry number {@code index} of the first {@code axes} axes starts. */
    static int start(Layout layout, int axes, int index) {
        int start = layout.offset();
        int rest = index;
        for (int axis = axes - 1; axis >= 0; axis--) {
            int size = layout.shape().dim(axis);
            start += rest % size * layout.stride(axis);
            rest /= size;
        }
        return start;
    }
}
