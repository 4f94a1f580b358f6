package dev.gradus.cuda;

import static dev.gradus.cuda.DirectCuda.allocate;
import static dev.gradus.cuda.DirectCuda.download;
import static dev.gradus.cuda.DirectCuda.downloadDoubles;
import static dev.gradus.cuda.DirectCuda.upload;
import static dev.gradus.cuda.DirectCuda.zeros;
import static dev.gradus.cuda.Fault.NO_ERROR;

import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasSetPointerMode;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static jcuda.jcublas.JCublas2.cublasSgemmStridedBatched;
import static jcuda.jcublas.cublasOperation.CUBLAS_OP_N;
import static jcuda.jcublas.cublasOperation.CUBLAS_OP_T;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasPointerMode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/** The emulated cuBLAS gives what loops give, and sees wrong operands. */
class EmulatorGemmTest {
    private final RandomGenerator random = RandomGeneratorFactory.getDefault().create(3);

    /**
     * A batch of column-major products. Leading dimensions are {@code extra} larger than they must
     * be.
     */
    private record Case(
            int m,
            int n,
            int k,
            boolean transA,
            boolean transB,
            int extra,
            int batch,
            double beta) {
        int lda() {
            return Math.max(1, transA ? k : m) + extra;
        }

        int ldb() {
            return Math.max(1, transB ? n : k) + extra;
        }

        int ldc() {
            return m + extra;
        }

        int sizeA() {
            return lda() * (transA ? m : k) + 1;
        }

        int sizeB() {
            return ldb() * (transB ? k : n) + 1;
        }

        int sizeC() {
            return ldc() * n;
        }

        /** What C must be. The second factor's stride is 0 in a batch: one matrix for all. */
        double[] expected(double[] a, double[] b, double[] c, double alpha) {
            double[] result = c.clone();
            for (int q = 0; q < batch; q++) {
                for (int j = 0; j < n; j++) {
                    for (int i = 0; i < m; i++) {
                        double sum = 0;
                        for (int l = 0; l < k; l++) {
                            sum +=
                                    a[q * sizeA() + (transA ? i * lda() + l : l * lda() + i)]
                                            * b[transB ? l * ldb() + j : j * ldb() + l];
                        }
                        int at = q * sizeC() + j * ldc() + i;
                        result[at] = alpha * sum + (beta == 0 ? 0 : beta * c[at]);
                    }
                }
            }
            return result;
        }
    }

    private static Stream<Case> cases() {
        List<Boolean> both = List.of(false, true);
        return both.stream()
                .flatMap(a -> both.stream().map(b -> new boolean[] {a, b}))
                .flatMap(t ->
                        Stream.of(
                                new Case(5, 7, 3, t[0], t[1], 0, 1, 0),
                                new Case(1, 1, 9, t[0], t[1], 2, 1, 0.5),
                                new Case(4, 2, 0, t[0], t[1], 1, 1, 2),
                                new Case(33, 9, 17, t[0], t[1], 3, 3, 1),
                                new Case(2, 6, 5, t[0], t[1], 0, 4, 0)));
    }

    private double[] numbers(int n) {
        return random.doubles(n, -1, 1).toArray();
    }

