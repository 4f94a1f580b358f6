package dev.gradus.backend.cpu;

import dev.gradus.backend.View;

/**
 * Performs a {@link RowKernel} on some of the rows, in one thread. Each value of the program, be it
 * an input or a stage, is an array with a row or a number for each row of the tile at hand; where
 * they start and how far they are apart is all that changes from tile to tile.
 */
final class RowPart {
    /** Elements of a tile: a few arrays of this size fit the second-level cache. */
    private static final int TILE = 16384;

    private final RowKernel kernel;
    private final Operands operands;
    private final double[] scalars;
    private final int n;
    private final int tile;
    private final Value[] values;
    private final Call[] calls;

    /** Where the rows or numbers of one value are. */
    private static final class Value {
        private final float[] array;
        private final int step;
        private final boolean isNumber;
        private final boolean isScratch;
        private final int first;

        /** Of the tile's first row. */
        private int start;

        Value(float[] array, int first, int step, boolean isNumber, boolean isScratch) {
            this.array = array;
            this.first = first;
            this.start = first;
            this.step = step;
            this.isNumber = isNumber;
            this.isScratch = isScratch;
        }
    }

    /** A stage's arguments, in the form that kernels take them. */
    private static final class Call {
        private final float[][] in;
        private final int[] inOffset;
        private final int[] inStep;
        private final float[][] out;
        private final int[] outOffset = new int[1];
        private final int[] outStep;
        private long splats;

        Call(int inputs, Value result) {
            in = new float[inputs][];
            inOffset = new int[inputs];
            inStep = new int[inputs];
            out = new float[][] {result.array};
            outStep = new int[] {result.step};
        }
    }

    /** For at most {@code rows} rows. */
    RowPart(RowKernel kernel, Operands operands, double[] scalars, View[] out, int rows) {
        this.kernel = kernel;
        this.operands = operands;
        this.scalars = scalars;
        this.n = operands.inner;
        this.tile = Math.clamp(TILE / n, 1, Math.min(rows, operands.evenRuns));
        this.values = new Value[kernel.inputs + kernel.stages.length];
        this.calls = new Call[kernel.stages.length];
        for (int i = 0; i < kernel.inputs; i++) {
            boolean isSplat = (operands.splats >>> i & 1) != 0;
            values[i] = new Value(operands.data[i], 0, operands.steps[i], isSplat, false);
        }
        for (int i = 0; i < calls.length; i++) {
            values[kernel.inputs + i] = result(i, out);
            calls[i] = call(kernel.stages[i], values[kernel.inputs + i]);
        }
    }

    private Value result(int stage, View[] out) {
        boolean isRow = kernel.stages[stage].isRow();
        int step = isRow ? n : 1;
        int output = kernel.output(stage);
        return output >= 0 && output < out.length
                ? new Value(
                        HostBuffer.floats(out[output]),
                        out[output].layout().offset(),
                        step,
                        !isRow,
                        false)
                : new Value(BufferPool.take(tile * step), 0, step, !isRow, true);
    }

    private Call call(RowKernel.Stage stage, Value result) {
        int[] sources = stage.sources();
        var call = new Call(sources.length, result);
        boolean ofNumbers = stage.map() != null && !stage.isRow();
        for (int k = 0; k < sources.length; k++) {
            Value source = values[sources[k]];
            call.in[k] = source.array;
            call.inStep[k] = source.step;
            if (ofNumbers) {
                call.in[k] = source.step == 1 ? source.array : new float[tile];
            } else if (source.isNumber) {
                call.splats |= 1L << k;
            }
        }
        return call;
    }

    /** Performs all stages on rows from … from + count − 1. */
    void run(int from, int count) {
        int[] inputs = new int[kernel.inputs];
        int end = from + count;
        for (int row = from; row < end; ) {
            int rows = operands.evenly(row, Math.min(tile, end - row));
            operands.offsets(row, inputs);
            for (int i = 0; i < values.length; i++) {
                Value v = values[i];
                if (i < inputs.length) {
                    v.start = inputs[i];
                } else if (!v.isScratch) {
                    v.start = v.first + row * v.step;
                }
            }
            for (int i = 0; i < calls.length; i++) {
                perform(kernel.stages[i], calls[i], values[inputs.length + i].start, rows);
            }
            row += rows;
        }
        for (Value v : values) {
            if (v.isScratch) {
                BufferPool.give(v.array);
            }
        }
    }

    private void perform(RowKernel.Stage stage, Call call, int target, int rows) {
        int[] sources = stage.sources();
        for (int k = 0; k < sources.length; k++) {
            call.inOffset[k] = values[sources[k]].start;
        }
        call.outOffset[0] = target;
        FloatKernel map = stage.map();
        FoldKernel fold = stage.fold();
        if (fold != null) {
            fold.runRows(
                    call.in,
                    call.inOffset,
                    call.inStep,
                    call.splats,
                    scalars,
                    call.out[0],
                    target,
                    1,
                    n,
                    rows);
        } else if (map != null && stage.isRow()) {
            map.runRows(
                    call.in,
                    call.inOffset,
                    call.inStep,
                    call.splats,
                    scalars,
                    call.out,
                    call.outOffset,
                    call.outStep,
                    n,
                    rows);
        } else if (map != null) {
            // A number a row: all rows of the tile are one run.
            for (int k = 0; k < sources.length; k++) {
                gather(values[sources[k]], call, k, rows);
            }
            map.run(call.in, call.inOffset, 0, scalars, call.out, call.outOffset, rows);
        }
    }

    /** The numbers of an input that are not next to each other. */
    private static void gather(Value source, Call call, int k, int rows) {
        if (source.step != 1) {
            for (int row = 0; row < rows; row++) {
                call.in[k][row] = source.array[source.start + row * source.step];
            }
            call.inOffset[k] = 0;
        }
    }
}
