package dev.gradus.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.ArrayList;
import java.util.List;

class ParameterGroupTest {
    private final Parameter a = new Parameter("a", Tensor.of(new double[] {1, -2}, DType.FLOAT64));
    private final Parameter b = new Parameter("b", Tensor.of(new double[] {3}, DType.FLOAT64));

    /** A step down Σ a² + Σ b² + a₀·b. */
    private void step(Optimizer optimizer) {
        try (Tape tape = Tape.start()) {
            Tensor squares = a.value().square().sum().add(b.value().square().sum());
            Tensor loss = squares.add(a.value().get(0).mul(b.value().get(0)));
            optimizer.step(tape.gradients(loss));
        }
    }

    private double[] values() {
        return Tensor.concat(0, a.value(), b.value()).toArray();
    }

    /** PyTorch 1.13.1: groups with a rate and a decay of their own, and a schedule for both. */
    @Test
    void groupsAreThoseOfPyTorch() {
        var adam = new Adam(List.of(a, b), 0.1, 0.9, 0.999, 1e-8, 0.1);
        ParameterGroup group = adam.group(List.of(b), 0.02, 0.5);
        assertSame(b, group.parameters().get(0));
        Schedule schedule = Schedule.exponential(0.8);
        double[][] expected = {
            {0.9000000001960784, -1.9000000002380952, 2.9800000000235296},
            {0.6648432788476464, -1.6649798261419437, 2.932836251970554},
            {0.5563979342026316, -1.5567715884959559, 2.910920532354623}
        };
        int next = 0;
        for (int step = 0; step < 10; step++) {
            adam.setLearningRateFactor(schedule.factor(step));
            step(adam);
            if (step == 0 || step == 4 || step == 9) {
                assertArrayEquals(expected[next++], values(), 1e-9, "step " + step);
            }
        }
        assertEquals(0.1, adam.learningRate(), "the factor does not pile up");
        assertEquals(Math.pow(0.8, 9), adam.learningRateFactor());
    }

    @Test
    void aGroupsNumbersMayChange() {
        var sgd = new Sgd(List.of(a, b), 0.1);
        ParameterGroup group = sgd.group(List.of(b), 0.5, 0);
        step(sgd);
        assertArrayEquals(new double[] {0.5, -1.6, -0.5}, values(), 1e-12);
        group.setLearningRate(0);
        sgd.setLearningRate(0.2);
        step(sgd);
        assertArrayEquals(new double[] {0.4, -0.96, -0.5}, values(), 1e-12);
        assertEquals(0, group.learningRate());
        group.setLearningRate(1);
        group.setWeightDecay(2);
        sgd.setLearningRate(0);
        step(sgd); // −0.5 − (2·(−0.5) + 0.4 + 2·(−0.5))
        assertArrayEquals(new double[] {0.4, -0.96, 1.1}, values(), 1e-12);
        assertEquals(2, group.weightDecay());
    }

    @Test
    void groupsLeaveTheNamesOfTheStateAlone() {
        var one = new Adam(List.of(a, b), 0.1);
        var two = new Adam(List.of(a, b), 0.1);
        two.group(List.of(a), 0.2, 0);
        assertEquals(new ArrayList<>(one.slots().keySet()), new ArrayList<>(two.slots().keySet()));
    }

    @Test
    void aStepReadsNothingFromTheDevice() {
        List<Optimizer> optimizers =
                List.of(
                        new Sgd(List.of(a, b), 0.1, 0.9, 0.01, 0.3),
                        new AdamW(List.of(a, b), 0.1, 0.01),
                        new RmsProp(List.of(a, b), 0.1, 0.9, 1e-8, 0.9, true, 0.1),
                        new Adagrad(List.of(a, b), 0.1));
        var reads = new ReadsCounted();
        a.to(reads.backend());
        b.to(reads.backend());
        for (Optimizer optimizer : optimizers) {
            optimizer.group(List.of(b), 0.5, 0);
            step(optimizer); // the state moves after the parameters
            int before = reads.count();
            try (Tape tape = Tape.start()) {
                Tensor loss = a.value().square().sum().add(b.value().square().sum());
                optimizer.step(tape.gradients(loss).clipNorm(1).clipValue(0.5));
            }
            step(optimizer);
            assertEquals(before, reads.count(), optimizer.getClass().getSimpleName());
            assertEquals(2, a.value().toArray().length);
            assertEquals(before + 1, reads.count(), "reads are counted");
        }
    }

    /** PyTorch 1.13's parameter is NaN from step 1200 on: s − m² is a rounding error below 0. */
    @Test
    void centredRmsPropSurvivesAGradientThatStaysTheSame() {
        var p = new Parameter("p", Tensor.of(1.0));
        var optimizer = new RmsProp(List.of(p), 1e-3, 0.99, 1e-8, 0, true, 0);
        for (int i = 0; i < 3000; i++) {
            try (Tape tape = Tape.start()) {
                optimizer.step(tape.gradients(p.value().mul(0.1).sum()));
            }
        }
        assertTrue(Double.isFinite(p.value().item()), "a number");
    }

    @Test
    void errorsTeach() {
        var adam = new Adam(List.of(a, b), 0.1);
        adam.group(List.of(b), 0.1, 0);
        error(
                "Adam.group: the parameter b [1] is in another group already",
                () -> adam.group(List.of(a, b), 0.1, 0));
        adam.group(List.of(a), 0.1, 0); // the failed call left it alone
        var c = new Parameter("c", Tensor.of(1.0));
        error(
                "Adam.group: the parameter c [1] is none of those that the optimizer was made for",
                () -> adam.group(List.of(c), 0.1, 0));
        error(
                "Adam: learning rate must be a finite number at least 0, not -1.0",
                () -> adam.group(List.of(), -1, 0));
        error(
                "Adam: weight decay must be a finite number at least 0, not NaN",
                () -> adam.group(List.of(), 1, Double.NaN));
        error(
                "Adam: learning rate factor must be a finite number at least 0, not -0.5",
                () -> adam.setLearningRateFactor(-0.5));
        List<Parameter> p = List.of(a);
        String range = " must be a finite number at least 0 and below 1, not 1.0";
        error("RmsProp: alpha" + range, () -> new RmsProp(p, 1, 1, 0, 0, false, 0));
        error("RmsProp: momentum" + range, () -> new RmsProp(p, 1, 0.9, 0, 1, false, 0));
        String least = " must be a finite number at least 0, not -1.0";
        error("RmsProp: eps" + least, () -> new RmsProp(p, 1, 0.9, -1, 0, false, 0));
        error("RmsProp: weight decay" + least, () -> new RmsProp(p, 1, 0.9, 0, 0, false, -1));
        error("Adagrad: learning rate decay" + least, () -> new Adagrad(p, 1, -1, 0, 0, 0));
        error("Adagrad: initial sum" + least, () -> new Adagrad(p, 1, 0, -1, 0, 0));
        error("Adagrad: eps" + least, () -> new Adagrad(p, 1, 0, 0, -1, 0));
        error("Adagrad: weight decay" + least, () -> new Adagrad(p, 1, 0, 0, 0, -1));
        error(
                "Sgd: dampening must be a finite number of 0 … 1, not 1.5",
                () -> new Sgd(p, 1, 0.9, 0, 1.5));
    }

    private static void error(String message, Executable code) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
    }
}
