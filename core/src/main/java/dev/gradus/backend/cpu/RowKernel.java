package dev.gradus.backend.cpu;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Program;
import dev.gradus.expr.RowProgram;

import org.jspecify.annotations.Nullable;

/**
 * A row program ready to run: a kernel for each stage. They are performed one after another for a
 * few rows at a time ({@link RowPart}), so that what one stage leaves is still in the cache when
 * the next reads it. One for each program, shared by all threads.
 */
final class RowKernel {
    /** Work, in elements times steps, that is worth a second thread. */
    private static final long PARALLEL_WORK = 256 * 1024;

    /** A stage: its element-wise kernel, or else its fold, and the values that it reads. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stage(
            @Nullable FloatKernel map, @Nullable FoldKernel fold, boolean isRow, int[] sources) {}

    final int inputs;
    final Stage[] stages;
    private final RowProgram program;
    private final long workPerElement;

    private RowKernel(RowProgram program) {
        this.program = program;
        this.inputs = program.inputs();
        this.stages = program.stages().stream().map(RowKernel::stage).toArray(Stage[]::new);
        this.workPerElement =
                program.stages().stream().mapToLong(s -> 1 + program(s).steps().size()).sum();
    }

    private static Stage stage(RowProgram.Stage stage) {
        int[] sources = stage.reads().sources().stream().mapToInt(i -> i).toArray();
        Program program = program(stage);
        return switch (stage) {
            case RowProgram.Stage.Fold f ->
                    new Stage(null, FoldKernel.of(program, f.reduction()), false, sources);
            case RowProgram.Stage.Single n ->
                    new Stage(FloatKernel.of(program), null, false, sources);
            case RowProgram.Stage.Row r -> new Stage(FloatKernel.of(program), null, true, sources);
        };
    }

    private static Program program(RowProgram.Stage stage) {
        return stage.reads().expr().program();
    }

    /** Performs a program on FLOAT32 views with at least one element. */
    static boolean run(Fused.Rows fused, View[] in, View[] out) {
        RowKernel kernel = fused.program().compiled(RowKernel.class, RowKernel::new);
        Operands operands = Operands.runsFrom(in, in[0].shape().rank() - 1);
        int rows = operands.outer;
        long work = kernel.workPerElement * operands.inner * rows;
        long parts = Math.clamp(work / PARALLEL_WORK, 1, 4L * Workers.THREADS);
        int perPart = (int) Math.ceilDiv(rows, parts);
        Workers.run(
                Math.ceilDiv(rows, perPart),
                part -> {
                    int from = part * perPart;
                    int count = Math.min(perPart, rows - from);
                    new RowPart(kernel, operands, fused.scalars(), out, count).run(from, count);
                });
        operands.close();
        return true;
    }

    /** Which result stage {@code index} is, or −1. */
    int output(int index) {
        return program.outputs().indexOf(index);
    }
}
