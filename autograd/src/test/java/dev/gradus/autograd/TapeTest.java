package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gradients by hand, of small expressions. */
class TapeTest {
    private final Tensor x = Tensor.of(1.0, 2, 3);
    private final Tensor y = Tensor.of(4.0, 5, 6);

    @AfterEach
    void leavesNoTapeOpen() {
        assertNull(Tape.current());
    }

    private static void assertValues(Tensor t, double... expected) {
        assertArrayEquals(expected, t.toArray(), 1e-6);
    }

    @Test
    void theCourseExample() {
        try (var tape = Tape.watch(x, y)) {
            Tensor loss = x.add(y).square().mean();
            Gradients gradients = tape.gradients(loss);
            assertValues(gradients.of(x), 2 * 5 / 3.0, 2 * 7 / 3.0, 2 * 9 / 3.0);
            assertValues(gradients.of(y), 2 * 5 / 3.0, 2 * 7 / 3.0, 2 * 9 / 3.0);
        }
    }

    @Test
    void gradientsMayBeAskedForAgain() {
        try (var tape = Tape.watch(x)) {
            Tensor square = x.square();
            Tensor sum = square.sum();
            Tensor cubes = square.mul(x).sum();
            assertValues(tape.gradients(sum).of(x), 2, 4, 6);
            assertValues(tape.gradients(cubes).of(x), 3, 12, 27);
            assertValues(tape.gradients(sum).of(x), 2, 4, 6);
            assertValues(tape.gradients(sum.mul(2)).of(x), 4, 8, 12);
        }
    }

    @Test
    void aTensorUsedSeveralTimesCollectsEveryShare() {
        try (var tape = Tape.watch(x)) {
            Tensor twice = x.add(x);
            Tensor all = twice.mul(x).sub(twice).add(x.mul(y)); // 2x² − 2x + x·y
            assertValues(tape.gradients(all.sum()).of(x), 4 - 2 + 4, 8 - 2 + 5, 12 - 2 + 6);
        }
    }

    @Test
    void whatTheResultDoesNotDependOnHasGradientZero() {
        try (var tape = Tape.watch(x, y)) {
            Gradients gradients = tape.gradients(x.sum());
            assertValues(gradients.of(x), 1, 1, 1);
            assertValues(gradients.of(y), 0, 0, 0);
            assertEquals(y.shape(), gradients.of(y).shape());
        }
    }

    @Test
    void aSeedWeighsTheElements() {
        try (var tape = Tape.watch(x)) {
            Tensor square = x.square();
            assertValues(tape.gradients(square, Tensor.of(1.0, 0, -2)).of(x), 2, 0, -12);
            assertValues(tape.gradients(square, null).of(x), 2, 4, 6);
        }
    }

    @Test
    void oneElementIsAScalarWhateverItsShape() {
        try (var tape = Tape.watch(x)) {
            assertValues(tape.gradients(x.sum(0, true)).of(x), 1, 1, 1);
            assertValues(tape.gradients(x.slice("1:2").unsqueeze(0)).of(x), 0, 1, 0);
        }
    }

    @Test
    void broadcastingIsSummedBack() {
        Tensor column = Tensor.of(new double[][] {{10}, {20}});
        Tensor scalar = Tensor.scalar(2);
        try (var tape = Tape.watch(x, column, scalar)) {
            Gradients gradients = tape.gradients(x.mul(column).mul(scalar).sum());
            assertValues(gradients.of(x), 60, 60, 60);
            assertValues(gradients.of(column), 12, 12);
            assertEquals(Shape.of(2, 1), gradients.of(column).shape());
            assertValues(gradients.of(scalar), 180);
            assertEquals(Shape.SCALAR, gradients.of(scalar).shape());
        }
    }

    @Test
    void aResultMayBeWatchedToo() {
        try (var tape = Tape.watch(x)) {
            Tensor hidden = x.mul(2);
            tape.track(hidden);
            Gradients gradients = tape.gradients(hidden.square().sum());
            assertValues(gradients.of(hidden), 4, 8, 12);
            assertValues(gradients.of(x), 8, 16, 24);
        }
    }

    @Test
    void theResultItselfMayBeWatched() {
        Tensor one = Tensor.scalar(3);
        try (var tape = Tape.watch(one)) {
            assertValues(tape.gradients(one).of(one), 1);
        }
    }

    @Test
    void detachStopsGradientsAndKeepCopies() {
        try (var tape = Tape.watch(x)) {
            Tensor square = x.square();
            assertValues(tape.gradients(square.detach().mul(x).sum()).of(x), 1, 4, 9);
            assertValues(tape.gradients(square.keep().mul(x).sum()).of(x), 1, 4, 9);
            assertFalse(tape.hasSeen(square.detach()));
            assertTrue(tape.hasSeen(square));
        }
    }

