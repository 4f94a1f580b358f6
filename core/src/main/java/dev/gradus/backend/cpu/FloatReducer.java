package dev.gradus.backend.cpu;

import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Reductions of float expressions, in an order of additions that is fixed by the shape alone.
 *
 * <p>Along the last axes (rows): every {@link FoldKernel#CHUNK} elements go to {@link
 * Loops#FOLD_LANES} running results, element i to number i mod 64; those are joined pairwise, 0
 * with 32, 1 with 33, …, then 0 with 16, and so on; the chunks' results are joined in double, in
 * order. Along other axes (columns): every {@link #ROWS} rows are joined one after another; those
 * results in double, in order.
 */
final class FloatReducer {
    static final int ROWS = 128;

    /** Fewer columns than this are not worth a call for each row: they are transposed first. */
    private static final int FEW_COLUMNS = 16;

    /** Chunks of a row that are joined side by side: see {@link FoldEmitter}. */
    private static final int CHUNKS_AT_ONCE = 4;

    private final Reduction reduction;
    private final Program program;
    private final double[] scalars;

    FloatReducer(Reduction reduction, Program program, double[] scalars) {
        this.reduction = reduction;
        this.program = program;
        this.scalars = scalars;
    }

    void run(View[] in, View out) {
        Shape full = in.length == 0 ? out.shape() : in[0].shape();
        float[] result = HostBuffer.floats(out);
        int at = out.layout().offset();
        if (full.size() == 0) {
            Arrays.fill(result, at, at + out.shape().size(), (float) reduction.start());
            return;
        }
        if (out.shape().size() == 1
                && full.size() <= FoldKernel.CHUNK
                && FloatMap.areContiguous(in)) {
            result[at] =
                    FoldKernel.of(program, reduction)
                            .run(FloatMap.arrays(in), FloatMap.starts(in), 0, scalars, full.size());
            return;
        }
        // The axes as runs of reduced and of kept ones; axes of size 1 belong to either.
        int end = full.rank();
        while (end > 0 && full.dim(end - 1) == 1) {
            end--;
        }
        boolean lastReduced = end > 0 && reduced(full, out, end - 1);
        int start = runStart(full, out, end, lastReduced);
        int before = runStart(full, out, start, !lastReduced);
        if (lastReduced && !anyReduced(full, out, start)) {
            rows(Operands.runsFrom(in, start), result, at);
        } else if (!lastReduced && !anyReduced(full, out, before)) {
            int columns = size(full, start, end);
            int rows = size(full, before, start);
            if (columns < FEW_COLUMNS && rows > FEW_COLUMNS) {
                int[] axes = rotated(full.rank(), before, start, end);
                run(permuted(in, axes), out.with(out.layout().permute(axes)));
            } else {
                columns(Operands.runsFrom(in, start), rows, result, at);
            }
        } else {
            // Several separate runs: the last one first, the others from what that leaves.
            int[] dims = full.toArray();
            Arrays.fill(dims, lastReduced ? start : before, lastReduced ? end : start, 1);
            Layout layout = Layout.contiguous(Shape.of(dims));
            float[] some = BufferPool.take(layout.shape().size());
            var partial = new View(new HostBuffer(out.dtype(), some.length, some), layout);
            run(in, partial);
            Program identity = Expr.in(0).program();
            new FloatReducer(reduction, identity, new double[0]).run(new View[] {partial}, out);
            BufferPool.give(some);
        }
    }

    private static boolean reduced(Shape full, View out, int axis) {
        return full.dim(axis) != 1 && out.shape().dim(axis) == 1;
    }

    private static boolean anyReduced(Shape full, View out, int end) {
        for (int axis = 0; axis < end; axis++) {
            if (reduced(full, out, axis)) {
                return true;
            }
        }
        return false;
    }

    /** Where the run of axes that ends before {@code end} starts. */
    private static int runStart(Shape full, View out, int end, boolean isReduced) {
        int start = end;
        while (start > 0
                && (full.dim(start - 1) == 1 || reduced(full, out, start - 1) == isReduced)) {
            start--;
        }
        return start;
    }

    private static int size(Shape shape, int from, int to) {
        int size = 1;
        for (int axis = from; axis < to; axis++) {
            size *= shape.dim(axis);
        }
        return size;
    }

    /** The axes with before … start − 1 moved behind start … end − 1. */
    private static int[] rotated(int rank, int before, int start, int end) {
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> i);
        for (int i = before; i < end; i++) {
            int to = i - before;
            axes[i] = to < end - start ? start + to : before + to - (end - start);
        }
        return axes;
    }

    private static View[] permuted(View[] in, int[] axes) {
        View[] views = new View[in.length];
        Arrays.setAll(views, i -> in[i].with(in[i].layout().permute(axes)));
        return views;
    }

    // ------------------------------------------------------------------ along rows

    private void rows(Operands operands, float[] result, int at) {
        FoldKernel kernel = FoldKernel.of(program, reduction);
        int n = operands.inner;
        int perPart = Math.max(1, FoldKernel.CHUNK / Math.max(1, n) * 2);
        if (n > FoldKernel.CHUNK) {
            inChunks(kernel, operands, result, at);
            return;
        }
        Workers.run(
                Math.ceilDiv(operands.outer, perPart),
                task -> {
                    int[] offsets = new int[operands.data.length];
                    int first = task * perPart;
                    int last = Math.min(operands.outer, first + perPart);
                    for (int row = first, count; row < last; row += count) {
                        count = operands.evenly(row, last - row);
                        operands.offsets(row, offsets);
                        kernel.runRows(
                                operands.data,
                                offsets,
                                operands.steps,
                                operands.splats,
                                scalars,
                                result,
                                at + row,
                                1,
                                n,
                                count);
                    }
                });
        operands.close();
    }

    /** Each row in chunks, and a few chunks are the rows of a task. */
    private void inChunks(FoldKernel kernel, Operands operands, float[] result, int at) {
        int n = operands.inner;
        int chunks = Math.ceilDiv(n, FoldKernel.CHUNK);
        int tasks = Math.ceilDiv(chunks, CHUNKS_AT_ONCE);
        float[] partial = new float[operands.outer * chunks];
        int[] steps = new int[operands.data.length];
        FoldKernel.advance(steps, operands.splats, FoldKernel.CHUNK);
        Workers.run(
                operands.outer * tasks,
                task -> {
                    int row = task / tasks;
                    int first = task % tasks * CHUNKS_AT_ONCE;
                    int last = Math.min(chunks, first + CHUNKS_AT_ONCE);
                    int to = row * chunks + first;
                    int[] offsets = new int[operands.data.length];
                    operands.offsets(row, offsets);
                    FoldKernel.advance(offsets, operands.splats, first * FoldKernel.CHUNK);
                    int whole = Math.min(last, n / FoldKernel.CHUNK) - first;
                    fold(kernel, operands, offsets, steps, partial, to, FoldKernel.CHUNK, whole);
                    if (first + whole < last) {
                        FoldKernel.advance(offsets, operands.splats, whole * FoldKernel.CHUNK);
                        int rest = n % FoldKernel.CHUNK;
                        fold(kernel, operands, offsets, steps, partial, to + whole, rest, 1);
                    }
                });
        for (int row = 0; row < operands.outer; row++) {
            double total = partial[row * chunks];
            for (int chunk = 1; chunk < chunks; chunk++) {
                total = reduction.fn().apply(total, partial[row * chunks + chunk], 0);
            }
            result[at + row] = (float) total;
        }
        operands.close();
    }

    private void fold(
            FoldKernel kernel,
            Operands operands,
            int[] offsets,
            int[] steps,
            float[] partial,
            int to,
            int n,
            int rows) {
        float[][] data = operands.data;
        kernel.runRows(data, offsets, steps, operands.splats, scalars, partial, to, 1, n, rows);
    }

    // ------------------------------------------------------------------ along columns

    /** Joining a row to the running results is itself an element-wise program, run in place. */
    private static final class ColumnPrograms {
        private final Map<Reduction, FloatKernel> kernels = new EnumMap<>(Reduction.class);

        ColumnPrograms(Program program) {
            for (Reduction r : Reduction.values()) {
                kernels.put(r, FloatKernel.of(program.joined(r.fn())));
            }
        }
    }

    private void columns(Operands operands, int rows, float[] result, int at) {
        var programs = program.compiled(ColumnPrograms.class, ColumnPrograms::new);
        FloatKernel kernel = Objects.requireNonNull(programs.kernels.get(reduction));
        int tiles = (operands.inner + FloatKernel.BLOCK - 1) / FloatKernel.BLOCK;
        int tasks = operands.outer / rows * tiles;
        int each = rows * Math.min(operands.inner, FloatKernel.BLOCK);
        int perPart = Math.max(1, FoldKernel.CHUNK / each);
        Workers.run(
                (tasks + perPart - 1) / perPart,
                part -> {
                    int last = Math.min(tasks, (part + 1) * perPart);
                    for (int i = part * perPart; i < last; i++) {
                        columnTile(kernel, operands, i / tiles, i % tiles, rows, result, at);
                    }
                });
        operands.close();
    }

    private void columnTile(
            FloatKernel kernel,
            Operands operands,
            int group,
            int tile,
            int rows,
            float[] result,
            int at) {
        int k = program.inputs();
        float[][] data = Arrays.copyOf(operands.data, k + 1);
        int[] offsets = new int[k + 1];
        int first = tile * FloatKernel.BLOCK;
        int width = Math.min(FloatKernel.BLOCK, operands.inner - first);
        data[k] = result;
        float[][] target = {result};
        int[] targetOffset = {at + group * operands.inner + first};
        int[] steps = Arrays.copyOf(operands.steps, k + 1); // the running results stay
        int[] still = new int[1];
        double[] total = new double[rows > ROWS ? width : 0];
        for (int row = 0, count; row < rows; row += count) {
            if (row % ROWS == 0) {
                Arrays.fill(
                        result,
                        targetOffset[0],
                        targetOffset[0] + width,
                        (float) reduction.start());
            }
            int index = group * rows + row;
            count = operands.evenly(index, Math.min(rows - row, ROWS - row % ROWS));
            operands.offsets(index, offsets);
            FoldKernel.advance(offsets, operands.splats, first);
            offsets[k] = targetOffset[0];
            kernel.runRows(
                    data,
                    offsets,
                    steps,
                    operands.splats,
                    scalars,
                    target,
                    targetOffset,
                    still,
                    width,
                    count);
            int done = row + count;
            if (total.length > 0 && (done % ROWS == 0 || done == rows)) {
                for (int j = 0; j < width; j++) {
                    double some = result[targetOffset[0] + j];
                    total[j] = row < ROWS ? some : reduction.fn().apply(total[j], some, 0);
                }
            }
        }
        for (int j = 0; j < total.length; j++) {
            result[targetOffset[0] + j] = (float) total[j];
        }
    }
}
