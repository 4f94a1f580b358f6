package dev.gradus.backend.cpu;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.Distribution;
import dev.gradus.backend.Fused;
import dev.gradus.backend.Philox;
import dev.gradus.backend.View;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

/**
 * Java heap arrays, SIMD kernels for FLOAT32, several threads for large work. FLOAT64 and INT32 run
 * in plain loops: they are for checks and for indices.
 */
final class CpuBackend implements Backend {
    /**
     * Element-wise work, in elements times steps, that is worth a second thread: waking one takes
     * some 20 µs.
     */
    static final long PARALLEL_WORK = 256 * 1024;

    private final Gemm gemm = Gemm.best();

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Buffer allocate(DType dtype, int size) {
        Object array =
                switch (dtype) {
                    case FLOAT32 -> BufferPool.take(size);
                    case FLOAT64 -> new double[size];
                    case INT32 -> new int[size];
                };
        BufferPool.poison(array);
        return new HostBuffer(dtype, size, array);
    }

    @Override
    public void release(Buffer buffer) {
        Object array = ((HostBuffer) buffer).takeArray();
        if (array instanceof float[] floats) {
            BufferPool.give(floats);
        } else {
            BufferPool.poison(array);
        }
    }

    @Override
    public Buffer upload(DType dtype, Object array) {
        return switch (array) {
            case float[] f -> new HostBuffer(dtype, f.length, f.clone());
            case double[] d -> new HostBuffer(dtype, d.length, d.clone());
            case int[] i -> new HostBuffer(dtype, i.length, i.clone());
            default -> throw new AssertionError(array.getClass());
        };
    }

    @Override
    public Object download(View in) {
        Shape shape = in.shape();
        Object out =
                switch (in.dtype()) {
                    case FLOAT32 -> new float[shape.size()];
                    case FLOAT64 -> new double[shape.size()];
                    case INT32 -> new int[shape.size()];
                };
        var target = new HostBuffer(in.dtype(), shape.size(), out);
        Copies.copy(in, new View(target, Layout.contiguous(shape)));
        return out;
    }

    @Override
    public void map(Program program, View[] in, double[] scalars, View[] out) {
        if (out[0].shape().size() == 0) {
            return;
        }
        if (out[0].dtype() != DType.FLOAT32) {
            PlainLoops.map(program, in, scalars, out);
            return;
        }
        FloatMap.run(program, in, scalars, out);
    }

    @Override
    public void reduce(
            Reduction reduction, Program program, View[] in, double[] scalars, View out) {
        if (out.dtype() == DType.FLOAT32) {
            new FloatReducer(reduction, program, scalars).run(in, out);
        } else {
            PlainLoops.reduce(reduction, program, in, scalars, out);
        }
    }

    @Override
    public void matmul(View a, View b, View out) {
        if (out.dtype() != DType.FLOAT32) {
            PlainLoops.matmul(a, b, out);
            return;
        }
        if (out.shape().size() != 0) {
            Matmul.run(gemm, a, b, out);
        }
    }

    @Override
    public void gather(View table, View index, View out) {
        Rows.gather(table, index, out);
    }

    @Override
    public void scatterAdd(View source, View index, View out) {
        Rows.scatterAdd(source, index, out);
    }

    @Override
    public void random(Distribution distribution, long seed, long first, View out) {
        Object array = HostBuffer.array(out);
        int start = out.layout().offset();
        int size = out.shape().size();
        int piece = 4096;
        Workers.run(
                Math.ceilDiv(size, piece),
                part -> {
                    int[] words = new int[4];
                    int end = (int) Math.min(size, (part + 1L) * piece);
                    for (int i = part * piece; i < end; i++) {
                        if (i % 4 == 0) {
                            Philox.words(seed, first + i / 4, 0, words);
                        }
                        HostBuffer.set(array, start + i, Philox.draw(distribution, words, i % 4));
                    }
                });
    }

    @Override
    public void copy(View in, View out) {
        Copies.copy(in, out);
    }

    /** FLOAT32 alone has kernels for several operations at once. */
    @Override
    public boolean run(Fused fused, View[] in, View[] out) {
        if (out[0].dtype() != DType.FLOAT32 || out[0].shape().size() == 0) {
            return false;
        }
        return switch (fused) {
            case Fused.Linear linear -> LinearKernel.run(gemm, linear, in, out);
            case Fused.LinearGradient gradient -> LinearGradientKernel.run(gemm, gradient, in, out);
            case Fused.Rows rows -> RowKernel.run(rows, in, out);
            case Fused.Attention attention -> AttentionKernel.run(gemm, attention, in, out);
            case Fused.AttentionGradient gradient ->
                    AttentionGradientKernel.run(gemm, gradient, in, out);
            case Fused.MapEach each -> EachKernel.run(each, in, out);
        };
    }

    @Override
    public String toString() {
        return "cpu, "
                + (VectorModule.PRESENT ? VectorFns.LANES * 32 + "-bit vectors, " : "no vectors, ")
                + Workers.THREADS
                + " threads";
    }
}
