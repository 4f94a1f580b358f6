package dev.gradus.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Tape;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Sequential;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A program of a user's, in a package of its own, in which numbers go wrong. */
class AnomalyTest {
    private static int line;

    /** The next line of the source is the one to be named. */
    private static void next() {
        line =
                StackWalker.getInstance()
                        .walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
        line++;
    }

    private static void says(Executable code, String... parts) {
        String message = String.valueOf(assertThrows(ArithmeticException.class, code).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> part + " is not in: " + message);
        }
        String place = "AnomalyTest.java:" + line;
        assertTrue(message.contains(place), () -> place + " is not in: " + message);
    }

    @Test
    void aResultThatBecameInfinite() {
        Tensor x = Tensor.of(new double[][] {{1, 2}, {0, 4}});
        try (var tape = Tape.watch(x).detectAnomalies()) {
            next();
            says(() -> x.log(), "log", "-Infinity", "[1, 0]", "[2, 2]", "0.0 … 4.0");
            assertEquals(24, tape.gradients(x.mul(4).sum()).of(x).sum().item() + 8);
        }
    }

    @Test
    void aResultThatBecameNaN() {
        Tensor x = Tensor.of(-1.0, 4);
        try (Tape _ = Tape.watch(x).detectAnomalies()) {
            next();
            says(() -> x.sqrt(), "sqrt", "NaN", "[0]");
        }
    }

    @Test
    void dataThatWereBadAlready() {
        Tensor x = Tensor.of(1.0, Double.NaN);
        Tensor w = Tensor.of(1.0, 1);
        try (Tape _ = Tape.watch(w).detectAnomalies()) {
            next();
            says(() -> x.mul(w), "mul", "input 0", "NaN already, at [1]");
        }
    }

    @Test
    void aGradientThatBecameInfiniteWhereTheResultIsFinite() {
        Tensor x = Tensor.of(0.0, 4);
        try (var tape = Tape.watch(x).detectAnomalies()) {
            next();
            Tensor root = x.sqrt();
            Tensor loss = root.sum();
            says(() -> tape.gradients(loss), "gradient of sqrt", "Infinity", "[0]", "0.0 … 4.0");
        }
    }

    @Test
    void insideALayerTheLineOfTheUsersCode() {
        next();
        Layer bad = Layer.of(t -> t.log());
        var net = new Sequential(Layer.of(Tensor::relu), bad);
        Tensor x = Tensor.of(-1.0, 2);
        try (Tape _ = Tape.watch(x).detectAnomalies()) {
            says(() -> net.apply(x), "log", "-Infinity");
        }
    }

    @Test
    void infinityOnPurposeIsNone() {
        Tensor x = Tensor.of(1.0, Double.NEGATIVE_INFINITY);
        try (var tape = Tape.watch(x).detectAnomalies()) {
            assertEquals(1, x.exp().sum().item() / Math.E, 1e-6);
            assertEquals(0, tape.gradients(x.exp().sum()).of(x).at(1));
        }
    }

    @Test
    void cotangentsThatAddUpToInfinity() {
        Tensor x = Tensor.of(0.1, 0.2);
        try (var tape = Tape.watch(x).detectAnomalies()) {
            next();
            Tensor y = x.abs();
            Tensor loss = y.mul(3e38).add(y.mul(3e38)).sum();
            says(() -> tape.gradients(loss), "result of abs", "a sum over its uses", "Infinity");
        }
    }

    /** The composed form of a masked softmax knows −∞ inside. */
    @Test
    void attentionWithAMaskIsNoAnomaly() {
        Tensor q = Tensor.randn(3, 4).to(DType.FLOAT64);
        try (var tape = Tape.watch(q).detectAnomalies()) {
            Tensor y = Functional.scaledDotProductAttention(q, q, q, null, true, 0);
            assertTrue(Double.isFinite(tape.gradients(y.square().sum()).of(q).sum().item()));
        }
    }

    @Test
    void withoutItNothingIsLookedAt() {
        Tensor x = Tensor.of(0.0, -1);
        try (var tape = Tape.watch(x)) {
            assertTrue(Double.isNaN(tape.gradients(x.sqrt().sum()).of(x).sum().item()));
        }
    }
}
