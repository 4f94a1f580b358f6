package dev.gradus.cuda;

import dev.gradus.backend.View;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

/**
 * Adds rows to the rows of an index. Few are looked through by every row of the result; many are
 * sorted by the row they go to (sort.cu), which keeps the order of equal ones, so that either way a
 * row gets its terms one after another as they came.
 */
final class ScatterKernel {
    /** Comparisons that cost less than sorting, a dozen launches. */
    private static final long FEW = 1 << 22;

    private static final int BITS = 4;

    /** Elements that one thread sorts. */
    private static final int RUN = 64;

    private ScatterKernel() {}

    /** As {@link dev.gradus.backend.Backend#scatterAdd}, of checked indices. */
    static void run(Device device, View source, View index, View out) {
        int indices = index.shape().size();
        int rows = out.shape().dim(0);
        int width = out.shape().size() / rows;
        View dense = dense(device, indices);
        Structural.copy(device, index, dense.with(Layout.contiguous(index.shape())));
        if ((long) rows * width * indices <= FEW) {
            add(device, "scatter_add", source, dense, null, out, out.shape().size());
        } else {
            View places = sort(device, dense, rows);
            add(device, "scatter_add_sorted", source, dense, places, out, indices * width);
            CudaBuffer.of(places).lease().release();
        }
        CudaBuffer.of(dense).lease().release();
    }

    private static void add(
            Device device,
            String name,
            View source,
            View index,
            @Nullable View places,
            View out,
            int n) {
        Arguments arguments =
                Arguments.start()
                        .add(CudaBuffer.address(source))
                        .add(CudaBuffer.address(index))
                        .add(places == null ? 0L : CudaBuffer.address(places))
                        .add(CudaBuffer.address(out))
                        .add(n)
                        .add(out.shape().size() / out.shape().dim(0))
                        .add(index.shape().size());
        Axes.of(source.shape(), source).describe(0, arguments);
        CudaBuffer.of(out).forget();
        String code = CudaC.start(out.dtype()) + CudaC.resource("structural.cu");
        device.launch(device.kernels().get(code, name), device.blocks(n), 1, arguments);
    }

    /** Sorts keys 0 … rows − 1 where they are; gives where each was. */
    private static View sort(Device device, View keys, int rows) {
        int n = keys.shape().size();
        int threads = Math.ceilDiv(n, RUN);
        View counts = dense(device, (1 << BITS) * threads);
        View places = dense(device, n);
        View otherKeys = dense(device, n);
        View otherPlaces = dense(device, n);
        View[][] from = {{keys, places}, {otherKeys, otherPlaces}};
        int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(rows - 1));
        // An even number of passes ends where it began.
        int passes = Math.ceilDiv(bits, 2 * BITS) * 2;
        String code = CudaC.start(DType.INT32) + CudaC.resource("sort.cu");
        for (int pass = 0; pass < passes; pass++) {
            View[] in = from[pass % 2];
            View[] out = from[1 - pass % 2];
            for (String step : new String[] {"sort_count", "sort_sum", "sort_place"}) {
                Arguments arguments =
                        Arguments.start()
                                .add(CudaBuffer.address(in[0]))
                                .add(pass == 0 ? 0L : CudaBuffer.address(in[1]))
                                .add(CudaBuffer.address(out[0]))
                                .add(CudaBuffer.address(out[1]))
                                .add(CudaBuffer.address(counts))
                                .add(n)
                                .add(RUN)
                                .add(threads)
                                .add(pass * BITS);
                int blocks = step.equals("sort_sum") ? 1 : Math.ceilDiv(threads, Device.BLOCK);
                device.launch(device.kernels().get(code, step), blocks, 1, arguments);
            }
        }
        for (View view : new View[] {counts, otherKeys, otherPlaces}) {
            CudaBuffer.of(view).lease().release();
        }
        return places;
    }

    private static View dense(Device device, int n) {
        return new View(
                new CudaBuffer(DType.INT32, n, device.memory()), Layout.contiguous(Shape.of(n)));
    }
}
