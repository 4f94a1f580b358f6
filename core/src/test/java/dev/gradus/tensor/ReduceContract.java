package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What {@link Backend#reduce} promises beyond single operations. */
interface ReduceContract {
    /** The backend on trial. */
    Backend backend();

    @TestFactory
    default Stream<DynamicTest> reductions() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Reduction reduction : Reduction.values()) {
            for (DType dtype : DType.values()) {
                tests.add(
                        dynamicTest(
                                reduction + " of " + dtype, () -> checkReduce(reduction, dtype)));
            }
        }
        return tests.stream();
    }

    private void checkReduce(Reduction reduction, DType dtype) {
        int[][] shapes = {
            {},
            {1},
            {37},
            {700},
            {40_000},
            {3, 0},
            {0, 3},
            {1, 5},
            {5, 1},
            {7, 33},
            {33, 7},
            {130, 20},
            {20, 1030},
            {300, 600},
            {2, 3, 4},
            {5, 33, 3},
            {2, 1, 4, 3},
            {3, 17, 2, 20}
        };
        for (int[] dims : shapes) {
            Shape shape = Shape.of(dims);
            if (shape.size() > 10_000 && dtype != DType.FLOAT32) {
                continue; // only FLOAT32 is worth several threads
            }
            for (int flags = 0; flags < 1 << dims.length; flags++) {
                boolean[] axes = new boolean[dims.length];
                for (int i = 0; i < axes.length; i++) {
                    axes[i] = (flags >>> i & 1) == 1;
                }
                for (Arrangement arrangement :
                        List.of(
                                Arrangement.DENSE,
                                Arrangement.TRANSPOSED,
                                Arrangement.SPACED,
                                Arrangement.STRETCHED)) {
                    checkReduce(reduction, dtype, shape, axes, arrangement);
                }
            }
        }
    }

    private void checkReduce(
            Reduction reduction, DType dtype, Shape shape, boolean[] axes, Arrangement arranged) {
        // Factors near 1, so that products of many stay in range; the sum of |x| is the scale.
        Expr x =
                reduction == Reduction.PROD && dtype.isFloating()
                        ? Expr.in(0).mul(0.001).add(1)
                        : Expr.in(0).mul(Expr.scalar(0));
        double[] scalars = {dtype.isFloating() ? 0.7 : 3};
        Tensor expected =
                reduce(
                        Backends.get("reference"),
                        reduction,
                        x,
                        scalars,
                        dtype,
                        shape,
                        axes,
                        arranged);
        Tensor found = reduce(backend(), reduction, x, scalars, dtype, shape, axes, arranged);
        int terms = shape.size() / Math.max(1, expected.size());
        Tensor scale =
                reduction == Reduction.SUM
                        ? reduce(
                                Backends.get("reference"),
                                reduction,
                                x.abs(),
                                scalars,
                                dtype,
                                shape,
                                axes,
                                arranged)
                        : expected;
        String what = reduction + " of " + dtype + " " + shape + " " + arranged;
        Agreement.check(
                what + " over " + Arrays.toString(axes),
                expected,
                found,
                tolerance(reduction, dtype, terms),
                scale);
        Tensor again = reduce(backend(), reduction, x, scalars, dtype, shape, axes, arranged);
        assertEquals(Bits.hash(found), Bits.hash(again), () -> what + " gives other bits again");
    }

    private static double tolerance(Reduction reduction, DType dtype, int terms) {
        double rounding = dtype == DType.FLOAT64 ? 1e-15 : dtype == DType.FLOAT32 ? 1e-7 : 0;
        return switch (reduction) {
            case SUM -> 50 * rounding;
            case PROD -> (10 + terms) * rounding;
            case MAX, MIN -> 0;
        };
    }

    private static Tensor reduce(
            Backend backend,
            Reduction reduction,
            Expr expr,
            double[] scalars,
            DType dtype,
            Shape shape,
            boolean[] axes,
            Arrangement arrangement) {
        Tensor in = arrangement.random(backend, dtype, shape, 11);
        Shape to = shape.reduce(axes, true);
        Tensor out = Tensor.wrap(backend, backend.allocate(dtype, to.size()), to);
        backend.reduce(reduction, expr.program(), new View[] {in.view()}, scalars, out.view());
        return out;
    }

    @Test
    default void reductionsOfNothingGiveTheirStart() {
        for (Reduction reduction : Reduction.values()) {
            Tensor empty = Arrangement.DENSE.random(backend(), DType.FLOAT32, Shape.of(2, 0), 1);
            Tensor out =
                    Tensor.wrap(backend(), backend().allocate(DType.FLOAT32, 2), Shape.of(2, 1));
            Program identity = Expr.in(0).program();
            backend()
                    .reduce(
                            reduction,
                            identity,
                            new View[] {empty.view()},
                            new double[0],
                            out.view());
            double start = reduction.start();
            assertArrayEquals(new double[] {start, start}, out.toArray(), reduction.name());
        }
    }
}
