package dev.gradus.backend.cpu;

import dev.gradus.backend.View;
import dev.gradus.expr.Program;

import java.util.Arrays;

/**
 * An element-wise program over FLOAT32 views of one shape, which are not empty, cut into parts that
 * any thread may compute. No result depends on how it is cut.
 */
final class FloatMap {
    /** No set of splats: some views need their layouts. */
    private static final long NOT_SIMPLE = -1;

    private static final int MOST_SPLATS = 63;

    private final FloatKernel kernel;
    private final double[] scalars;
    private final Operands operands;
    private final int inputs;
    private final float[][] targets;
    private final int[] starts;
    private final int inner;
    private final int outer;
    private final int steps;

    // A run of the operands is perRun pieces, and a part is perPart of all those.
    private int piece;
    private int perRun;
    private int perPart;

    FloatMap(Program program, View[] in, double[] scalars, View[] out) {
        this.kernel = FloatKernel.of(program);
        this.scalars = scalars;
        this.inputs = in.length;
        this.targets = arrays(out);
        this.starts = starts(out);
        this.operands = Operands.longestRuns(in);
        this.inner = in.length == 0 ? out[0].shape().size() : operands.inner;
        this.outer = operands.outer;
        this.steps = Math.max(1, program.steps().size());
    }

    private long work() {
        return (long) inner * outer * steps;
    }

    /** Computes a program, on several threads if that pays. */
    static void run(Program program, View[] in, double[] scalars, View[] out) {
        int size = out[0].shape().size();
        long splats = size > FloatKernel.BLOCK ? NOT_SIMPLE : splats(in);
        if (splats == NOT_SIMPLE) {
            run(new FloatMap(program, in, scalars, out));
            return;
        }
        // A small tensor, as a rule: without preparations, which would take longer than the work.
        FloatKernel.of(program)
                .run(arrays(in), starts(in), splats, scalars, arrays(out), starts(out), size);
    }

    /** Which views are one element repeated, if the others are contiguous. */
    private static long splats(View... views) {
        long splats = 0;
        for (int i = 0; i < views.length; i++) {
            if (!views[i].layout().isContiguous()) {
                if (!views[i].layout().isOneElement() || i >= MOST_SPLATS) {
                    return NOT_SIMPLE;
                }
                splats |= 1L << i;
            }
        }
        return splats;
    }

    static boolean areContiguous(View... views) {
        for (View v : views) {
            if (!v.layout().isContiguous()) {
                return false;
            }
        }
        return true;
    }

    static float[][] arrays(View... views) {
        float[][] arrays = new float[views.length][];
        for (int i = 0; i < arrays.length; i++) {
            arrays[i] = HostBuffer.floats(views[i]);
        }
        return arrays;
    }

    static int[] starts(View... views) {
        int[] starts = new int[views.length];
        for (int i = 0; i < starts.length; i++) {
            starts[i] = views[i].layout().offset();
        }
        return starts;
    }

    /** Computes everything, on several threads if that pays. */
    static void run(FloatMap... maps) {
        long work = 0;
        for (FloatMap map : maps) {
            work += map.work();
        }
        if (work < CpuBackend.PARALLEL_WORK) {
            for (FloatMap map : maps) {
                map.runWhole();
            }
        } else {
            int most = (int) Math.min(4L * Workers.THREADS, work / CpuBackend.PARALLEL_WORK);
            long each = Math.ceilDiv(work, (long) most);
            int[] ends = new int[maps.length];
            int parts = 0;
            for (int i = 0; i < maps.length; i++) {
                parts += maps[i].cut((int) Math.ceilDiv(maps[i].work(), each));
                ends[i] = parts;
            }
            Workers.run(
                    parts,
                    part -> {
                        int map = 0;
                        while (ends[map] <= part) {
                            map++;
                        }
                        maps[map].runPart(part - (map == 0 ? 0 : ends[map - 1]));
                    });
        }
        for (FloatMap map : maps) {
            map.operands.close();
        }
    }

    private void runWhole() {
        if (outer == 1) {
            int[] from = new int[inputs];
            operands.offsets(0, from);
            kernel.run(operands.data, from, operands.splats, scalars, targets, starts, inner);
        } else {
            cut(1);
            runPart(0);
        }
    }

    /** Cuts into at most some parts, of whole runs or of pieces of a long one; tells how many. */
    private int cut(int parts) {
        int pieces = outer >= parts ? 1 : Math.ceilDiv(parts, outer);
        piece = roundUp(Math.ceilDiv(inner, pieces));
        perRun = Math.ceilDiv(inner, piece);
        perPart = Math.ceilDiv(outer * perRun, parts);
        return Math.ceilDiv(outer * perRun, perPart);
    }

    private static int roundUp(int n) {
        return n > Integer.MAX_VALUE - FloatKernel.BLOCK
                ? n
                : Math.ceilDiv(n, FloatKernel.BLOCK) * FloatKernel.BLOCK;
    }

    private void runPart(int part) {
        int[] from = new int[inputs];
        int[] to = new int[starts.length];
        int[] toSteps = new int[starts.length];
        Arrays.fill(toSteps, inner);
        int end = Math.min(outer * perRun, (part + 1) * perPart);
        for (int i = part * perPart, rows; i < end; i += rows) {
            int run = i / perRun;
            int at = i % perRun * piece;
            rows = perRun == 1 ? operands.evenly(run, end - i) : 1;
            operands.offsets(run, from);
            FoldKernel.advance(from, operands.splats, at);
            for (int k = 0; k < to.length; k++) {
                to[k] = starts[k] + run * inner + at;
            }
            kernel.runRows(
                    operands.data,
                    from,
                    operands.steps,
                    operands.splats,
                    scalars,
                    targets,
                    to,
                    toSteps,
                    Math.min(piece, inner - at),
                    rows);
        }
    }
}
