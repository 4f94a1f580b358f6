package dev.gradus.cuda;

import dev.gradus.backend.View;
import dev.gradus.expr.Program;
import dev.gradus.shape.DType;

import java.util.EnumMap;
import java.util.Map;

/** An element-wise program on a device: map.cu around the printed expression. */
final class MapKernel {
    private final Map<DType, String> sources = new EnumMap<>(DType.class);
    private final Program program;

    private MapKernel(Program program) {
        this.program = program;
    }

    static MapKernel of(Program program) {
        return program.compiled(MapKernel.class, MapKernel::new);
    }

    private synchronized String source(DType dtype) {
        return sources.computeIfAbsent(
                dtype,
                d ->
                        CudaC.start(d)
                                + CudaC.sizes(
                                        program.inputs(), program.scalars(), program.outputs())
                                + CudaC.evaluate(program, d)
                                + CudaC.resource("map.cu"));
    }

    /** As {@link dev.gradus.backend.Backend#map}; there is at least one element. */
    void run(Device device, View[] in, double[] scalars, View[] out) {
        run(device, source(out[0].dtype()), program.inputs(), program.scalars(), in, scalars, out);
    }

    /** Runs a source made from map.cu. */
    static void run(
            Device device,
            String source,
            int inputs,
            int scalarCount,
            View[] in,
            double[] scalars,
            View[] out) {
        Axes axes = Axes.of(out[0].shape(), in);
        int n = axes.count();
        boolean dense = true;
        for (int k = 0; k < inputs; k++) {
            dense &= axes.isDense(k) || axes.isSplat(k);
        }
        Arguments arguments = Arguments.start();
        for (int k = 0; k <= inputs; k++) {
            arguments.add(k < inputs ? CudaBuffer.address(in[k]) : 0);
        }
        for (View o : out) {
            arguments.add(CudaBuffer.address(o));
            CudaBuffer.of(o).forget();
        }
        arguments.add(scalars, scalarCount).add(n);
        int lanes = out[0].dtype().itemSize() == 4 ? 4 : 1; // as LANES in map.cu
        if (dense) {
            int packs = isAligned(axes, inputs, in, out) ? n / lanes : 0;
            arguments.add(packs);
            for (int k = 0; k <= inputs; k++) {
                arguments.add(k < inputs && !axes.isSplat(k) ? 1 : 0);
            }
            long threads = packs == 0 ? n : Math.max(packs, n % lanes);
            device.launch(
                    device.kernels().get(source, "map_dense"),
                    device.blocks(threads),
                    1,
                    arguments);
        } else {
            arguments.add(axes.rank()).add(axes.sizes(), Axes.MAX_RANK);
            for (int k = 0; k <= inputs; k++) {
                arguments.add(k < inputs ? axes.strides(k) : new int[0], Axes.MAX_RANK);
            }
            device.launch(
                    device.kernels().get(source, "map_strided"), device.blocks(n), 1, arguments);
        }
    }

    /** Whether every operand begins where 16 bytes may be read at once. */
    private static boolean isAligned(Axes axes, int inputs, View[] in, View[] out) {
        for (int k = 0; k < inputs; k++) {
            if (!axes.isSplat(k) && CudaBuffer.address(in[k]) % 16 != 0) {
                return false;
            }
        }
        for (View o : out) {
            if (CudaBuffer.address(o) % 16 != 0) {
                return false;
            }
        }
        return true;
    }
}
