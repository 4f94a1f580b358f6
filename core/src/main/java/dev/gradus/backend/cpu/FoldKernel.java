package dev.gradus.backend.cpu;

import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Joins the elements of a program's result to one number, in the order {@link FloatReducer} says.
 */
final class FoldKernel {
    /** A fold's loop holds the program four times: more steps than this stay in blocks. */
    private static final int MOST_STEPS = 24;

    private static final ThreadLocal<float[]> LANES =
            ThreadLocal.withInitial(() -> new float[Loops.FOLD_LANES]);

    private final Reduction reduction;
    private final FloatKernel kernel;
    private final Tier<Loops.Fold> tier;
    private final boolean compiles;

    private FoldKernel(Program program, Reduction reduction) {
        this.reduction = reduction;
        this.kernel = FloatKernel.of(program);
        this.compiles = program.steps().size() <= MOST_STEPS;
        this.tier =
                new Tier<>(
                        program,
                        splats -> LoopCompiler.fold(reduction, program, splats),
                        (loop, data) ->
                                loop.run(data.in, data.offsets, data.scalars, data.lanes, data.n),
                        data ->
                                inBlocks(
                                        data.in,
                                        data.offsets,
                                        0,
                                        data.scalars,
                                        data.lanes,
                                        0,
                                        data.n));
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
        float[] lanes = LANES.get();
        Arrays.fill(lanes, (float) reduction.start());
        Loops.Fold loop = compiles ? tier.loop(splats, n) : null;
        int done = 0;
        if (loop != null) {
            done = n - n % Loops.FOLD_LANES;
            loop.run(in, inOffset, scalars, lanes, done);
        }
        if (done < n) {
            inBlocks(in, inOffset, splats, scalars, lanes, done, n);
        }
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

    /** {@code from} and the block length are multiples of the number of lanes. */
    private void inBlocks(
            float[][] in,
            int[] inOffset,
            long splats,
            double[] scalars,
            float[] lanes,
            int from,
            int to) {
        var s = kernel.start(in, inOffset, splats, scalars, Math.min(FloatKernel.BLOCK, to - from));
        for (int at = from; at < to; at += FloatKernel.BLOCK) {
            int count = Math.min(FloatKernel.BLOCK, to - at);
            kernel.block(s, in, inOffset, splats, at, count, null);
            float[] values = kernel.result(s);
            for (int i = 0; i < count; i += Loops.FOLD_LANES) {
                joinLanes(lanes, values, i, Math.min(Loops.FOLD_LANES, count - i));
            }
        }
        kernel.finish(s);
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
