package dev.gradus.cuda;

import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A reduction of a program's values: reduce.cu around the printed expression. How it is cut into
 * threads and pieces depends on the shape alone, never on the device, so the bits are the same
 * everywhere.
 */
final class ReduceKernel {
    /** More inputs would not fit into a kernel's arguments with two lists of strides. */
    private static final int MOST_INPUTS = 16;

    /** So many elements of one result are worth several blocks. */
    private static final int LONG = 8192;

    /** Fewer blocks than this leave most of a device idle. */
    private static final int FEW_BLOCKS = 64;

    private static final Program ITSELF = Expr.in(0).program();

    private record Key(Reduction reduction, DType dtype) {}

    private final Map<Key, String> sources = new ConcurrentHashMap<>();
    private final Program program;

    private ReduceKernel(Program program) {
        this.program = program;
    }

    static ReduceKernel of(Program program) {
        return program.compiled(ReduceKernel.class, ReduceKernel::new);
    }

    private String source(Reduction reduction, DType dtype) {
        return sources.computeIfAbsent(
                new Key(reduction, dtype),
                key ->
                        CudaC.start(dtype)
                                + CudaC.sizes(program.inputs(), program.scalars(), 1)
                                + CudaC.join(reduction, dtype)
                                + CudaC.evaluate(program, dtype)
                                + CudaC.resource("reduce.cu"));
    }

    /** As {@link dev.gradus.backend.Backend#reduce}; there is at least one result. */
    void run(Device device, Reduction reduction, View[] in, double[] scalars, View out) {
        DType dtype = out.dtype();
        Shape full = in.length == 0 ? out.shape() : in[0].shape();
        if (program.inputs() > MOST_INPUTS) {
            View values = temporary(device, dtype, full);
            MapKernel.of(program).run(device, in, scalars, new View[] {values});
            of(ITSELF).run(device, reduction, new View[] {values}, new double[0], out);
            CudaBuffer.of(values).lease().release();
            return;
        }
        boolean[] joined = new boolean[full.rank()];
        for (int axis = 0; axis < joined.length; axis++) {
            joined[axis] = out.shape().dim(axis) != full.dim(axis);
        }
        Axes keptAxes = Axes.of(full, joined, false, in);
        Axes joinedAxes = Axes.of(full, joined, true, in);
        int results = keptAxes.count();
        int length = joinedAxes.count();
        // Neighbouring threads should read neighbouring elements.
        boolean adjacent =
                in.length == 0
                        || keptAxes.rank() == 0
                        || (joinedAxes.rank() > 0
                                && Math.abs(joinedAxes.lastStride(0))
                                        <= Math.abs(keptAxes.lastStride(0)));
        int width = width(length, results, adjacent);
        int blocks = Math.ceilDiv(results, Device.BLOCK / width);
        int splits = 1;
        if (blocks < FEW_BLOCKS && length >= 2 * LONG) {
            splits = Math.min(Math.ceilDiv(length, LONG), FEW_BLOCKS);
        }
        int piece = Math.max(1, Math.ceilDiv(length, splits));
        View target = splits == 1 ? out : temporary(device, dtype, Shape.of(splits, results));
        Arguments arguments = Arguments.start();
        for (int k = 0; k <= program.inputs(); k++) {
            arguments.add(k < program.inputs() ? CudaBuffer.address(in[k]) : 0);
        }
        arguments
                .add(CudaBuffer.address(target))
                .add(scalars, program.scalars())
                .add(results)
                .add(length)
                .add(piece)
                .add(width)
                .add(adjacent ? 1 : 0)
                .add(keptAxes.rank())
                .add(joinedAxes.rank())
                .add(keptAxes.sizes(), Axes.MAX_RANK)
                .add(joinedAxes.sizes(), Axes.MAX_RANK);
        for (Axes axes : new Axes[] {keptAxes, joinedAxes}) {
            for (int k = 0; k <= program.inputs(); k++) {
                arguments.add(k < program.inputs() ? axes.strides(k) : new int[0], Axes.MAX_RANK);
            }
        }
        CudaBuffer.of(out).forget();
        device.launch(
                device.kernels().get(source(reduction, dtype), "reduce"),
                blocks,
                splits,
                arguments);
        if (splits > 1) {
            View flat = new View(out.buffer(), reshaped(out, Shape.of(1, results)));
            of(ITSELF).run(device, reduction, new View[] {target}, new double[0], flat);
            CudaBuffer.of(target).lease().release();
        }
    }

    /** How many threads share a result: a power of two. */
    private static int width(int length, int results, boolean adjacent) {
        int most = adjacent || results < 32 ? Device.BLOCK : Device.BLOCK / 32;
        int width = 1;
        while (width < most && width * 4 < length) {
            width *= 2;
        }
        return width;
    }

    private static Layout reshaped(View view, Shape shape) {
        Layout layout = view.layout().reshape(shape);
        if (layout == null) {
            throw new AssertionError(view); // results are contiguous
        }
        return layout;
    }

    private static View temporary(Device device, DType dtype, Shape shape) {
        CudaBuffer buffer = new CudaBuffer(dtype, shape.size(), device.memory());
        return new View(buffer, Layout.contiguous(shape));
    }
}
