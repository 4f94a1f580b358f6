package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Arrangement;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.OpCatalog;
import dev.gradus.tensor.Row;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The gradients that a tape gives on a backend, in FLOAT32, where its fused operations run: each
 * row of the catalogue against the reference, which performs all operations in parts, and whose
 * gradients {@link GradCheckTest} holds against differences.
 */
public interface GradientContract {
    /** The backend on trial. */
    Backend backend();

    /** The gradients by all inputs that have one. */
    @TestFactory
    default Stream<DynamicTest> gradientsAgreeWithTheReference() {
        return OpCatalog.rows().stream()
                .filter(row -> row.derivatives() > 0)
                .map(row -> dynamicTest(row.name(), () -> check(row)));
    }

    /** Whether to try all sizes and layouts, for which an emulated device is too slow. */
    default boolean isThorough() {
        return true;
    }

    private void check(Row row) {
        if (!isThorough()) {
            Arrangement[] some = {Arrangement.DENSE, Arrangement.TRANSPOSED};
            for (int i = 0; i < row.samples().size(); i++) {
                check(row, row.samples().get(i), some[i % 2], some[(i + 1) % 2]);
            }
            check(row, row.scaled(300), Arrangement.DENSE, Arrangement.DENSE);
            return;
        }
        Arrangement[] all = Arrangement.values();
        List<List<Shape>> samples = new ArrayList<>(row.samples());
        for (int n : new int[] {1, 65, 1000}) {
            samples.add(row.scaled(n));
        }
        for (int i = 0; i < samples.size(); i++) {
            boolean small = samples.get(i).stream().mapToInt(Shape::size).sum() <= 700;
            for (int k = 0; k < all.length; k++) {
                if (small || all[k] == Arrangement.DENSE || k == i % all.length) {
                    // The cotangent is arranged otherwise, in all ways over the samples.
                    check(row, samples.get(i), all[k], all[(k + i + 1) % all.length]);
                }
            }
        }
        check(row, row.scaled(8000), Arrangement.DENSE, Arrangement.DENSE);
    }

    private void check(Row row, List<Shape> shapes, Arrangement arrangement, Arrangement g) {
        String what = row + " of " + shapes + " " + arrangement + ", cotangent " + g;
        Tensor[] x = inputs(row, Backends.get("reference"), shapes, arrangement);
        Tensor[] y = inputs(row, backend(), shapes, arrangement);
        boolean[] every = new boolean[x.length];
        for (int i = 0; i < x.length; i++) {
            every[i] = x[i].dtype().isFloating();
        }
        double[][] expected = gradients(row, x, every, g);
        compare(row, what, expected, gradients(row, y, every, g));
        try (Tape _ = Tape.start()) {
            compare(row, what + ", nested", expected, gradients(row, y, every, g));
        }
        for (int i = 0; i < x.length && x.length > 1 && isThorough(); i++) {
            if (every[i]) {
                boolean[] one = new boolean[x.length];
                one[i] = true;
                double[][] only = new double[x.length][];
                only[i] = expected[i];
                String which = what + ", input " + i + " alone";
                compare(row, which, only, gradients(row, y, one, g));
            }
        }
    }

    private static Tensor[] inputs(Row row, Backend b, List<Shape> shapes, Arrangement arranged) {
        return row.inputs(b, DType.FLOAT32, shapes, arranged, 1);
    }

    /** The gradients by the inputs that are watched; null for the others. */
    private static double[][] gradients(Row row, Tensor[] x, boolean[] watched, Arrangement g) {
        double[][] gradients = new double[x.length][];
        try (Tape tape = Tape.nested()) {
            for (int i = 0; i < x.length; i++) {
                if (watched[i]) {
                    tape.track(x[i]);
                    gradients[i] = new double[x[i].size()];
                }
            }
            Tensor y = row.apply(x);
            if (tape.hasSeen(y)) {
                Tensor seed = g.random(y.backend(), y.dtype(), y.shape(), 2);
                Gradients all = tape.gradients(y, seed);
                for (int i = 0; i < x.length; i++) {
                    if (watched[i]) {
                        gradients[i] = all.of(x[i]).toArray();
                    }
                }
            }
        }
        return gradients;
    }

