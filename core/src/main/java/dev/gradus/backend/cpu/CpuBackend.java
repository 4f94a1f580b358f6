package dev.gradus.backend.cpu;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.Distribution;
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
    private static final long PARALLEL_WORK = 256 * 1024;

    /** Multiply-adds that are worth a second thread. */
    private static final long PARALLEL_PRODUCT = 1024 * 1024;

    private final Gemm gemm = Gemm.best();

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public Buffer allocate(DType dtype, int size) {
        return new HostBuffer(
                dtype,
                size,
                switch (dtype) {
                    case FLOAT32 -> BufferPool.take(size);
                    case FLOAT64 -> new double[size];
                    case INT32 -> new int[size];
                });
    }

    @Override
    public void release(Buffer buffer) {
        if (((HostBuffer) buffer).takeArray() instanceof float[] array) {
            BufferPool.give(array);
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
        int size = out[0].shape().size();
        if (size == 0) {
            return;
        }
        if (out[0].dtype() != DType.FLOAT32) {
            PlainLoops.map(program, in, scalars, out);
            return;
        }
        FloatKernel kernel = FloatKernel.of(program);
        float[][] targets = new float[out.length][];
        int[] starts = new int[out.length];
        for (int k = 0; k < out.length; k++) {
            targets[k] = HostBuffer.floats(out[k]);
            starts[k] = out[k].layout().offset();
        }
        Operands operands = Operands.longestRuns(in);
        int inner = in.length == 0 ? size : operands.inner;
        int outer = size / inner;
        long work = (long) size * Math.max(1, program.steps().size());
        if (work < PARALLEL_WORK && outer == 1) {
            int[] offsets = new int[in.length];
            operands.offsets(0, offsets);
            kernel.run(operands.data, offsets, operands.splats, scalars, targets, starts, inner);
        } else {
            // Parts are whole runs, or pieces of a long one.
            int parts = (int) Math.min(4L * Workers.THREADS, Math.max(1, work / PARALLEL_WORK));
            int pieces = outer >= parts ? 1 : Math.ceilDiv(parts, outer);
            int piece = roundUp(Math.ceilDiv(inner, pieces));
            int perRun = Math.ceilDiv(inner, piece);
            int total = outer * perRun;
            int perPart = Math.ceilDiv(total, parts);
            Workers.run(
                    Math.ceilDiv(total, perPart),
                    part -> {
                        int[] from = new int[in.length];
                        int[] to = new int[out.length];
                        int end = Math.min(total, (part + 1) * perPart);
                        for (int i = part * perPart; i < end; i++) {
                            int run = i / perRun;
                            int at = i % perRun * piece;
                            operands.offsets(run, from);
                            for (int k = 0; k < from.length; k++) {
                                from[k] += (operands.splats >>> k & 1) == 0 ? at : 0;
                            }
                            for (int k = 0; k < to.length; k++) {
                                to[k] = starts[k] + run * inner + at;
                            }
                            int count = Math.min(piece, inner - at);
                            kernel.run(
                                    operands.data,
                                    from,
                                    operands.splats,
                                    scalars,
                                    targets,
                                    to,
                                    count);
                        }
                    });
        }
        operands.close();
    }

    private static int roundUp(int n) {
        return n > Integer.MAX_VALUE - FloatKernel.BLOCK
                ? n
                : Math.ceilDiv(n, FloatKernel.BLOCK) * FloatKernel.BLOCK;
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
        int rank = out.shape().rank();
        int m = out.shape().dim(-2);
        int n = out.shape().dim(-1);
        int k = a.shape().dim(-1);
        if (out.shape().size() == 0) {
            return;
        }
        int batch = out.shape().size() / (m * n);
        long each = (long) m * n * k;
        if (batch == 1) {
            Gemm.Matrix x = matrix(a, 0, rank);
            Gemm.Matrix y = matrix(b, 0, rank);
            Gemm.Matrix z = matrix(out, 0, rank);
            int parts = each < PARALLEL_PRODUCT ? 1 : Workers.THREADS;
            if (parts == 1) {
                gemm.multiply(m, n, k, x, y, z);
            } else {
                Workers.run(parts, part -> gemm.multiplyPart(part, parts, m, n, k, x, y, z));
            }
            return;
        }
        int parts = each * batch < PARALLEL_PRODUCT ? 1 : Math.min(batch, 4 * Workers.THREADS);
        Workers.run(
                parts,
                part -> {
                    int end = (int) ((long) batch * (part + 1) / parts);
                    for (int i = (int) ((long) batch * part / parts); i < end; i++) {
                        gemm.multiply(
                                m,
                                n,
                                k,
                                matrix(a, i, rank),
                                matrix(b, i, rank),
                                matrix(out, i, rank));
                    }
                });
    }

    /** Matrix number {@code index} of a batch. */
    private static Gemm.Matrix matrix(View v, int index, int rank) {
        Layout layout = v.layout();
        int p = layout.offset();
        int rest = index;
        for (int axis = rank - 3; axis >= 0; axis--) {
            int d = layout.shape().dim(axis);
            p += rest % d * layout.stride(axis);
            rest /= d;
        }
        return new Gemm.Matrix(
                HostBuffer.floats(v), p, layout.stride(rank - 2), layout.stride(rank - 1));
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

    @Override
    public String toString() {
        return "cpu, "
                + (VectorModule.PRESENT ? VectorFns.LANES * 32 + "-bit vectors, " : "no vectors, ")
                + Workers.THREADS
                + " threads";
    }
}
