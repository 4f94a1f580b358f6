package dev.gradus.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Tape;
import dev.gradus.backend.Backends;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Tanh;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

class OptimizerTest {
    private final Parameter a = new Parameter("a", Tensor.of(1.0, 2));
    private final Parameter b = new Parameter("b", Tensor.of(3.0));

    static Stream<Arguments> optimizers() {
        return Stream.of(
                row("Sgd", p -> new Sgd(p, 0.1)),
                row("Sgd with momentum", p -> new Sgd(p, 0.1, 0.9)),
                row("Sgd.nesterov", p -> Sgd.nesterov(p, 0.1, 0.9)),
                row("Sgd.exponentialAverage", p -> Sgd.exponentialAverage(p, 0.1, 0.9)),
                row("Adam", p -> new Adam(p, 0.1)),
                row("AdamW", p -> new AdamW(p, 0.1, 0.01)),
                row("Sgd with dampening", p -> new Sgd(p, 0.1, 0.9, 0.01, 0.3)),
                row("RmsProp", p -> new RmsProp(p, 0.01)),
                row("RmsProp, all", p -> new RmsProp(p, 0.01, 0.9, 1e-8, 0.5, true, 0.1)),
                row("Adagrad", p -> new Adagrad(p, 0.1)),
                row("Adagrad, all", p -> new Adagrad(p, 0.1, 0.2, 0.5, 1e-8, 0.1)));
    }

    private static Arguments row(String name, Function<List<Parameter>, Optimizer> optimizer) {
        return Arguments.of(Named.of(name, optimizer));
    }

