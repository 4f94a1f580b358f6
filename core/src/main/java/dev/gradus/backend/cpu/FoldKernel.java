package dev.gradus.backend.cpu;

import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Joins the elements of a program's result to one number, in the order {@link FloatReducer} says.
 */
final class FoldKernel {
    /** The most elements that are joined in float: see {@link FloatReducer}. */
    static final int CHUNK = 16 * 1024;

    private static final ThreadLocal<float[]> LANES =
            ThreadLocal.withInitial(() -> new float[(1 + Loops.ENDS) * Loops.FOLD_LANES]);

    private final Reduction reduction;
    private final FloatKernel kernel;
    private final Tier<Loops.Fold> tier;

    /** The steps of a single row. */
    private final int[] still;

    private FoldKernel(Program program, Reduction reduction) {
        this.reduction = reduction;
        this.kernel = FloatKernel.of(program);
        this.still = new int[program.inputs()];
        this.tier =
                new Tier<>(
                        program,
                        splats -> LoopCompiler.fold(reduction, program, splats),
                        (loop, data, n, rows) ->
                                runRows(
                                        loop,
                                        data.in,
                                        data.offsets,
                                        data.steps(n),
                                        0,
                                        data.scalars,
                                        data.numbers,
                                        0,
                                        1,
                                        n,
                                        rows));
    }

    /** One for each reduction, kept with the program. */
    private static final class Kernels {
        private final Map<Reduction, FoldKernel> kernels = new EnumMap<>(Reduction.class);

        Kernels(Program program) {
            for (Reduction r : Reduction.values()) {
                kernels.put(r, new FoldKernel(program, r));
            }
        }
    }

    static FoldKernel of(Program program, Reduction reduction) {
        var all = program.compiled(Kernels.class, Kernels::new);
        return Objects.requireNonNull(all.kernels.get(reduction));
    }

    /** The join of n elements, n at least 1. */
    float run(float[][] in, int[] inOffset, long splats, double[] scalars, int n) {
        float[] result = LANES.get();
        runRows(in, inOffset, still, splats, scalars, result, 0, 0, n, 1);
        return result[0];
    }

    /**
     * The joins of rows of n elements each, n at least 1; the rows, or the numbers of a splat, are
     * {@code step} apart, and so are the results.
     */
    void runRows(
            float[][] in,
            int[] inOffset,
            int[] inStep,
            long splats,
            double[] scalars,
            float[] out,
            int outOffset,
            int outStep,
            int n,
            int rows) {
        Loops.Fold loop = tier.loop(splats, (long) n * rows);
        if (n <= CHUNK) {
            runRows(loop, in, inOffset, inStep, splats, scalars, out, outOffset, outStep, n, rows);
            return;
        }
        for (int row = 0; row < rows; row++) {
            int target = outOffset + row * outStep;
            double total = 0;
            for (int at = 0; at < n; at += CHUNK) {
                int count = Math.min(CHUNK, n - at);
                runRows(loop, in, inOffset, still, splats, scalars, out, target, 0, count, 1);
                total = at == 0 ? out[target] : reduction.fn().apply(total, out[target], 0);
                advance(inOffset, splats, CHUNK);
            }
            out[target] = (float) total;
            advance(inOffset, splats, -Math.ceilDiv(n, CHUNK) * CHUNK);
            FloatKernel.move(inOffset, inStep, 1);
        }
        FloatKernel.move(inOffset, inStep, -rows);
    }

    /** Moves on within a row. */
    static void advance(int[] offsets, long splats, int by) {
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] += (splats >>> i & 1) == 0 ? by : 0;
        }
    }

    /** As {@link #runRows}, by a loop if there is one; n is at most {@link #CHUNK}. */
    void runRows(
            Loops.@Nullable Fold loop,
            float[][] in,
            int[] inOffset,
            int[] inStep,
            long splats,
            double[] scalars,
            float[] out,
            int outOffset,
            int outStep,
            int n,
            int rows) {
        float[] lanes = LANES.get();
        if (loop != null) {
            int most = n % Loops.FOLD_LANES == 0 ? rows : Loops.ENDS;
            for (int row = 0; row < rows; row += most) {
                int count = Math.min(most, rows - row);
                int to = outOffset + row * outStep;
                loop.run(in, inOffset, inStep, scalars, lanes, out, to, outStep, n, count);
                FloatKernel.move(inOffset, inStep, count);
            }
            FloatKernel.move(inOffset, inStep, -rows);
            return;
        }
        for (int row = 0; row < rows; row++) {
            Arrays.fill(lanes, 0, Loops.FOLD_LANES, (float) reduction.start());
            inBlocks(in, inOffset, splats, scalars, lanes, n);
            out[outOffset + row * outStep] = joined(lanes, n);
            FloatKernel.move(inOffset, inStep, 1);
        }
        FloatKernel.move(inOffset, inStep, -rows);
    }

    /** The join of the lanes that n elements went to. */
    private float joined(float[] lanes, int n) {
        int width = Math.min(Loops.FOLD_LANES, Integer.highestOneBit(Math.max(1, 2 * n - 1)));
        for (int half = width / 2; half > 0; half /= 2) {
            for (int j = 0; j < half; j++) {
                lanes[j] = join(lanes[j], lanes[j + half]);
            }
        }
        return lanes[0];
    }

    private float join(float a, float b) {
        return switch (reduction) {
            case SUM -> a + b;
            case PROD -> a * b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
        };
    }

    private void inBlocks(
            float[][] in, int[] inOffset, long splats, double[] scalars, float[] lanes, int n) {
        float[][] r = kernel.start(in, inOffset, splats, scalars, Math.min(FloatKernel.BLOCK, n));
        for (int at = 0; at < n; at += FloatKernel.BLOCK) {
            int count = Math.min(FloatKernel.BLOCK, n - at);
            kernel.block(r, in, inOffset, splats, at, count, null);
            float[] values = kernel.result(r);
            for (int i = 0; i < count; i += Loops.FOLD_LANES) {
                joinLanes(lanes, values, i, Math.min(Loops.FOLD_LANES, count - i));
            }
        }
    }

    private void joinLanes(float[] lanes, float[] values, int at, int n) {
        switch (reduction) {
            case SUM -> {
                for (int j = 0; j < n; j++) {
                    lanes[j] += values[at + j];
                }
            }
            case PROD -> {
                for (int j = 0; j < n; j++) {
                    lanes[j] *= values[at + j];
                }
            }
            case MAX -> {
                for (int j = 0; j < n; j++) {
                    lanes[j] = Math.max(lanes[j], values[at + j]);
                }
            }
            case MIN -> {
                for (int j = 0; j < n; j++) {
                    lanes[j] = Math.min(lanes[j], values[at + j]);
                }
            }
        }
    }
}
