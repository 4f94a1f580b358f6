package dev.gradus.cuda;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.Distribution;
import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * An NVIDIA GPU. Every operation starts its kernels and returns; only reading a value waits. A
 * printed expression is one kernel, products are cuBLAS's.
 */
final class CudaBackend implements Backend {
    private final Device device;
    private final MatrixProduct product;

    private CudaBackend(Device device) {
        this.device = device;
        this.product = device.perform(() -> "starting cuBLAS", () -> new MatrixProduct(device));
    }

    /** On the device that {@code -Dgradus.cuda.device=N} names, or the first. */
    static CudaBackend create() {
        return create(!"false".equals(System.getProperty("gradus.cuda.caching")));
    }

    /** The same, with memory kept for reuse or not. */
    static CudaBackend create(boolean caching) {
        if (!Cuda.available()) {
            throw new IllegalStateException("cuda: " + Cuda.unavailableBecause());
        }
        return new CudaBackend(new Device(Integer.getInteger("gradus.cuda.device", 0), caching));
    }

    Device device() {
        return device;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Buffer allocate(DType dtype, int size) {
        return perform(
                () -> "an allocation",
                () -> {
                    var buffer = new CudaBuffer(dtype, size, device.memory());
                    if (dtype.isFloating()) {
                        device.poison(buffer.address(), (long) size * dtype.itemSize());
                    }
                    return buffer;
                });
    }

    @Override
    public void release(Buffer buffer) {
        if (!device.isLost()) {
            perform(
                    () -> "giving back memory",
                    () -> {
                        ((CudaBuffer) buffer).lease().release();
                        return true;
                    });
        }
    }

    @Override
    public Buffer upload(DType dtype, Object array) {
        return perform(
                () -> "a copy to the device",
                () -> {
                    int size = Array.getLength(array);
                    var buffer = new CudaBuffer(dtype, size, device.memory());
                    device.transfers().toDevice(array, size, dtype.itemSize(), buffer.address());
                    if (array instanceof int[] ints) {
                        buffer.holds(ints);
                    }
                    return buffer;
                });
    }

    @Override
    public Buffer numbers(DType dtype, int size) {
        return perform(
                () -> "counting",
                () -> {
                    var buffer = new CudaBuffer(dtype, size, device.memory());
                    if (size > 0) {
                        Structural.numbers(device, buffer);
                    }
                    return buffer;
                });
    }

    @Override
    public Object download(View in) {
        int[] known = CudaBuffer.of(in).known(in.layout());
        if (known != null) {
            return known;
        }
        int n = in.shape().size();
        Object out =
                switch (in.dtype()) {
                    case FLOAT32 -> new float[n];
                    case FLOAT64 -> new double[n];
                    case INT32 -> new int[n];
                };
        if (n > 0) {
            perform(
                    () -> "a copy from the device",
                    () -> {
                        View dense = in;
                        if (!in.layout().isContiguous()) {
                            var buffer = new CudaBuffer(in.dtype(), n, device.memory());
                            dense = new View(buffer, Layout.contiguous(in.shape()));
                            Structural.copy(device, in, dense);
                        }
                        int itemSize = in.dtype().itemSize();
                        long address = CudaBuffer.address(dense);
                        device.transfers().fromDevice(address, itemSize, out, n);
                        if (dense != in) {
                            CudaBuffer.of(dense).lease().release();
                        }
                        return true;
                    });
        }
        return out;
    }

    @Override
    public void map(Program program, View[] in, double[] scalars, View[] out) {
        if (out[0].shape().size() > 0) {
            perform(
                    () -> "map of " + program + shapes(in),
                    () -> {
                        MapKernel.of(program).run(device, in, scalars, out);
                        return true;
                    });
        }
    }

    @Override
    public void reduce(
            Reduction reduction, Program program, View[] in, double[] scalars, View out) {
        if (out.shape().size() > 0) {
            perform(
                    () -> reduction + " of " + program + shapes(in),
                    () -> {
                        ReduceKernel.of(program).run(device, reduction, in, scalars, out);
                        return true;
                    });
        }
    }

    @Override
    public void matmul(View a, View b, View out) {
        if (out.shape().size() == 0) {
            return;
        }
        if (a.shape().dim(-1) == 0) {
            // A sum of no terms.
            map(Expr.ZERO.program(), new View[0], new double[0], new View[] {out});
            return;
        }
        perform(
                () -> "matmul" + shapes(a, b),
                () -> {
                    product.multiply(a, b, out);
                    return true;
                });
    }

    @Override
    public void gather(View table, View index, View out) {
        if (out.shape().size() > 0 || index.shape().size() > 0) {
            perform(
                    () -> "gather" + shapes(table, index),
                    () -> {
                        Structural.gather(device, table, index, out);
                        return true;
                    });
        }
    }

    @Override
    public void scatterAdd(View source, View index, View out) {
        if (index.shape().size() > 0) {
            perform(
                    () -> "scatterAdd" + shapes(source, index, out),
                    () -> {
                        Structural.scatterAdd(device, source, index, out);
                        return true;
                    });
        }
    }

    @Override
    public void random(Distribution distribution, long seed, long first, View out) {
        if (out.shape().size() > 0) {
            perform(
                    () -> "random" + shapes(out),
                    () -> {
                        Structural.random(device, distribution, seed, first, out);
                        return true;
                    });
        }
    }

    @Override
    public void copy(View in, View out) {
        if (out.shape().size() > 0) {
            perform(
                    () -> "copy" + shapes(in),
                    () -> {
                        Structural.copy(device, in, out);
                        return true;
                    });
        }
    }

    @Override
    public boolean run(Fused fused, View[] in, View[] out) {
        if (!out[0].dtype().isFloating() || out[0].shape().size() == 0) {
            return false;
        }
        return perform(
                () -> fused.getClass().getSimpleName() + shapes(in),
                () ->
                        switch (fused) {
                            case Fused.Linear linear ->
                                    LinearKernel.run(device, product, linear, in, out);
                            // Its parts are kernels and products anyway.
                            case Fused.LinearGradient _ -> false;
                            case Fused.Rows rows ->
                                    RowsKernel.of(rows.program()).run(device, rows, in, out);
                            case Fused.Attention attention ->
                                    AttentionKernel.run(device, attention, in, out);
                            case Fused.AttentionGradient gradient ->
                                    AttentionKernel.run(device, gradient, in, out);
                            case Fused.MapEach each -> EachKernel.run(device, each, in, out);
                        });
    }

    private <R> R perform(Supplier<String> what, Supplier<R> work) {
        return device.perform(what, work);
    }

    private static String shapes(View... views) {
        return Arrays.stream(views)
                .map(view -> view.dtype() + " " + view.shape())
                .collect(Collectors.joining(", ", " (", ")"));
    }

    @Override
    public String toString() {
        return "cuda, " + device;
    }
}
