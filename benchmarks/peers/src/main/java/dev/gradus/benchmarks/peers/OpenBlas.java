package dev.gradus.benchmarks.peers;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;

import java.util.Random;

/** Products of matrices on OpenBLAS, into a given array. */
final class OpenBlas {
    private OpenBlas() {}

    static Runnable start(Case c, int threads) {
        openblas.blas_set_num_threads(threads);
        return switch (c.kind()) {
            case "sgemm", "gemm" -> products(1, c.size(0), c.size(1), c.size(2));
            case "bmm" -> products(c.size(0), c.size(1), c.size(2), c.size(3));
            default -> throw new IllegalArgumentException("OpenBLAS has no " + c.kind());
        };
    }

    /** So many products, one after the other: OpenBLAS has no batches of FLOAT32 for C. */
    private static Runnable products(long count, long m, long k, long n) {
        FloatPointer a = randn(count * m * k);
        FloatPointer b = randn(count * k * n);
        FloatPointer c = new FloatPointer(count * m * n);
        return () -> {
            for (int i = 0; i < count; i++) {
                a.position(i * m * k);
                b.position(i * k * n);
                c.position(i * m * n);
                openblas.cblas_sgemm(
                        CblasRowMajor,
                        CblasNoTrans,
                        CblasNoTrans,
                        (int) m,
                        (int) n,
                        (int) k,
                        1,
                        a,
                        (int) k,
                        b,
                        (int) n,
                        0,
                        c,
                        (int) n);
            }
        };
    }

    private static FloatPointer randn(long size) {
        Random random = new Random(1);
        float[] values = new float[(int) size];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new FloatPointer(values);
    }
}
