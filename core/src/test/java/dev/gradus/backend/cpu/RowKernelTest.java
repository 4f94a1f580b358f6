package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.expr.RowProgram;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** Row programs against their stages performed one by one on whole tensors, bit by bit. */
class RowKernelTest {
    private static final double[] SCALARS = {3, 0.5};

    /** All kinds of stage; input 0 is a row, input 1 a row for all, input 2 a number a row. */
    private static final RowProgram PROGRAM =
            RowProgram.of(3)
                    .fold(Reduction.MAX, Expr.in(0).mul(Expr.in(2)))
                    .row(Expr.in(0).mul(Expr.in(2)).sub(Expr.in(3)).exp())
                    .fold(Reduction.SUM, Expr.in(4).mul(Expr.in(1)))
                    .number(Expr.in(5).div(Expr.scalar(0)).add(Expr.in(2)).add(Expr.in(3)))
                    .row(Expr.in(4).sub(Expr.in(6)).mul(Expr.in(1)).add(Expr.scalar(1)))
                    .fold(Reduction.MIN, Expr.in(7).abs())
                    .gives(7, 6, 8, 4);

    private static View fresh(int... shape) {
        Shape s = Shape.of(shape);
        var buffer = new HostBuffer(DType.FLOAT32, s.size(), new float[s.size()]);
        return new View(buffer, Layout.contiguous(s));
    }

    private static View random(int... shape) {
        View v = fresh(shape);
        float[] values = HostBuffer.floats(v);
        Random random = new Random(values.length);
        for (int i = 0; i < values.length; i++) {
            boolean special = random.nextInt(500) == 0;
            values[i] = special ? Float.NEGATIVE_INFINITY : (float) random.nextGaussian();
        }
        return v;
    }

    private static View[] inputs(String layout, int rows, int n) {
        View each = random(rows, 2, 1);
        return new View[] {
            switch (layout) {
                case "dense" -> random(2, rows, n);
                case "transposed" -> {
                    View v = random(n, rows, 2);
                    yield v.with(v.layout().permute(2, 1, 0));
                }
                case "swapped" -> {
                    View v = random(rows, 2, n);
                    yield v.with(v.layout().permute(1, 0, 2));
                }
                case "repeated" -> random(2, 1, n);
                default -> throw new AssertionError(layout);
            },
            random(n),
            each.with(each.layout().permute(1, 0, 2))
        };
    }

    private static View[] expand(View[] in, int... shape) {
        return Arrays.stream(in)
                .map(v -> v.with(v.layout().expand(Shape.of(shape))))
                .toArray(View[]::new);
    }

    private static View fresh(RowProgram.Stage stage, int rows, int n) {
        return fresh(2, rows, stage instanceof RowProgram.Stage.Row ? n : 1);
    }

    private static View[] outputs(int count, int rows, int n) {
        return PROGRAM.outputs().stream()
                .limit(count)
                .map(stage -> fresh(PROGRAM.stages().get(stage), rows, n))
                .toArray(View[]::new);
    }

    /** The stages as operations on whole tensors. */
    private static View[] staged(View[] in, int rows, int n) {
        var backend = new CpuBackend();
        View[] values = Arrays.copyOf(in, PROGRAM.values());
        for (int i = in.length; i < values.length; i++) {
            RowProgram.Stage stage = PROGRAM.stages().get(i - in.length);
            Program program = stage.reads().expr().program();
            View[] read = stage.reads().sources().stream().map(k -> values[k]).toArray(View[]::new);
            View out = fresh(stage, rows, n);
            switch (stage) {
                case RowProgram.Stage.Fold f ->
                        backend.reduce(
                                f.reduction(), program, expand(read, 2, rows, n), SCALARS, out);
                case RowProgram.Stage.Single x ->
                        backend.map(program, expand(read, 2, rows, 1), SCALARS, new View[] {out});
                case RowProgram.Stage.Row x ->
                        backend.map(program, expand(read, 2, rows, n), SCALARS, new View[] {out});
            }
            values[i] = out;
        }
        return PROGRAM.outputs().stream().map(k -> values[in.length + k]).toArray(View[]::new);
    }

    private static int[] bits(View v) {
        float[] values = HostBuffer.floats(v);
        return IntStream.range(0, values.length)
                .map(i -> Float.floatToIntBits(values[i]))
                .toArray();
    }

    @ParameterizedTest
    @CsvSource({
        "dense, 1, 1",
        "dense, 3, 1",
        "dense, 5000, 1",
        "dense, 700, 3",
        "dense, 300, 17",
        "dense, 9, 63",
        "dense, 9, 64",
        "dense, 700, 65",
        "dense, 40, 1000",
        "dense, 3, 16384",
        "dense, 3, 16385",
        "dense, 2, 50000",
        "transposed, 31, 100",
        "swapped, 31, 100",
        "swapped, 31, 1000",
        "repeated, 31, 100",
        "repeated, 3, 20000"
    })
    void equalsItsStages(String layout, int rows, int n) {
        View[] in = inputs(layout, rows, n);
        View[] expected = staged(in, rows, n);
        for (int asked = 1; asked <= expected.length; asked++) {
            View[] out = outputs(asked, rows, n);
            RowKernel.run(new Fused.Rows(PROGRAM, SCALARS), expand(in, 2, rows, n), out);
            for (int k = 0; k < asked; k++) {
                assertArrayEquals(bits(expected[k]), bits(out[k]), "result " + k + " of " + asked);
            }
        }
    }

    /** Neither tiles nor threads show: 4000 equal rows, cut into parts, give equal results. */
    @Test
    void aRowDoesNotDependOnItsPlace() {
        int n = 100;
        View row = random(n);
        View in = row.with(row.layout().expand(Shape.of(4000, n)));
        View[] out = {fresh(4000, n)};
        RowKernel.run(new Fused.Rows(PROGRAM, SCALARS), new View[] {in, in, in}, out);
        int[] all = bits(out[0]);
        int[] first = Arrays.copyOf(all, n);
        for (int i = 0; i < all.length; i += n) {
            assertArrayEquals(first, Arrays.copyOfRange(all, i, i + n));
        }
    }

    /** Rows of several chunks, by one call and by a call each. */
    @Test
    void longRowsOfOneFold() {
        int n = 20_000;
        float[][] in = {HostBuffer.floats(random(3, n)), {1, 2, 3}};
        int[] offsets = {0, 0};
        int[] steps = {n, 1};
        float[] together = new float[3];
        float[] alone = new float[3];
        var kernel = FoldKernel.of(Expr.in(0).mul(Expr.in(1)).exp().program(), Reduction.SUM);
        kernel.runRows(in, offsets, steps, 2, SCALARS, together, 0, 1, n, 3);
        assertArrayEquals(new int[2], offsets);
        for (int row = 0; row < 3; row++) {
            int[] start = {row * n, row};
            kernel.runRows(in, start, steps, 2, SCALARS, alone, row, 1, n, 1);
        }
        assertArrayEquals(alone, together);
    }

    @Test
    void allocatesNothingForARow() {
        int rows = 600; // 1200 of them, too few for a second thread
        View[] in = expand(inputs("dense", rows, 5), 2, rows, 5);
        View[] out = outputs(1, rows, 5);
        var fused = new Fused.Rows(PROGRAM, SCALARS);
        Allocation.settlesBelow(2L * rows * 4, 10, () -> RowKernel.run(fused, in, out));
    }
}
