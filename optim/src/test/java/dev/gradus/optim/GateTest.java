package dev.gradus.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Mode;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Tape;
import dev.gradus.backend.Backends;
import dev.gradus.nn.BatchNorm;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Tanh;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What the architecture must carry, each as a small program. */
class GateTest {
    @AfterEach
    void noTapeIsLeftOpen() {
        assertNull(Tape.current());
    }

    // ------------------------------------------------------------------ training

    static List<String> backends() {
        return Backends.available();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void xorTrains(String backend) {
        String before = Backends.current().name();
        Backends.use(backend);
        try {
            new Generator(0).with(GateTest::xor);
        } finally {
            Backends.use(before);
        }
    }

    private static void xor() {
        Tensor x = Tensor.of(new double[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
        Tensor y = Tensor.of(new double[][] {{0}, {1}, {1}, {0}});
        var net = new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1));
        var optimizer = new Adam(net.parameters(), 0.05);
        for (int step = 0; step < 500; step++) {
            try (var tape = Tape.start()) {
                Tensor loss = Losses.binaryCrossEntropyWithLogits(net.apply(x), y);
                optimizer.step(tape.gradients(loss));
            }
        }
        assertTrue(Losses.binaryCrossEntropyWithLogits(net.apply(x), y).item() < 0.05);
        assertEquals(0, net.apply(x).sigmoid().sub(y).abs().gt(0.5).sum().item(), "wrong answers");
    }

    @Test
    void twoTrainingsAtOnceAreTheSameAsEachAlone() throws Exception {
        float[] first = train(1);
        float[] second = train(2);
        assertTrue(Math.abs(first[0] - second[0]) > 1e-3, "two seeds, two models");

        var together = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<float[]> one = threads.submit(afterAll(together, () -> train(1)));
            Future<float[]> other = threads.submit(afterAll(together, () -> train(2)));
            assertArrayEquals(first, one.get());
            assertArrayEquals(second, other.get());
        }
    }

    private static Callable<float[]> afterAll(CyclicBarrier all, Callable<float[]> code) {
        return () -> {
            all.await();
            return code.call();
        };
    }

    /** Trains a model that is drawn from a generator of its own; gives its predictions. */
    private static float[] train(long seed) {
        float[][] predictions = new float[1][];
        new Generator(seed)
                .with(() -> {
                    Tensor x = Tensor.randn(32, 4);
                    Tensor y = x.square().sum(1, true);
                    var net =
                            new Sequential(
                                    new Linear(4, 16),
                                    new BatchNorm(16),
                                    new ReLU(),
                                    new Linear(16, 1));
                    var optimizer = new Adam(net.parameters(), 0.01);
                    for (int step = 0; step < 50; step++) {
                        try (var tape = Tape.start()) {
                            Tensor noisy = x.add(Tensor.randn(32, 4).mul(0.1));
                            Tensor loss = Losses.mse(net.apply(noisy), y);
                            optimizer.step(tape.gradients(loss));
                        }
                    }
                    predictions[0] = net.apply(x).toFloatArray();
                });
        return predictions[0];
    }

    @Test
    void gradientsOfTwoTapesAddUpToThoseOfOneLargeBatch() {
        Tensor x = new Generator(3).randn(8, 3);
        Tensor y = new Generator(4).randn(8, 1);
        var net = new Sequential(new Linear(3, 5), new Tanh(), new Linear(5, 1));

        Gradients whole;
        try (var tape = Tape.start()) {
            whole = tape.gradients(Losses.mse(net.apply(x), y)).keep();
        }

        Gradients total;
        try (var tape = Tape.start()) {
            Tensor loss = Losses.mse(net.apply(x.slice(":4")), y.slice(":4"));
            total = tape.gradients(loss).keep();
        }
        try (var tape = Tape.start()) {
            Tensor loss = Losses.mse(net.apply(x.slice("4:")), y.slice("4:"));
            total = total.add(tape.gradients(loss)).scale(0.5).keep();
        }

        assertEquals(4, net.parameters().size());
        for (Parameter p : net.parameters()) {
            assertClose(whole.of(p), total.of(p));
        }
        assertEquals(whole.norm().item(), total.norm().item(), 1e-6);

        // Kept gradients can be stepped with when no tape is open.
        Tensor weight = net.parameters().get(0).value().keep();
        new Sgd(net.parameters(), 0.5).step(total);
        Tensor expected = weight.sub(whole.of(net.parameters().get(0)).mul(0.5));
        assertClose(expected, net.parameters().get(0).value());
    }

    private static void assertClose(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        assertEquals(0, expected.sub(actual).abs().max().item(), 1e-6);
    }

    // ------------------------------------------------------------------ second derivatives

