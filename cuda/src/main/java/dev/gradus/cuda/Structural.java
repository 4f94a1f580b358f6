package dev.gradus.cuda;

import dev.gradus.backend.Distribution;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import java.util.Arrays;

/** Copies, rows by index, random numbers. */
final class Structural {
    private static final Program ITSELF = Expr.in(0).program();

    private Structural() {}

    /** As {@link dev.gradus.backend.Backend#copy}; there is at least one element. */
    static void copy(Device device, View in, View out) {
        Axes axes = Axes.of(out.shape(), in, out);
        Arguments arguments =
                Arguments.start()
                        .add(CudaBuffer.address(in))
                        .add(CudaBuffer.address(out))
                        .add(axes.count())
                        .add(axes.rank())
                        .add(axes.sizes(), Axes.MAX_RANK)
                        .add(axes.strides(0), Axes.MAX_RANK)
                        .add(axes.strides(1), Axes.MAX_RANK);
        String source =
                CudaC.start(out.dtype())
                        + "typedef "
                        + CudaC.type(in.dtype())
                        + " From;\n"
                        + CudaC.resource("copy.cu");
        CudaBuffer target = CudaBuffer.of(out);
        if (in.dtype() == DType.INT32
                && out.dtype() == DType.INT32
                && target.size() == out.shape().size()) {
            target.copies(in, out.layout());
        } else {
            target.forget();
        }
        device.launch(
                device.kernels().get(source, "copy"), device.blocks(axes.count()), 1, arguments);
    }

    /** As {@link dev.gradus.backend.Backend#gather}; there is at least one element. */
    static void gather(Device device, View table, View index, View out) {
        checkRows("gather", device, index, table.shape());
        Arguments arguments =
                Arguments.start()
                        .add(CudaBuffer.address(table))
                        .add(CudaBuffer.address(index))
                        .add(CudaBuffer.address(out))
                        .add((long) table.layout().stride(0))
                        .add(out.shape().size())
                        .add(out.shape().size() / index.shape().size());
        Axes.of(index.shape(), index).describe(0, arguments);
        Axes.of(table.shape(), 1, table.shape().rank(), table).describe(0, arguments);
        if (out.dtype() == DType.INT32) {
            CudaBuffer.of(out).hasRangeOf(CudaBuffer.of(table));
        }
        String source = CudaC.start(out.dtype()) + CudaC.resource("structural.cu");
        device.launch(
                device.kernels().get(source, "gather"),
                device.blocks(out.shape().size()),
                1,
                arguments);
    }

    /** As {@link dev.gradus.backend.Backend#scatterAdd}; there is at least one index. */
    static void scatterAdd(Device device, View source, View index, View out) {
        checkRows("scatterAdd", device, index, out.shape());
        if (out.shape().size() > 0) {
            ScatterKernel.run(device, source, index, out);
        }
    }

    /**
     * Throws where an index is not a row. Of what came from the host the range is known, and
     * nothing waits; indices that the device computed are looked at there, which waits for them.
     */
    private static void checkRows(String operation, Device device, View index, Shape table) {
        int rows = table.dim(0);
        if (CudaBuffer.of(index).isWithin(rows)) {
            return;
        }
        int[] range = {
            extreme(device, Reduction.MIN, index), extreme(device, Reduction.MAX, index)
        };
        if (range[0] >= 0 && range[1] < rows) {
            return;
        }
        int n = index.shape().size();
        View dense =
                new View(
                        new CudaBuffer(DType.INT32, n, device.memory()),
                        Layout.contiguous(Shape.of(n)));
        copy(device, index, new View(dense.buffer(), Layout.contiguous(index.shape())));
        int[] all = new int[n];
        device.transfers().fromDevice(CudaBuffer.address(dense), 4, all, n);
        int i = 0;
        while (all[i] >= 0 && all[i] < rows) {
            i++;
        }
        throw new IndexOutOfBoundsException(
                operation
                        + ": index "
                        + all[i]
                        + " (number "
                        + i
                        + ") is not a row of "
                        + table
                        + "; rows count from 0, and there are "
                        + rows);
    }

    private static int extreme(Device device, Reduction reduction, View index) {
        int[] one = new int[index.shape().rank()];
        Arrays.fill(one, 1);
        View out =
                new View(
                        new CudaBuffer(DType.INT32, 1, device.memory()),
                        Layout.contiguous(Shape.of(one)));
        ReduceKernel.of(ITSELF).run(device, reduction, new View[] {index}, new double[0], out);
        int[] value = new int[1];
        device.transfers().fromDevice(CudaBuffer.address(out), 4, value, 1);
        CudaBuffer.of(out).lease().release();
        return value[0];
    }

    /** As {@link dev.gradus.backend.Backend#numbers}; there is at least one. */
    static void numbers(Device device, CudaBuffer out) {
        Arguments arguments = Arguments.start().add(out.address()).add(out.size());
        String source = CudaC.start(out.dtype()) + CudaC.resource("numbers.cu");
        out.hasRange(0, out.size() - 1);
        device.launch(
                device.kernels().get(source, "numbers"), device.blocks(out.size()), 1, arguments);
    }

    /** As {@link dev.gradus.backend.Backend#random}; there is at least one element. */
    static void random(Device device, Distribution distribution, long seed, long first, View out) {
        int n = out.shape().size();
        Arguments arguments =
                Arguments.start()
                        .add(CudaBuffer.address(out))
                        .add(seed)
                        .add(first)
                        .add(n)
                        .add(distribution == Distribution.NORMAL ? 1 : 0);
        String source =
                CudaC.start(out.dtype()) + CudaC.resource("random.cu") + CudaC.resource("draw.cu");
        device.launch(
                device.kernels().get(source, "draw"),
                device.blocks(Math.ceilDiv(n, 4)),
                1,
                arguments);
    }
}
