package dev.gradus.cuda;

import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDgemm;
import static jcuda.jcublas.JCublas2.cublasDgemmStridedBatched;
import static jcuda.jcublas.JCublas2.cublasSetMathMode;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSgemm;
import static jcuda.jcublas.JCublas2.cublasSgemmStridedBatched;

import dev.gradus.backend.View;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;

import jcuda.Pointer;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Products of matrices on cuBLAS. It counts columns first; a row-major matrix is the transposed one
 * to it, so C = A·B is asked for as Cᵀ = Bᵀ·Aᵀ, and a transposed view is a flag, not a copy.
 *
 * <p>Single precision is computed in single precision; {@code -Dgradus.cuda.tf32=true} allows
 * tensor cores, which keep ten bits of each factor.
 */
final class MatrixProduct {
    private final Device device;
    private final cublasHandle handle = new cublasHandle();
    private final Pointer one = constant(1);
    private final Pointer zero = constant(0);
    private final Pointer oneDouble = constantDouble(1);
    private final Pointer zeroDouble = constantDouble(0);

    MatrixProduct(Device device) {
        this.device = device;
        cublasCreate(handle);
        cublasSetStream(handle, new cudaStream_t(device.stream()));
        cublasSetMathMode(
                handle,
                Boolean.getBoolean("gradus.cuda.tf32")
                        ? cublasMath.CUBLAS_TF32_TENSOR_OP_MATH
                        : cublasMath.CUBLAS_DEFAULT_MATH);
    }

    private static Pointer constant(float value) {
        ByteBuffer b = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder());
        return Pointer.to(b.putFloat(0, value));
    }

    private static Pointer constantDouble(double value) {
        ByteBuffer b = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        return Pointer.to(b.putDouble(0, value));
    }

    /** A matrix, or a batch of them, as cuBLAS takes it. */
    private record Operand(View view, boolean transposed, int leading, long batchStride) {}

    /** As {@link dev.gradus.backend.Backend#matmul}; there is at least one element and one term. */
    void multiply(View a, View b, View out) {
        int rank = out.shape().rank();
        int m = out.shape().dim(-2);
        int n = out.shape().dim(-1);
        int k = a.shape().dim(-1);
        Operand x = operand(a);
        Operand y = operand(b);
        if (x == null || y == null) {
            View[] copies = {x == null ? copy(a) : a, y == null ? copy(b) : b};
            multiply(copies[0], copies[1], out);
            for (int i = 0; i < 2; i++) {
                if (copies[i] != (i == 0 ? a : b)) {
                    CudaBuffer.of(copies[i]).lease().release();
                }
            }
            return;
        }
        int batch = out.shape().size() / (m * n);
        int opX = operation(x);
        int opY = operation(y);
        long outStride = rank > 2 ? (long) m * n : 0;
        Pointer px = DevicePointer.at(CudaBuffer.address(a));
        Pointer py = DevicePointer.at(CudaBuffer.address(b));
        Pointer po = DevicePointer.at(CudaBuffer.address(out));
        // A handle may be used by one thread at a time.
        synchronized (handle) {
            boolean isFloat = out.dtype() == DType.FLOAT32;
            if (batch == 1 && isFloat) { // it splits a long k among processors, which batches don't
                cublasSgemm(
                        handle, opY, opX, n, m, k, one, py, y.leading, px, x.leading, zero, po, n);
            } else if (batch == 1) {
                cublasDgemm(
                        handle,
                        opY,
                        opX,
                        n,
                        m,
                        k,
                        oneDouble,
                        py,
                        y.leading,
                        px,
                        x.leading,
                        zeroDouble,
                        po,
                        n);
            } else if (isFloat) {
                cublasSgemmStridedBatched(
                        handle,
                        opY,
                        opX,
                        n,
                        m,
                        k,
                        one,
                        py,
                        y.leading,
                        y.batchStride,
                        px,
                        x.leading,
                        x.batchStride,
                        zero,
                        po,
                        n,
                        outStride,
                        batch);
            } else {
                cublasDgemmStridedBatched(
                        handle,
                        opY,
                        opX,
                        n,
                        m,
                        k,
                        oneDouble,
                        py,
                        y.leading,
                        y.batchStride,
                        px,
                        x.leading,
                        x.batchStride,
                        zeroDouble,
                        po,
                        n,
                        outStride,
                        batch);
            }
        }
    }

    private static int operation(Operand operand) {
        return operand.transposed ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    }

    /** How cuBLAS can read a view as it lies, or null. */
    private static @Nullable Operand operand(View view) {
        Layout layout = view.layout();
        int rank = layout.shape().rank();
        int rows = layout.shape().dim(-2);
        int columns = layout.shape().dim(-1);
        int rowStride = rows == 1 ? Math.max(1, columns) : layout.stride(rank - 2);
        int columnStride = columns == 1 ? 1 : layout.stride(rank - 1);
        Axes batch = Axes.of(layout.shape(), 0, rank - 2, view);
        if (batch.rank() > 1) {
            return null;
        }
        long batchStride = batch.rank() == 0 ? 0 : batch.strides(0)[0];
        if (batchStride < 0) {
            return null;
        }
        if (columnStride == 1 && rowStride >= columns) {
            return new Operand(view, false, rowStride, batchStride);
        }
        if (rows == 1 && columnStride > 0) {
            return new Operand(view, true, columnStride, batchStride);
        }
        if (rowStride == 1 && columnStride >= rows) {
            return new Operand(view, true, columnStride, batchStride);
        }
        if (columns == 1 && rowStride > 0) {
            return new Operand(view, false, rowStride, batchStride);
        }
        return null;
    }

    private View copy(View view) {
        CudaBuffer buffer = new CudaBuffer(view.dtype(), view.shape().size(), device.memory());
        View dense = new View(buffer, Layout.contiguous(view.shape()));
        Structural.copy(device, view, dense);
        return dense;
    }
}
