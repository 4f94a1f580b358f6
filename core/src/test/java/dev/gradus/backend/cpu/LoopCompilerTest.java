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
        FloatKernel.of(program).runInBlocks(in, starts, splats, scalars, expected, targets, 0, N);
        Objects.requireNonNull(LoopCompiler.map(program, splats))
                .run(in, starts, scalars, found, targets, N);
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
            float[][] in = inputs(2, new Random(7));
            for (float[] values : in) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.isFinite(values[i]) ? values[i] : 1;
                }
            }
            int[] starts = {1, 1};
            double[] scalars = {0.5};
            float[] lanes = new float[Loops.FOLD_LANES];
            Arrays.fill(lanes, (float) reduction.start());
            int n = N / 2;
            Objects.requireNonNull(LoopCompiler.fold(reduction, program, 2))
                    .run(in, starts, scalars, lanes, n);
            float[][] elements = {new float[n]};
            FloatKernel.of(program).runInBlocks(in, starts, 2, scalars, elements, new int[1], 0, n);
            float[] expected = new float[Loops.FOLD_LANES];
            Arrays.fill(expected, (float) reduction.start());
            for (int i = 0; i < n; i++) {
                int lane = i % expected.length;
                expected[lane] = (float) reduction.fn().apply(expected[lane], elements[0][i], 0);
            }
            assertArrayEquals(expected, lanes, reduction + " of " + e);
        }
    }
}