    @Test
    void gradientsPassThroughTypes() {
        try (var tape = Tape.watch(x)) {
            Tensor doubles = x.to(DType.FLOAT64);
            Tensor mixed = doubles.square().add(x).mul(Tensor.of(1, 0, 2)).sum();
            assertEquals(DType.FLOAT64, mixed.dtype());
            Tensor gradient = tape.gradients(mixed).of(x);
            assertEquals(DType.FLOAT32, gradient.dtype());
            assertValues(gradient, 3, 0, 14);
            assertFalse(tape.hasSeen(x.to(DType.INT32)));
        }
    }

    @Test
    void masksAndSelectionsLetGradientsThroughWhereTheyChoose() {
        try (var tape = Tape.watch(x)) {
            assertValues(tape.gradients(x.gt(1.5).mul(x).sum()).of(x), 0, 1, 1);
            assertValues(tape.gradients(Tensor.where(x.lt(2.5), x, y).sum()).of(x), 1, 1, 0);
            assertValues(tape.gradients(x.gather(Tensor.of(2, 2, 0)).sum()).of(x), 1, 0, 2);
            assertValues(tape.gradients(x.slice("::-2").square().sum()).of(x), 2, 0, 6);
        }
    }

    @Test
    void tiesShareTheGradient() {
        Tensor tie = Tensor.of(5.0, 1, 5);
        try (var tape = Tape.watch(tie, x)) {
            assertValues(tape.gradients(tie.max()).of(tie), 0.5, 0, 0.5);
            assertValues(
                    tape.gradients(tie.maximum(Tensor.of(5, 5, 5)).sum()).of(tie), 0.5, 0, 0.5);
            assertValues(tape.gradients(x.relu().sub(x.sub(2).relu()).sum()).of(x), 1, 1, 0);
        }
    }

    @Test
    void anExpressionNeedNotReadItsLastInput() {
        try (var tape = Tape.watch(x, y)) {
            Expr tanh = Expr.in(0).tanh();
            double[] expected = new double[3];
            for (int i = 0; i < 3; i++) {
                expected[i] = 1 - Math.pow(Math.tanh(i + 1), 2);
            }
            Tensor mapped = Tensor.map("first of two", tanh, x, y).sum();
            Tensor summed = Tensor.sum("first of two", tanh, new int[0], false, x, y);
            for (Tensor t : new Tensor[] {mapped, summed}) {
                Gradients gradients = tape.gradients(t);
                assertValues(gradients.of(x), expected);
                assertValues(gradients.of(y), 0, 0, 0);
            }
        }
    }

    @Test
    void outsideATapeNothingIsRecorded() {
        Tensor before = x.square();
        try (var tape = Tape.watch(x)) {
            assertFalse(tape.hasSeen(before));
            assertFalse(tape.hasSeen(y.square()));
            assertTrue(tape.hasSeen(x));
            assertSame(tape, Tape.current());
        }
        assertNull(Tape.current());
    }

    @Test
    void anOperationThatFailsLeavesTheTapeUsable() {
        try (var tape = Tape.watch(x)) {
            Tensor square = x.square();
            Says.illegal(() -> square.add(Tensor.ones(4)), "add: shapes");
            Says.error(IndexOutOfBoundsException.class, () -> square.gather(Tensor.of(7)), "7");
            Tensor loss = square.sum();
            Says.error(
                    IllegalStateException.class,
                    () -> tape.gradients(Op.apply(new Broken(), square).sum()),
                    "broken on purpose");
            assertValues(tape.gradients(loss).of(x), 2, 4, 6);
            assertValues(tape.gradients(x.mul(loss).sum()).of(x), 14 + 12, 14 + 24, 14 + 36);
        }
    }

    private record Broken() implements Op {
        @Override
        public Tensor forward(Tensor... x) {
            return x[0].neg();
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            throw new IllegalStateException("broken on purpose");
        }
    }

    @Test
    void theModeIsThatOfTheOpenTape() {
        assertEquals(Mode.EVAL, Mode.current());
        try (Tape tape = Tape.start()) {
            assertEquals(Mode.TRAIN, Mode.current());
            assertEquals(Mode.TRAIN, tape.mode());
        }
        try (Tape _ = Tape.start(Mode.EVAL)) {
            assertEquals(Mode.EVAL, Mode.current());
            try (Tape _ = Tape.nested()) {
                assertEquals(Mode.EVAL, Mode.current());
            }
        }
        assertEquals(Mode.EVAL, Mode.current());
    }
}