    private static float[] narrow(double[] x) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (float) x[i];
        }
        return y;
    }

    @TestFactory
    Stream<DynamicTest> products() {
        Emulator.assumePresent();
        return cases().map(c -> DynamicTest.dynamicTest(c.toString(), () -> check(c)));
    }

    private void check(Case g) {
        Emulator.reset();
        try (var _ = new DirectCuda()) {
            double[] a = numbers(g.sizeA() * g.batch);
            double[] b = numbers(g.sizeB());
            double[] c = numbers(g.sizeC() * g.batch);
            double[] expected = g.expected(a, b, c, 1.5);
            int opA = g.transA ? CUBLAS_OP_T : CUBLAS_OP_N;
            int opB = g.transB ? CUBLAS_OP_T : CUBLAS_OP_N;
            cublasHandle handle = new cublasHandle();
            cublasCreate(handle);
            CUdeviceptr da = upload(a);
            CUdeviceptr db = upload(b);
            CUdeviceptr dc = upload(c);
            CUdeviceptr fa = upload(narrow(a));
            CUdeviceptr fb = upload(narrow(b));
            CUdeviceptr fc = upload(narrow(c));
            Pointer alpha = Pointer.to(new double[] {1.5});
            Pointer beta = Pointer.to(new double[] {g.beta});
            Pointer falpha = Pointer.to(new float[] {1.5f});
            Pointer fbeta = Pointer.to(new float[] {(float) g.beta});
            if (g.batch == 1) {
                JCublas2.cublasDgemm(
                        handle, opA, opB, g.m, g.n, g.k, alpha, da, g.lda(), db, g.ldb(), beta, dc,
                        g.ldc());
                cublasSgemm(
                        handle, opA, opB, g.m, g.n, g.k, falpha, fa, g.lda(), fb, g.ldb(), fbeta,
                        fc, g.ldc());
            } else {
                JCublas2.cublasDgemmStridedBatched(
                        handle, opA, opB, g.m, g.n, g.k, alpha, da, g.lda(), g.sizeA(), db, g.ldb(),
                        0, beta, dc, g.ldc(), g.sizeC(), g.batch);
                cublasSgemmStridedBatched(
                        handle, opA, opB, g.m, g.n, g.k, falpha, fa, g.lda(), g.sizeA(), fb,
                        g.ldb(), 0, fbeta, fc, g.ldc(), g.sizeC(), g.batch);
            }
            double[] got = downloadDoubles(dc, c.length);
            float[] gotFloats = download(fc, c.length);
            for (int i = 0; i < c.length; i++) {
                assertEquals(expected[i], got[i], 1e-13);
                assertEquals(expected[i], gotFloats[i], 1e-5);
            }
            cublasDestroy(handle);
            assertEquals(List.of(), Emulator.findings());
            assertEquals(2, Emulator.counters().blasCalls());
        } finally {
            Emulator.reset();
        }
    }

    /** What is in C does not matter where beta is 0, and what nobody wrote matters elsewhere. */
    @Test
    void readsWhatItMustAlone() {
        Emulator.assumePresent();
        Emulator.reset();
        Emulator.quiet(true);
        try (var _ = new DirectCuda()) {
            CUdeviceptr c = allocate(64);
            multiply(4, zeros(16), 4, zeros(16), c, 4);
            download(c, 16);
            assertEquals(List.of(), Emulator.findings());
            multiply(4, allocate(64), 4, zeros(16), c, 4);
            download(c, 16);
            assertEquals(1, Emulator.counters().poisonReads());
        } finally {
            Emulator.reset();
        }
    }

    private static void multiply(
            int size, CUdeviceptr a, int lda, CUdeviceptr b, CUdeviceptr c, int ldc) {
        multiply(size, a, lda, b, c, ldc, Pointer.to(new float[] {1}));
    }

    private static void multiply(
            int size,
            CUdeviceptr a,
            int lda,
            CUdeviceptr b,
            CUdeviceptr c,
            int ldc,
            Pointer alpha) {
        cublasHandle handle = new cublasHandle();
        cublasCreate(handle);
        Pointer zero = Pointer.to(new float[] {0});
        cublasSgemm(
                handle,
                CUBLAS_OP_N,
                CUBLAS_OP_N,
                size,
                size,
                size,
                alpha,
                a,
                lda,
                b,
                size,
                zero,
                c,
                ldc);
        cublasDestroy(handle);
    }

    private static final String VALUE = "CUBLAS_STATUS_INVALID_VALUE";
    private static final String EXECUTION = "CUBLAS_STATUS_EXECUTION_FAILED";

    private static final List<Fault> FAULTS =
            List.of(
                    new Fault(
                            "a leading dimension that is too small",
                            VALUE,
                            "do not go with lda=8",
                            f -> multiply(16, zeros(256), 8, zeros(256), zeros(256), 16)),
                    new Fault(
                            "and one for the result",
                            VALUE,
                            "ldc=15",
                            f -> multiply(16, zeros(256), 16, zeros(256), zeros(256), 15)),
                    new Fault(
                            "one that is too large",
                            EXECUTION,
                            "bytes 0 to 1264 are outside allocation",
                            f -> multiply(16, zeros(256), 20, zeros(256), zeros(256), 16)),
                    new Fault(
                            "an operand that is too small",
                            EXECUTION,
                            "bytes 0 to 1024 are outside allocation",
                            f -> multiply(16, zeros(256), 16, zeros(255), zeros(256), 16)),
                    new Fault(
                            "an operand that was freed",
                            EXECUTION,
                            "cublasSgemm: use after free",
                            f -> {
                                CUdeviceptr a = zeros(256);
                                cuMemFree(a);
                                multiply(16, a, 16, zeros(256), zeros(256), 16);
                            }),
                    new Fault(
                            "alpha on the device",
                            VALUE,
                            "alpha or beta is a device pointer",
                            f -> multiply(1, zeros(1), 1, zeros(1), zeros(1), 1, zeros(1))),
                    new Fault(
                            "alpha on the host, where it should be on the device",
                            NO_ERROR,
                            "is not a device pointer",
                            f -> {
                                cublasHandle handle = new cublasHandle();
                                cublasCreate(handle);
                                cublasSetPointerMode(
                                        handle, cublasPointerMode.CUBLAS_POINTER_MODE_DEVICE);
                                Pointer one = Pointer.to(DirectCuda.struct(4, 1f));
                                CUdeviceptr x = zeros(1);
                                cublasSgemm(
                                        handle, 0, 0, 1, 1, 1, one, x, 1, x, 1, one, zeros(1), 1);
                            }),
                    new Fault(
                            "products of a batch that overlap",
                            VALUE,
                            "the products of the batch overlap",
                            f -> {
                                cublasHandle handle = new cublasHandle();
                                cublasCreate(handle);
                                Pointer one = Pointer.to(new float[] {1});
                                CUdeviceptr x = zeros(64);
                                cublasSgemmStridedBatched(
                                        handle, 0, 0, 4, 4, 4, one, x, 4, 16, x, 4, 0, one,
                                        zeros(64), 4, 8, 2);
                            }),
                    new Fault(
                            "a handle that was destroyed",
                            "CUBLAS_STATUS_NOT_INITIALIZED",
                            "a handle that does not exist",
                            f -> {
                                cublasHandle handle = new cublasHandle();
                                cublasCreate(handle);
                                cublasDestroy(handle);
                                cublasDestroy(handle);
                            }));

    @TestFactory
    Stream<DynamicTest> seesFaults() {
        return Fault.tests(FAULTS);
    }
}