    @Test
    void newtonsMethodOnRosenbrock() {
        double[] byHand = {-1, 2};
        Tensor p = Tensor.of(-1.0, 2.0).to(DType.FLOAT64);
        for (int step = 0; step < 6; step++) {
            try (var outer = Tape.watch(p)) {
                Tensor gradient;
                try (var inner = Tape.nested(p)) {
                    gradient = inner.gradients(rosenbrock(p)).of(p);
                }
                Tensor hessian =
                        Tensor.stack(
                                0,
                                outer.gradients(gradient.get(0)).of(p),
                                outer.gradients(gradient.get(1)).of(p));
                p = p.sub(solve(hessian, gradient)).keep();
            }
            byHand = newton(byHand[0], byHand[1]);
            assertEquals(byHand[0], p.at(0), 1e-12);
            assertEquals(byHand[1], p.at(1), 1e-12);
        }
        assertEquals(1, p.at(0), 1e-12);
        assertEquals(1, p.at(1), 1e-12);
    }

    /** (1 − x)² + 100 (y − x²)². */
    private static Tensor rosenbrock(Tensor p) {
        Tensor x = p.get(0);
        Tensor y = p.get(1);
        return x.sub(1).square().add(y.sub(x.square()).square().mul(100));
    }

    /** H⁻¹·g of a 2 × 2 matrix, by Cramer's rule. */
    private static Tensor solve(Tensor h, Tensor g) {
        Tensor a = h.get(0).get(0);
        Tensor b = h.get(0).get(1);
        Tensor c = h.get(1).get(0);
        Tensor d = h.get(1).get(1);
        Tensor determinant = a.mul(d).sub(b.mul(c));
        Tensor first = d.mul(g.get(0)).sub(b.mul(g.get(1)));
        Tensor second = a.mul(g.get(1)).sub(c.mul(g.get(0)));
        return Tensor.stack(0, first, second).div(determinant);
    }

    /** The same step with derivatives worked out on paper. */
    private static double[] newton(double x, double y) {
        double gx = -2 * (1 - x) - 400 * x * (y - x * x);
        double gy = 200 * (y - x * x);
        double hxx = 2 - 400 * y + 1200 * x * x;
        double hxy = -400 * x;
        double hyy = 200;
        double determinant = hxx * hyy - hxy * hxy;
        return new double[] {
            x - (hyy * gx - hxy * gy) / determinant, y - (hxx * gy - hxy * gx) / determinant
        };
    }

    // ------------------------------------------------------------------ modes

    @Test
    void batchNormInTrainingAndInUse() throws Exception {
        var norm = new BatchNorm(1);
        Tensor x = Tensor.of(new double[][] {{1}, {3}, {5}}); // mean 3, variance 8/3, or 4 by n − 1
        double z = 2 / Math.sqrt(8 / 3.0 + 1e-5);

        try (var tape = Tape.start()) {
            Tensor y = norm.apply(x);
            assertArrayEquals(new double[] {-z, 0, z}, y.toArray(), 1e-6);
            Gradients gradients = tape.gradients(y.square().sum());
            assertEquals(4 * z * z, gradients.of(norm.parameters().get(0)).item(), 1e-5);

            // The mode is this thread's: another one may use the same model meanwhile.
            assertEquals(1 / Math.sqrt(1.3), elsewhere(() -> norm.apply(one(1.3)).item()), 1e-5);
        }
        assertStatistics(0.1 * 3, 0.9 + 0.1 * 4, norm);

        // In use: the running statistics, which stay; one row is enough.
        double root = Math.sqrt(1.3 + 1e-5);
        assertEquals((1 - 0.3) / root, norm.apply(one(1)).item(), 1e-6);
        try (var tape = Tape.start(Mode.EVAL)) {
            Tensor row = one(2);
            tape.track(row);
            Tensor y = norm.apply(row);
            assertEquals((2 - 0.3) / root, y.item(), 1e-6);
            assertEquals(1 / root, tape.gradients(y).of(row).item(), 1e-6);
        }
        assertStatistics(0.3, 1.3, norm);

        try (var _ = Tape.start()) {
            norm.apply(x);
        }
        assertStatistics(0.9 * 0.3 + 0.1 * 3, 0.9 * 1.3 + 0.1 * 4, norm);
    }

    private static Tensor one(double value) {
        return Tensor.full(value, 1, 1);
    }

    private static void assertStatistics(double mean, double variance, Layer norm) {
        assertEquals(mean, value(norm, "runningMean"), 1e-6);
        assertEquals(variance, value(norm, "runningVar"), 1e-6);
    }

    private static double value(Layer layer, String slot) {
        return Objects.requireNonNull(layer.slots().get(slot)).value().item();
    }

    /** Runs code in another thread. */
    private static <T> T elsewhere(Callable<T> code) throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            return other.submit(code).get();
        }
    }
}
