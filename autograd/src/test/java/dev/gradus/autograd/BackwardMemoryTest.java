package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The backward pass gives back what it has used, and nothing that is still needed. */
class BackwardMemoryTest {
    private final CountingBackend backend = new CountingBackend();
    private final Tensor x = Tensor.of(1.0, 2, 3).to(backend);

    private static Tensor chain(Tensor x, int length) {
        Tensor y = x;
        for (int i = 0; i < length; i++) {
            y = y.tanh();
        }
        return y.sum();
    }

    @Test
    void aLongChainNeedsNoMoreThanAShortOne() {
        int[] alive = new int[2];
        for (int i = 0; i < 2; i++) {
            try (var tape = Tape.watch(x)) {
                Tensor loss = chain(x, i == 0 ? 3 : 50);
                int before = backend.made() - backend.released();
                tape.gradients(loss);
                alive[i] = backend.made() - backend.released() - before;
            }
        }
        assertEquals(1, alive[0], "the gradient by x alone");
        assertEquals(1, alive[1]);
    }

    @Test
    void peakCountsWhatWasThereAtOnce() {
        long[] peaks = new long[2];
        for (int i = 0; i < 2; i++) {
            try (var tape = Tape.watch(x)) {
                Tensor loss = chain(x, 50);
                assertEquals(50 * 12 + 4, tape.peakBytes());
                tape.gradients(loss);
                if (i == 1) {
                    tape.gradients(loss);
                }
                peaks[i] = tape.peakBytes();
            }
        }
        assertTrue(peaks[0] <= 50 * 12 + 4 + 6 * 12, () -> "peak " + peaks[0]);
        assertEquals(peaks[0] + 12, peaks[1], "the first gradient is still there");
    }

    /** Cotangents that are shared, viewed, passed on unchanged or added up. */
    @TestFactory
    Stream<DynamicTest> whatIsStillNeededStays() {
        Map<String, UnaryOperator<Tensor>> functions =
                Map.of(
                        "passed on to both", t -> t.add(t.mul(2)).add(t),
                        "the same twice", t -> t.add(t),
                        "views", t -> t.reshape(3, 1).transpose(0, 1).expand(4, 3).slice("1:"),
                        "a diamond", t -> t.tanh().mul(t.tanh()).add(t.exp()),
                        "a view beside its source", t -> t.reshape(3, 1).matmul(t.unsqueeze(0)),
                        "parts", t -> t.slice("1:").mul(t.slice(":2")),
                        "a branch that ends", t -> Tensor.where(t.gt(t.mul(t)), t, t.log()),
                        "nothing but a view", t -> t.unsqueeze(0));
        return functions.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> agrees(e.getValue())));
    }

    /** Against the same on the plain reference backend, where nothing is reused. */
    private void agrees(UnaryOperator<Tensor> f) {
        Tensor plain = Tensor.of(1.0, 2, 3).to("reference");
        double[] expected;
        try (var tape = Tape.nested(plain)) {
            expected = tape.gradients(f.apply(plain).sum()).of(plain).toArray();
        }
        int before = backend.made() - backend.released();
        try (var tape = Tape.watch(x)) {
            Tensor middle = x.mul(1);
            tape.track(middle);
            Tensor loss = f.apply(middle).sum();
            Gradients first = tape.gradients(loss);
            Gradients second = tape.gradients(loss);
            assertArrayEquals(expected, first.of(x).toArray(), 1e-6);
            assertArrayEquals(expected, first.of(middle).toArray(), 1e-6);
            assertArrayEquals(expected, second.of(x).toArray(), 1e-6);
        }
        assertEquals(before, backend.made() - backend.released(), "all was given back");
    }

    @Test
    void aSeedIsTheUsers() {
        Tensor seed = Tensor.of(1.0, 0, 2).to(backend);
        try (var tape = Tape.watch(x)) {
            assertArrayEquals(
                    new double[] {2, 0, 12}, tape.gradients(x.square(), seed).of(x).toArray());
        }
        assertArrayEquals(new double[] {1, 0, 2}, seed.toArray());
    }

    @Test
    void anOuterTapeKeepsWhatItMayNeed() {
        try (var outer = Tape.watch(x)) {
            Tensor inner;
            try (var tape = Tape.nested(x)) {
                inner = tape.gradients(x.tanh().square().sum()).of(x);
                assertEquals(0, backend.released());
            }
            // d/dx of 2 tanh (1 − tanh²) is 2 (1 − t²)(1 − 3t²).
            double t = Math.tanh(2);
            double second = outer.gradients(inner.sum()).of(x).at(1);
            assertEquals(2 * (1 - t * t) * (1 - 3 * t * t), second, 1e-6);
        }
    }

    /** An operation of a user's whose gradient is made with a tape of its own. */
    private record TwiceWithATape(boolean byGradients) implements Op {
        @Override
        public Tensor forward(Tensor... x) {
            return x[0].mul(2);
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            Tensor x = saved.input(0);
            try (var tape = Tape.nested(x)) {
                Tensor y = x.mul(2).mul(g);
                return new Tensor[] {
                    byGradients ? tape.gradients(y, x.mul(0).add(1)).of(x) : y.div(x)
                };
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTapeInsideAGradientHandsOverWhatIsNeeded(boolean byGradients) {
        int before = backend.made() - backend.released();
        try (var tape = Tape.watch(x)) {
            Tensor loss = Op.apply(new TwiceWithATape(byGradients), x.tanh()).square().sum();
            int alive = backend.made() - backend.released();
            double t = Math.tanh(2);
            assertEquals(8 * t * (1 - t * t), tape.gradients(loss).of(x).at(1), 1e-6);
            assertEquals(alive + 1, backend.made() - backend.released());
        }
        assertEquals(before, backend.made() - backend.released());
    }
}