    /** The gradients of Σ a² + Σ b², kept. */
    private Gradients gradients() {
        try (Tape tape = Tape.start()) {
            Tensor loss = a.value().square().sum().add(b.value().square().sum());
            return tape.gradients(loss).keep();
        }
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void frozenAndUnusedParametersStay(Function<List<Parameter>, Optimizer> make) {
        var unused = new Parameter("unused", Tensor.of(5.0));
        Optimizer optimizer = make.apply(List.of(a, b, unused));
        optimizer.step(gradients());
        double[] moved = a.value().toArray();
        double[] before = b.value().toArray();
        double[] state = state(optimizer, "1.b.");
        assertTrue(moved[0] < 1 && moved[1] < 2 && before[0] < 3);

        b.freeze();
        optimizer.step(gradients());
        assertTrue(a.value().at(0) < moved[0] && a.value().at(1) < moved[1]);
        assertArrayEquals(before, b.value().toArray());
        assertArrayEquals(state, state(optimizer, "1.b."));

        Gradients both = unfrozen();
        b.freeze(); // after the tape closed
        optimizer.step(both);
        assertArrayEquals(before, b.value().toArray());

        b.unfreeze();
        optimizer.step(gradients());
        assertTrue(b.value().item() < before[0]);
        assertEquals(5, unused.value().item());
        assertArrayEquals(new double[] {4, 2, 0}, state(optimizer, "steps"));
    }

    private Gradients unfrozen() {
        b.unfreeze();
        return gradients();
    }

    /** The values of all slots with names that begin like this. */
    private static double[] state(Optimizer optimizer, String prefix) {
        return optimizer.slots().entrySet().stream()
                .filter(e -> e.getKey().startsWith(prefix))
                .flatMapToDouble(e -> java.util.Arrays.stream(e.getValue().value().toArray()))
                .toArray();
    }

    @Test
    void adamCorrectsEachParameterByItsOwnNumberOfSteps() {
        var adam = new Adam(List.of(a, b), 0.1);
        b.freeze();
        for (int i = 0; i < 10; i++) {
            adam.step(gradients());
        }
        b.unfreeze();
        adam.step(gradients());
        // The first step is the learning rate, whatever the gradient.
        assertEquals(2.9, b.value().item(), 1e-6);
    }

    @Test
    void stateHasFixedNames() {
        List<Parameter> twice = List.of(a, new Parameter("a", Tensor.of(1.0)));
        assertEquals(
                List.of("steps", "0.a.m", "0.a.v", "1.a.m", "1.a.v"),
                List.copyOf(new Adam(twice, 0.1).slots().keySet()));
        assertEquals(
                List.of("steps", "0.a.velocity", "1.a.velocity"),
                List.copyOf(new Sgd(twice, 0.1, 0.9).slots().keySet()));
        assertEquals(List.of("steps"), List.copyOf(new Sgd(twice, 0.1).slots().keySet()));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void savedSlotsContinueTheSameTraining(Function<List<Parameter>, Optimizer> make) {
        Optimizer first = make.apply(List.of(a, b));
        for (int i = 0; i < 3; i++) {
            first.step(gradients());
        }
        List<Tensor> saved = new ArrayList<>();
        saved.add(a.value().keep());
        saved.add(b.value().keep());
        first.slots().values().forEach(slot -> saved.add(slot.value().keep()));
        first.step(gradients());
        first.step(gradients());
        double[] expected = {a.value().at(0), a.value().at(1), b.value().item()};

        a.set(saved.get(0));
        b.set(saved.get(1));
        Optimizer second = make.apply(List.of(a, b));
        int next = 2;
        for (var slot : second.slots().values()) {
            slot.set(saved.get(next++));
        }
        second.step(gradients());
        second.step(gradients());
        assertArrayEquals(
                expected, new double[] {a.value().at(0), a.value().at(1), b.value().item()});
    }

    @Test
    void theModelMayMoveToAnotherBackendBetweenSteps() {
        String there =
                Backends.available().stream()
                        .filter(name -> !name.equals(Backends.current().name()))
                        .findFirst()
                        .orElse("");
        assumeTrue(!there.isEmpty(), "one backend only");
        var net = new Linear(2, 1);
        var optimizer = new Adam(net.parameters(), 0.1);
        Tensor x = Tensor.ones(3, 2);
        for (int i = 0; i < 2; i++) {
            try (Tape tape = Tape.start()) {
                optimizer.step(tape.gradients(net.apply(x).square().mean()));
            }
            net.to(there);
            x = x.to(there);
        }
        assertEquals(there, net.apply(x).backend().name());
        assertArrayEquals(new double[] {2, 2}, state(optimizer, "steps"));
    }

    @Test
    void moreThanOneStepInATape() {
        var x = new Parameter("x", Tensor.scalar(4));
        var sgd = new Sgd(List.of(x), 0.25);
        try (Tape tape = Tape.start()) {
            sgd.step(tape.gradients(x.value().square()));
            assertEquals(2, x.value().item());
            sgd.step(tape.gradients(x.value().square()));
            assertEquals(1, x.value().item());
        }
    }

    @Test
    void trainingIsTheSameOnEveryRun() {
        double[] first = train();
        assertArrayEquals(first, train());
    }

    private static double[] train() {
        double[][] result = new double[1][];
        new Generator(11)
                .with(() -> {
                    var net = new Sequential(new Linear(3, 17), new Tanh(), new Linear(17, 2));
                    var adam = new Adam(net.parameters(), 0.01);
                    Tensor x = Tensor.randn(40, 3);
                    Tensor y = Tensor.randn(40, 2);
                    for (int i = 0; i < 20; i++) {
                        try (Tape tape = Tape.start()) {
                            Tensor loss = Losses.mse(net.apply(x), y);
                            adam.step(tape.gradients(loss));
                        }
                    }
                    result[0] = net.apply(x).toArray();
                });
        return result[0];
    }

    // ------------------------------------------------------------------ bad input

    @Test
    void hyperParametersAreChecked() {
        List<Parameter> p = List.of(a, b);
        for (double bad : new double[] {Double.NaN, 0, -0.1, Double.POSITIVE_INFINITY}) {
            error(
                    "Adam: learning rate must be a finite number above 0, not " + bad,
                    () -> new Adam(p, bad));
            error(
                    "Sgd: learning rate must be a finite number above 0, not " + bad,
                    () -> new Sgd(p, bad));
        }
        var sgd = new Sgd(p, 0.1);
        sgd.setLearningRate(0);
        assertEquals(0, sgd.learningRate());
        error(
                "Sgd: learning rate must be a finite number at least 0, not NaN",
                () -> sgd.setLearningRate(Double.NaN));
        assertEquals(0, sgd.learningRate());

        String range = " must be a finite number at least 0 and below 1, not ";
        error("Sgd: momentum" + range + "1.0", () -> new Sgd(p, 0.1, 1));
        error("Sgd: momentum" + range + "-0.5", () -> Sgd.nesterov(p, 0.1, -0.5));
        error("Sgd: momentum" + range + "NaN", () -> Sgd.exponentialAverage(p, 0.1, Double.NaN));
        error("Adam: beta1" + range + "1.0", () -> new Adam(p, 0.1, 1, 0.9, 0));
        error("Adam: beta2" + range + "2.0", () -> new Adam(p, 0.1, 0.9, 2, 0));
        String least = " must be a finite number at least 0, not ";
        error("Adam: eps" + least + "-1.0", () -> new Adam(p, 0.1, 0.9, 0.9, -1));
        error("AdamW: weight decay" + least + "-1.0", () -> new AdamW(p, 0.1, -1));
        error("Sgd: weight decay" + least + "NaN", () -> new Sgd(p, 0.1, 0, Double.NaN));
    }

    @Test
    void parametersAreChecked() {
        error("Adam: there are no parameters to train", () -> new Adam(List.of(), 0.1));
        error("Sgd: parameters 0 and 2 are the same a [2]", () -> new Sgd(List.of(a, b, a), 0.1));
    }

    @Test
    void aGradientThatDoesNotFitUpdatesNothing() {
        var adam = new Adam(List.of(a, b), 0.1);
        String on = " on " + Backends.current().name();
        Tensor inDouble = Tensor.scalar(0.5).to(DType.FLOAT64);
        error(
                "Adam.step: the gradient of `a` is FLOAT64 of shape [2]"
                        + on
                        + ", and the parameter FLOAT32 of shape [2]"
                        + on,
                () -> adam.step(gradients().scale(inDouble)));
        // Two factors fit a's shape, but make two of b.
        error(
                "Adam.step: the gradient of `b` is FLOAT32 of shape [2]"
                        + on
                        + ", and the parameter FLOAT32 of shape [1]"
                        + on,
                () -> adam.step(gradients().scale(Tensor.of(0.5, 0.5))));
        assertArrayEquals(new double[] {1, 2}, a.value().toArray());
        assertArrayEquals(new double[] {0, 0}, state(adam, "steps"));
    }

    private static void error(String message, Executable code) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, code).getMessage());
    }
}
