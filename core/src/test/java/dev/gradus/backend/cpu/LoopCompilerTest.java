package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Fn;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Generated loops against the blocks tier, bit by bit. */
class LoopCompilerTest {
    private static final int N = 256;
    private static final int ROWS = 3;
    private static final float[] SPECIAL = {
        0f,
        -0f,
        1f,
        -1f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        88.8f,
        -104f,
        0.5f
    };

    @BeforeAll
    static void needsTheModule() {
        Assumptions.assumeTrue(VectorModule.PRESENT, "without jdk.incubator.vector");
    }

    private static float[][] inputs(int count, Random random) {
        float[][] in = new float[count][N + 1];
        for (float[] x : in) {
            for (int i = 0; i < x.length; i++) {
                x[i] =
                        random.nextInt(8) == 0
                                ? SPECIAL[random.nextInt(SPECIAL.length)]
                                : (float) random.nextGaussian() * 3;
            }
        }
        return in;
    }

    /** All NaNs are one value. */
    private static int[][] bits(float[][] values) {
        return Arrays.stream(values)
                .map(v -> IntStream.range(0, N).map(i -> Float.floatToIntBits(v[i])).toArray())
                .toArray(int[][]::new);
    }

    private static void compare(Program program, long splats, Random random) {
        float[][] in = inputs(program.inputs(), random);
        int[] starts = new int[Math.max(program.inputs(), program.outputs())];
        Arrays.fill(starts, 1);
        int[] targets = new int[starts.length];
        double[] scalars = random.doubles(program.scalars()).toArray();
        float[][] expected = new float[program.outputs()][N];
        float[][] found = new float[program.outputs()][N];
        // Rows that are no multiple of a vector, from the end to the start.
        int n = N / ROWS;
        int[] steps = new int[starts.length];
        Arrays.fill(steps, -n);
        Arrays.fill(starts, 1 + n * (ROWS - 1));
        Arrays.fill(targets, n * (ROWS - 1));
        Objects.requireNonNull(LoopCompiler.map(program, splats))
                .run(in, starts, steps, scalars, found, targets, steps, n, ROWS);
        for (int row = 0; row < ROWS; row++) {
            FloatKernel.of(program).runInBlocks(in, starts, splats, scalars, expected, targets, n);
            FloatKernel.move(starts, steps, 1);
            FloatKernel.move(targets, steps, 1);
        }
        assertArrayEquals(bits(expected), bits(found), program + ", splats " + splats);
    }

    @ParameterizedTest
    @EnumSource
    void everyFunction(Fn fn) {
        Assumptions.assumeTrue(VectorFns.has(fn), fn + " stays in blocks");
        Expr[] args = IntStream.range(0, fn.arity()).mapToObj(Expr::in).toArray(Expr[]::new);
        Program program = Program.of(Expr.apply(fn, args));
        for (long splats = 0; splats < 1L << fn.arity(); splats++) {
            compare(program, splats, new Random(splats));
        }
    }

    /** Up to four results of up to 40 random steps over inputs, scalars and constants. */
    static Stream<Program> programs() {
        return new Random(3).ints(60).mapToObj(seed -> program(new Random(seed)));
    }

    private static Program program(Random random) {
        List<Fn> fns = Arrays.stream(Fn.values()).filter(VectorFns::has).toList();
        List<Expr> values = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            values.add(Expr.in(i));
            values.add(Expr.scalar(i));
            values.add(Expr.of(random.nextInt(5) - 2));
        }
        int steps = 1 + random.nextInt(40);
        for (int i = 0; i < steps; i++) {
            Fn fn = fns.get(random.nextInt(fns.size()));
            Expr[] args =
                    IntStream.range(0, fn.arity())
                            .mapToObj(k -> values.get(random.nextInt(values.size())))
                            .toArray(Expr[]::new);
            values.add(Expr.apply(fn, args));
        }
        Expr[] outputs =
                IntStream.range(0, 1 + random.nextInt(4))
                        .mapToObj(
                                k -> values.get(values.size() - 1 - random.nextInt(values.size())))
                        .toArray(Expr[]::new);
        return Program.of(outputs);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void randomPrograms(Program program) {
        for (int i = 0; i < 3; i++) {
            Random random = new Random(i);
            compare(program, random.nextInt(1 << program.inputs()), random);
        }
    }

    /** The JIT compiler would not touch it, and it would run in the interpreter for ever. */
    @Test
    void whatIsTooLargeToBeCompiledIsNotGenerated() {
        Expr e = Expr.in(0);
        for (int i = 0; i < 30; i++) {
            e = e.softplus();
        }
        assertNull(LoopCompiler.map(e.program(), 0));
        assertNull(LoopCompiler.fold(Reduction.SUM, e.program(), 0));
    }

    @ParameterizedTest
    @EnumSource
    void folds(Reduction reduction) {
        Expr x = Expr.in(0);
        Expr y = Expr.in(1);
        for (Expr e : List.of(x, x.mul(y), x.sub(y).square(), x.sub(Expr.scalar(0)).tanh())) {
            Program program = e.program();
            float[][] in = inputs(2, new Random(7)); // N + 1 each, splats up to 2 N / n
            in[1] = Arrays.copyOf(in[0], 2 * N);
            for (float[] values : in) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.isFinite(values[i]) ? values[i] : 1;
                }
            }
            double[] scalars = {0.5};
            for (int n : new int[] {1, 5, 16, 63, 64, 65, 85, N / 2}) {
                int[] starts = {1, 0};
                int[] steps = {n, 2};
                int rows = N / n;
                float[] found = new float[2 * rows];
                var loop = Objects.requireNonNull(LoopCompiler.fold(reduction, program, 2));
                FoldKernel.of(program, reduction)
                        .runRows(loop, in, starts, steps, 2, scalars, found, 1, 2, n, rows);
                float[][] elements = {new float[n]};
                float[] expected = new float[2 * rows];
                for (int row = 0; row < rows; row++) {
                    FloatKernel.of(program)
                            .runInBlocks(in, starts, 2, scalars, elements, new int[1], n);
                    expected[2 * row + 1] = inOrder(reduction, elements[0]);
                    FloatKernel.move(starts, steps, 1);
                }
                assertArrayEquals(expected, found, reduction + " of " + e + ", n = " + n);
            }
        }
    }

    /** Element i to lane i mod 64, then halves with halves. */
    private static float inOrder(Reduction reduction, float[] elements) {
        float[] lanes = new float[Loops.FOLD_LANES];
        Arrays.fill(lanes, (float) reduction.start());
        for (int i = 0; i < elements.length; i++) {
            int lane = i % lanes.length;
            lanes[lane] = (float) reduction.fn().apply(lanes[lane], elements[i], 0);
        }
        for (int half = lanes.length / 2; half > 0; half /= 2) {
            for (int j = 0; j < half; j++) {
                lanes[j] = (float) reduction.fn().apply(lanes[j], lanes[j + half], 0);
            }
        }
        return lanes[0];
    }
}
