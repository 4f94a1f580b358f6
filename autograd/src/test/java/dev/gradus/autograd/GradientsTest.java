package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

class GradientsTest {
    private final Parameter weight = new Parameter("weight", Tensor.of(1.0, 2));
    private final Parameter bias = new Parameter("bias", Tensor.scalar(3));

    private Tensor model(double... input) {
        return weight.value().mul(Tensor.of(input)).sum().add(bias.value());
    }

    private static void assertValues(Tensor t, double... expected) {
        assertArrayEquals(expected, t.toArray(), 1e-6);
    }

    @Test
    void parametersAreWatchedWhenTheyAreUsed() {
        try (var tape = Tape.start()) {
            Gradients gradients = tape.gradients(model(5, 6).square());
            assertValues(gradients.of(weight), 200, 240);
            assertValues(gradients.of(bias), 40);
            assertTrue(gradients.has(weight));
        }
    }

    @Test
    void aParameterThatDoesNotMatterHasGradientZero() {
        try (var tape = Tape.start()) {
            Tensor unused = weight.value().sum();
            Gradients gradients = tape.gradients(bias.value().square());
            assertValues(gradients.of(weight), 0, 0);
            assertFalse(gradients.has(weight));
            assertTrue(gradients.has(bias));
            assertValues(tape.gradients(unused).of(weight), 1, 1);
        }
    }

    @Test
    void aFrozenParameterIsAConstantUntilItThaws() {
        weight.freeze();
        assertTrue(weight.isFrozen());
        try (var tape = Tape.start()) {
            assertFalse(tape.gradients(model(5, 6)).has(weight));
        }
        weight.unfreeze();
        try (var tape = Tape.start()) {
            assertTrue(tape.gradients(model(5, 6)).has(weight));
        }
    }

    @Test
    void usedTwiceIsOneParameter() {
        try (var tape = Tape.start()) {
            Tensor loss = model(5, 6).add(model(1, 1));
            assertValues(tape.gradients(loss).of(weight), 6, 7);
            assertValues(tape.gradients(loss).of(bias), 2);
        }
    }

    @Test
    void accumulateOverSeveralTapes() {
        Gradients total;
        try (var tape = Tape.start()) {
            total = tape.gradients(model(5, 6)).keep();
        }
        try (var tape = Tape.start()) {
            total = total.add(tape.gradients(model(1, -1))).keep();
        }
        assertValues(total.of(weight), 6, 5);
        assertValues(total.of(bias), 2);
        assertValues(total.scale(0.5).of(weight), 3, 2.5);
        assertValues(total.scale(Tensor.scalar(-1)).of(bias), -2);
        assertEquals(Math.sqrt(36 + 25 + 4), total.norm().item(), 1e-6);
    }

    @Test
    void addingKeepsWhatOnlyOneOfThemHas() {
        Gradients first;
        Gradients second;
        try (var tape = Tape.start()) {
            first = tape.gradients(weight.value().sum()).keep();
        }
        try (var tape = Tape.start()) {
            second = tape.gradients(bias.value().mul(2)).keep();
        }
        for (Gradients sum : new Gradients[] {first.add(second), second.add(first)}) {
            assertValues(sum.of(weight), 1, 1);
            assertValues(sum.of(bias), 2);
        }
        assertNotSame(first, first.add(second));
        assertFalse(first.has(bias));
    }

    @Test
    void aParameterMayAlsoBeWatchedAsATensor() {
        Tensor value = weight.value();
        try (var tape = Tape.watch(value)) {
            Gradients gradients = tape.gradients(model(5, 6));
            assertValues(gradients.of(weight), 5, 6);
            assertValues(gradients.of(value), 5, 6);
        }
    }

    @Test
    void afterAnUpdateInTheSameTapeTheNewestValueCounts() {
        Program doubled = Program.of(Expr.in(0).mul(2));
        try (var tape = Tape.start()) {
            tape.gradients(weight.value().sum());
            Slot.update(
                    doubled,
                    new Slot[] {weight},
                    new Tensor[0],
                    new double[0],
                    () -> "was doubled");
            Tensor loss = weight.value().square().sum();
            assertValues(tape.gradients(loss).of(weight), 4, 8);
        }
    }
}
