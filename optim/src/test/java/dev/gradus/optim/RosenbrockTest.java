package dev.gradus.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/**
 * The optimizers' paths on Rosenbrock's (1 − x)² + 100 (y − x²)² from (−1, 2), 200 steps, against
 * plain loops over doubles, and their ends against PyTorch 1.13.1's in float64.
 */
class RosenbrockTest {
    private static final int STEPS = 200;

    /** A rule as a plain loop: updates p by the gradient g in step t = 1, 2, …. */
    interface Rule {
        void step(double[] p, double[] g, int t);
    }

    record Case(
            String name,
            Function<List<Parameter>, Optimizer> optimizer,
            IntToDoubleFunction schedule,
            Rule loop,
            double x,
            double y) {
        Case(
                String name,
                Function<List<Parameter>, Optimizer> optimizer,
                double learningRate,
                Rule loop,
                double x,
                double y) {
            this(name, optimizer, t -> learningRate, loop, x, y);
        }
    }

    static Stream<Arguments> cases() {
        return Stream.of(
                        new Case(
                                "sgd",
                                p -> new Sgd(p, 0.001),
                                0.001,
                                (p, g, t) -> {
                                    for (int i = 0; i < 2; i++) {
                                        p[i] -= 0.001 * g[i];
                                    }
                                },
                                -1.2254668092737115,
                                1.509552374800406),
                        new Case(
                                "sgd, weight decay",
                                p -> new Sgd(p, 0.001, 0, 0.01),
                                0.001,
                                (p, g, t) -> {
                                    for (int i = 0; i < 2; i++) {
                                        p[i] -= 0.001 * (g[i] + 0.01 * p[i]);
                                    }
                                },
                                -1.2239147537831137,
                                1.5057630573968723),
                        new Case(
                                "momentum",
                                p -> new Sgd(p, 0.001, 0.9),
                                0.001,
                                momentum(1, 0, false),
                                0.9830118195914204,
                                0.966260847817599),
                        new Case(
                                "momentum, weight decay",
                                p -> new Sgd(p, 0.001, 0.9, 0.01),
                                0.001,
                                momentum(1, 0.01, false),
                                0.9772029167817425,
                                0.9548567471785939),
                        new Case(
                                "nesterov",
                                p -> Sgd.nesterov(p, 0.001, 0.9),
                                0.001,
                                momentum(1, 0, true),
                                0.7903610850092135,
                                0.623718518672548),
                        new Case(
                                "nesterov, weight decay",
                                p -> Sgd.nesterov(p, 0.001, 0.9, 0.01),
                                0.001,
                                momentum(1, 0.01, true),
                                0.7871534062922618,
                                0.6186512603211776),
                        new Case(
                                "exponential average",
                                p -> Sgd.exponentialAverage(p, 0.001, 0.9),
                                0.001,
                                momentum(1 - 0.9, 0, false),
                                -1.1512577485366, // PyTorch has none: NumPy 1.24.2
                                1.333261149558009),
                        new Case(
                                "adam",
                                p -> new Adam(p, 0.01),
                                0.01,
                                adam(t -> 0.01, 0.9, 0.999, 1e-8, 0),
                                -1.28868815043309,
                                1.667473569331998),
                        new Case(
                                "adam, other constants",
                                p -> new Adam(p, 0.01, 0.8, 0.95, 1e-3),
                                0.01,
                                adam(t -> 0.01, 0.8, 0.95, 1e-3, 0),
                                -1.1489880850081315,
                                1.3275249546071306),
                        new Case(
                                "adam, learning rate 0.05 / t",
                                p -> new Adam(p, 0.01),
                                t -> 0.05 / t,
                                adam(t -> 0.05 / t, 0.9, 0.999, 1e-8, 0),
                                -1.258804009100045,
                                1.746055654008832),
                        new Case(
                                "adamw",
                                p -> new AdamW(p, 0.01, 0.1),
                                0.01,
                                adam(t -> 0.01, 0.9, 0.999, 1e-8, 0.1),
                                -1.1302564041427414,
                                1.2925777696093388))
                .map(c -> Arguments.of(Named.of(c.name, c)));
    }

    private static Rule momentum(double shareOfNew, double weightDecay, boolean nesterov) {
        double[] v = new double[2];
        return (p, g, t) -> {
            for (int i = 0; i < 2; i++) {
                double d = g[i] + weightDecay * p[i];
                v[i] = 0.9 * v[i] + shareOfNew * d;
                p[i] -= 0.001 * (nesterov ? d + 0.9 * v[i] : v[i]);
            }
        };
    }

    /** As in the paper, with the corrected moments. */
    private static Rule adam(
            IntToDoubleFunction learningRate,
            double beta1,
            double beta2,
            double eps,
            double weightDecay) {
        double[] m = new double[2];
        double[] v = new double[2];
        return (p, g, t) -> {
            double rate = learningRate.applyAsDouble(t);
            for (int i = 0; i < 2; i++) {
                m[i] = beta1 * m[i] + (1 - beta1) * g[i];
                v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
                double corrected = m[i] / (1 - Math.pow(beta1, t));
                double square = v[i] / (1 - Math.pow(beta2, t));
                p[i] -= rate * weightDecay * p[i];
                p[i] -= rate * corrected / (Math.sqrt(square) + eps);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inDoubleThePathIsThatOfAPlainLoop(Case c) {
        double[][] expected = loop(c.loop);
        double[][] actual = train(c, DType.FLOAT64);
        for (int t = 0; t < STEPS; t++) {
            String step = "step " + (t + 1);
            assertEquals(expected[t][0], actual[t][0], 1e-11, step);
            assertEquals(expected[t][1], actual[t][1], 1e-11, step);
        }
        assertEquals(c.x, actual[STEPS - 1][0], 1e-11);
        assertEquals(c.y, actual[STEPS - 1][1], 1e-11);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void inFloatTheEndIsNear(Case c) {
        double[] end = train(c, DType.FLOAT32)[STEPS - 1];
        assertEquals(c.x, end[0], 1e-4);
        assertEquals(c.y, end[1], 1e-4);
    }

    private static double[][] loop(Rule rule) {
        double[][] path = new double[STEPS][];
        double[] p = {-1, 2};
        for (int t = 1; t <= STEPS; t++) {
            double x = p[0];
            double y = p[1];
            double[] g = {-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)};
            rule.step(p, g, t);
            path[t - 1] = p.clone();
        }
        return path;
    }

    private static double[][] train(Case c, DType dtype) {
        double[][] path = new double[STEPS][];
        var x = new Parameter("x", Tensor.scalar(-1).to(dtype));
        var y = new Parameter("y", Tensor.scalar(2).to(dtype));
        Optimizer optimizer = c.optimizer.apply(List.of(x, y));
        for (int t = 1; t <= STEPS; t++) {
            optimizer.setLearningRate(c.schedule.applyAsDouble(t));
            try (Tape tape = Tape.start()) {
                Tensor slope = x.value().neg().add(1);
                Tensor valley = y.value().sub(x.value().square());
                Tensor loss = slope.square().add(valley.square().mul(100));
                optimizer.step(tape.gradients(loss));
            }
            path[t - 1] = new double[] {x.value().item(), y.value().item()};
        }
        return path;
    }
}
