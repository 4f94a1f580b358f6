package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.autograd.Tape;
import dev.gradus.backend.Backends;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;

class LayerTest {
    /** A user's layer: the children are registered before its own slots. */
    private static final class Scorer extends Layer {
        private final Linear query;
        private final Layer body;
        private final Parameter scale;
        private final Slot calls;

        Scorer() {
            query = child("query", new Linear(2, 3));
            body = child("body", new Sequential(new Tanh(), new Linear(3, 1, false)));
            scale = parameter("scale", Tensor.ones(1));
            calls = slot("calls", Tensor.zeros());
        }

        Tensor apply(Tensor x, Tensor mask) {
            calls.set(calls.value().add(1));
            return body.apply(query.apply(x).mul(mask)).mul(scale.value());
        }
    }

    @Test
    void slotsAreNamedByTheirPath() {
        var scorer = new Scorer();
        assertEquals(
                List.of("scale", "calls", "query.weight", "query.bias", "body.1.weight"),
                List.copyOf(scorer.slots().keySet()));
        assertSame(scorer.calls, scorer.slots().get("calls"));
        assertEquals(
                List.of("scale", "weight", "bias", "weight"),
                scorer.parameters().stream().map(Slot::name).toList());
        assertSame(scorer.query.parameters().get(0), scorer.parameters().get(1));
    }

    @Test
    void aLayerOfTwoInputs() {
        var scorer = new Scorer();
        Tensor x = Tensor.ones(4, 2);
        assertEquals("[4, 1]", scorer.apply(x, Tensor.zeros(3)).shape().toString());
        assertEquals(0, scorer.apply(x, Tensor.zeros(3)).abs().max().item());
        assertEquals(2, scorer.calls.value().item());
        Expect.error(
                UnsupportedOperationException.class,
                "Scorer has no apply for a single tensor; call the apply that it declares",
                () -> scorer.apply(x));
    }

    @Test
    void aSharedLayerIsTrainedOnceAndHasTwoPaths() {
        var shared = new Linear(2, 2);
        var net = new Sequential(shared, new ReLU(), shared);
        assertEquals(shared.parameters(), net.parameters());
        assertEquals(
                List.of("0.weight", "0.bias", "2.weight", "2.bias"),
                List.copyOf(net.slots().keySet()));
    }

    @Test
    void frozenParametersHaveNoGradient() {
        var first = new Linear(2, 2);
        var second = new Linear(2, 1);
        var net = new Sequential(first, second);
        first.freeze();
        assertTrue(first.parameters().stream().allMatch(Parameter::isFrozen));
        assertEquals(List.of(false, false), frozen(second));
        try (Tape tape = Tape.start()) {
            var gradients = tape.gradients(net.apply(Tensor.ones(1, 2)).sum());
            assertFalse(gradients.has(first.parameters().get(0)));
            assertTrue(gradients.has(second.parameters().get(0)));
        }
        net.freeze();
        assertEquals(List.of(true, true), frozen(second));
        net.unfreeze();
        assertEquals(List.of(false, false), frozen(first));
    }

    private static List<Boolean> frozen(Layer layer) {
        return layer.parameters().stream().map(Parameter::isFrozen).toList();
    }

    @Test
    void printsLikeATree() {
        var net = new Sequential(new Sequential(new Linear(2, 8), new ReLU()), new BatchNorm(8));
        assertEquals(
                """
                Sequential(
                  (0): Sequential(
                    (0): Linear(2, 8)
                    (1): ReLU()
                  )
                  (1): BatchNorm(8)
                )\
                """,
                net.toString());
    }

    @Test
    void movesToAnotherBackend() {
        String there =
                Backends.available().stream()
                        .filter(name -> !name.equals(Backends.current().name()))
                        .findFirst()
                        .orElse("");
        assumeTrue(!there.isEmpty(), "one backend only");
        var net = new Sequential(new Linear(2, 3), new BatchNorm(3));
        Tensor x = Tensor.of(new double[][] {{1, 2}, {3, 4}});
        Tensor y = net.apply(x);
        net.to(there);
        net.slots().values().forEach(slot -> assertEquals(there, slot.value().backend().name()));
        Expect.close(y.toArray2d(), net.apply(x.to(there)));
    }

    @Test
    void functionsAndActivationsAreLayers() {
        Tensor x = Tensor.of(-2, 0, 0.5);
        var chain = new Sequential(Layer.of(Tensor::abs), Layer.of(t -> t.add(1)));
        Expect.same(Tensor.of(3, 1, 1.5), chain.apply(x));
        Expect.same(x, new Sequential().apply(x));
        assertEquals(2, chain.size());
        Expect.same(Tensor.of(2, 0, 0.5), chain.get(0).apply(x));
        Expect.same(Tensor.of(0, 0, 0.5), new ReLU().apply(x));
        double[] sigmoid = {0.11920292202211755, 0.5, 0.6224593312018546};
        Expect.close(sigmoid, new Sigmoid().apply(x));
        double[] tanh = {-0.9640275800758169, 0, 0.46211715726000974};
        Expect.close(tanh, new Tanh().apply(x));
    }

    /** Registers under a name after "a" and "b" are taken. */
    private static final class Named extends Layer {
        Named(String name) {
            child("a", new ReLU());
            parameter("b", Tensor.ones(1));
            slot(name, Tensor.ones(1));
        }
    }

    @Test
    void namesAreUniqueAndHaveNoDots() {
        assertEquals(List.of("b", "c"), List.copyOf(new Named("c").slots().keySet()));
        Class<IllegalArgumentException> kind = IllegalArgumentException.class;
        Expect.error(kind, "Named has a \"a\" already", () -> new Named("a"));
        Expect.error(kind, "Named has a \"b\" already", () -> new Named("b"));
        String reason =
                "is no name: it must not be empty or contain a dot, which separates the names of a"
                        + " path";
        Expect.error(kind, "Named: \"c.d\" " + reason, () -> new Named("c.d"));
        Expect.error(kind, "Named: \"\" " + reason, () -> new Named(""));
    }
}