    private static void compare(Row row, String what, double[][] expected, double[][] found) {
        double tolerance = Math.max(2e-5, 4 * row.tolerance(DType.FLOAT32));
        for (int i = 0; i < expected.length; i++) {
            if (expected[i] == null) {
                continue;
            }
            assertEquals(expected[i].length, found[i].length, what);
            double largest = Arrays.stream(expected[i]).map(Math::abs).max().orElse(0);
            for (int k = 0; k < expected[i].length; k++) {
                double difference = Math.abs(expected[i][k] - found[i][k]);
                if (!(difference <= tolerance * Math.max(1, largest))) {
                    fail(
                            "%s: element %d of the gradient by input %d is %s, the reference says %s"
                                    .formatted(what, k, i, found[i][k], expected[i][k]));
                }
            }
        }
    }

    // ------------------------------------------------------------------ facts

    private Tensor of(double[]... rows) {
        return Tensor.of(rows).to(backend());
    }

    /** Of PyTorch 1.13.1, in double. */
    @Test
    default void knownGradients() {
        Tensor m = of(new double[] {1, -2, 3}, new double[] {4, 5, -6});
        Tensor v = Tensor.of(2, 0.5, -1).to(backend());
        try (Tape tape = Tape.watch(m)) {
            Tensor classes = Tensor.of(2, 0).to(backend());
            Tensor loss = Functional.crossEntropy(m, classes, 0.1).sum();
            assertArrayEquals(
                    new double[] {
                        0.085166321,
                        -0.027433583,
                        -0.057732738,
                        -0.6643952,
                        0.69771632,
                        -0.033321124
                    },
                    tape.gradients(loss).of(m).toArray(),
                    1e-6);
            assertArrayEquals(
                    new double[] {
                        -0.20541938, -0.02792648, 0.23334586, -0.1965743, 0.19670532, -0.00013102218
                    },
                    tape.gradients(m.softmax(-1), m.detach()).of(m).toArray(),
                    1e-6);
            assertArrayEquals(
                    new double[] {
                        1.3447285, -0.53789055, -0.80683794, 0.56866857, -0.51697149, -0.051697083
                    },
                    tape.gradients(Functional.layerNorm(m, v, v, 1e-5), m.detach()).of(m).toArray(),
                    1e-5);
        }
    }

    @Test
    default void whatIsMaskedThroughoutHasZeroGradients() {
        Tensor q = random(1, 5, 3);
        Tensor k = random(2, 4, 3);
        Tensor v = random(3, 4, 2);
        for (boolean causal : new boolean[] {false, true}) {
            try (Tape tape = Tape.watch(q, k, v)) {
                Tensor nowhere = Tensor.zeros(4).to(backend());
                Tensor y =
                        Functional.scaledDotProductAttention(q, k, v, nowhere, causal, 0)
                                .add(Functional.maskedSoftmax(q.matmul(k.t()), nowhere).sum());
                Gradients gradients = tape.gradients(y.sum());
                for (Tensor t : new Tensor[] {q, k, v}) {
                    assertArrayEquals(new double[t.size()], gradients.of(t).toArray());
                }
            }
        }
        // Query 1 attends to nothing, key 2 is attended to by nobody.
        Tensor some =
                of(
                        new double[] {1, 1, 0, 1},
                        new double[] {0, 0, 0, 0},
                        new double[] {1, 0, 0, 0},
                        new double[] {0, 1, 0, 1},
                        new double[] {1, 1, 0, 1});
        try (Tape tape = Tape.watch(q, k, v)) {
            Tensor y = Functional.scaledDotProductAttention(q, k, v, some, false, 0);
            Gradients gradients = tape.gradients(y.square().sum());
            assertArrayEquals(new double[3], gradients.of(q).get(1).toArray());
            assertArrayEquals(new double[3], gradients.of(k).get(2).toArray());
            assertArrayEquals(new double[2], gradients.of(v).get(2).toArray());
        }
    }

    private Tensor random(long seed, int... shape) {
        return Arrangement.DENSE.random(backend(), DType.FLOAT32, Shape.of(shape), seed);
    }
}
