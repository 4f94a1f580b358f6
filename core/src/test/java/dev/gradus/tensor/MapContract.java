package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What {@link Backend#map} promises beyond single operations. */
interface MapContract {
    /** Lengths around the widths of vectors and blocks, and one for several threads. */
    List<Integer> LENGTHS = List.of(1, 5, 16, 63, 64, 65, 512, 1030, 70_001);

    /** The backend on trial. */
    Backend backend();

    /** Runs a program over random inputs into new buffers. */
    private static Tensor[] map(
            Backend backend, Program program, DType dtype, Shape shape, Arrangement[] arranged) {
        View[] in = new View[program.inputs()];
        for (int i = 0; i < in.length; i++) {
            Arrangement arrangement =
                    arranged.length == 0 ? Arrangement.DENSE : arranged[i % arranged.length];
            in[i] = arrangement.random(backend, dtype, shape, i).view();
        }
        Tensor[] out = new Tensor[program.outputs()];
        for (int k = 0; k < out.length; k++) {
            out[k] = Tensor.wrap(backend, backend.allocate(dtype, shape.size()), shape);
        }
        backend.map(program, in, scalars(program), views(out));
        return out;
    }

    private static double[] scalars(Program program) {
        return IntStream.range(0, program.scalars()).mapToDouble(i -> 0.1 + 0.3 * i).toArray();
    }

    private static View[] views(Tensor... tensors) {
        return Arrays.stream(tensors).map(Tensor::view).toArray(View[]::new);
    }

    @Test
    default void severalGroupsAtOnceHaveTheBitsOfEach() {
        Expr expr = Expr.in(0).mul(Expr.in(1)).tanh();
        for (DType other : List.of(DType.FLOAT32, DType.FLOAT64)) {
            int[][] shapes = {{3}, {50, 70}, {}, {1, 513}, {2, 3, 4}};
            Tensor[][] groups = new Tensor[shapes.length][];
            for (int g = 0; g < groups.length; g++) {
                // The last group is of another dtype, or laid out otherwise.
                boolean last = g == groups.length - 1;
                Arrangement arranged = last ? Arrangement.TRANSPOSED : Arrangement.DENSE;
                DType dtype = last ? other : DType.FLOAT32;
                groups[g] =
                        new Tensor[] {
                            arranged.random(backend(), dtype, Shape.of(shapes[g]), g),
                            Arrangement.DENSE.random(backend(), dtype, Shape.of(), g + 1)
                        };
            }
            Tensor[] results = Op.mapEach("groups", expr, groups);
            for (int g = 0; g < groups.length; g++) {
                assertArrayEquals(
                        Tensor.map("one", expr, groups[g]).toArray(), results[g].toArray());
            }
        }
    }

    private void checkMap(Program program, double tolerance, Arrangement... arranged) {
        for (DType dtype : DType.values()) {
            if (dtype.isFloating() || program.hasInt()) {
                for (int n : LENGTHS) {
                    if (n > 10_000 && dtype != DType.FLOAT32) {
                        continue; // only FLOAT32 is worth several threads
                    }
                    for (Shape shape : List.of(Shape.of(n), Shape.of(3, (n + 2) / 3))) {
                        Tensor[] expected =
                                map(Backends.get("reference"), program, dtype, shape, arranged);
                        Tensor[] found = map(backend(), program, dtype, shape, arranged);
                        for (int k = 0; k < expected.length; k++) {
                            Agreement.check(
                                    program + " of " + dtype + " " + shape + ", output " + k,
                                    expected[k],
                                    found[k],
                                    dtype.isFloating() ? tolerance : 0,
                                    expected[k].abs().maximum(expected[k].onesLike()));
                        }
                    }
                }
            }
        }
    }

    @TestFactory
    default Stream<DynamicTest> programs() {
        Expr x = Expr.in(0);
        Expr y = Expr.in(1);
        Expr s = Expr.scalar(0);
        Expr t = Expr.scalar(1);
        Expr longest = x;
        for (int i = 0; i < Program.MAX_STEPS; i++) {
            longest = i % 2 == 0 ? longest.mul(s) : longest.sub(Expr.in(1 + i % 3));
        }
        Expr many = Expr.in(0);
        for (int i = 1; i < 20; i++) {
            many = many.add(Expr.in(i).mul(i));
        }
        Program chain = Program.of(longest);
        Program inputs = Program.of(many);
        return Stream.of(
                dynamicTest("an input", () -> checkMap(Program.of(x), 0, Arrangement.SPACED)),
                dynamicTest("numbers alone", () -> checkMap(Program.of(s, Expr.of(0.7), t), 0)),
                dynamicTest(
                        "scalars and constants are rounded once",
                        () -> checkMap(Program.of(x.mul(s), x.sub(t), x.add(0.1)), 0)),
                dynamicTest(
                        "several outputs that share steps",
                        () -> checkMap(Program.of(x.mul(y), x.mul(y).tanh(), y.exp(), y), 1e-6)),
                dynamicTest(
                        "outputs that are each other's inputs, or the same",
                        () ->
                                checkMap(
                                        Program.of(x.add(y), x.add(y).mul(s), x, x.add(y), s),
                                        1e-6)),
                dynamicTest("an input that is not read", () -> checkMap(Program.of(y.neg()), 0)),
                dynamicTest("the longest program", () -> checkMap(chain, 1e-5)),
                dynamicTest(
                        "twenty inputs, each arranged its own way",
                        () -> checkMap(inputs, 1e-4, Arrangement.values())),
                dynamicTest(
                        "an output that is the constant of another",
                        () -> checkMap(Program.of(Expr.of(2), x.mul(2)), 0)));
    }

    @Test
    default void outputsMayBeInputsAndSoAnUpdateIsInPlace() {
        // Adam, with its moments: three results over what they replace, and the gradient
        Expr w = Expr.in(0);
        Expr m = Expr.in(1).mul(0.9).add(Expr.in(3).mul(0.1));
        Expr v = Expr.in(2).abs().mul(0.99).add(Expr.in(3).square().mul(0.01));
        Program adam = Program.of(w.sub(Expr.scalar(0).mul(m).div(v.sqrt().add(0.1))), m, v);
        for (int n : LENGTHS) {
            Tensor[] expected = updated(Backends.get("reference"), adam, n);
            Tensor[] found = updated(backend(), adam, n);
            for (int k = 0; k < 4; k++) {
                Agreement.check(
                        "Adam of " + n + ", tensor " + k,
                        expected[k],
                        found[k],
                        k == 3 ? 0 : 1e-5,
                        expected[k].abs().maximum(expected[k].onesLike()));
            }
        }
    }

    private static Tensor[] updated(Backend backend, Program program, int n) {
        Tensor[] x = new Tensor[4];
        for (int i = 0; i < 4; i++) {
            x[i] = Arrangement.DENSE.random(backend, DType.FLOAT32, Shape.of(n), i);
        }
        for (int step = 0; step < 3; step++) {
            backend.map(program, views(x), new double[] {0.1}, views(x[0], x[1], x[2]));
        }
        return x;
    }

    @Test
    default void outputsMayLieAnywhereInTheirBuffer() {
        Program program = Program.of(Expr.in(0).mul(2), Expr.in(0).add(1));
        for (int n : LENGTHS) {
            Tensor in = Arrangement.OFFSET.random(backend(), DType.FLOAT32, Shape.of(n), 1);
            Buffer buffer = backend().upload(DType.FLOAT32, new float[2 * n + 20]);
            Layout whole = Layout.contiguous(Shape.of(2 * n + 20));
            View first = new View(buffer, whole.slice(Slice.range(3, 3 + n)));
            View second = new View(buffer, whole.slice(Slice.range(n + 10, 2 * n + 10)));
            backend().map(program, views(in), new double[0], new View[] {first, second});
            float[] all = (float[]) backend().download(new View(buffer, whole));
            float[] expected = new float[2 * n + 20];
            double[] x = in.toArray();
            for (int i = 0; i < n; i++) {
                expected[3 + i] = (float) (2 * x[i]);
                expected[n + 10 + i] = (float) (1 + x[i]);
            }
            assertArrayEquals(expected, all, "n = " + n);
        }
    }
}
