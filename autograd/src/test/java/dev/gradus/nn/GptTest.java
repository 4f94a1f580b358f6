package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Scope;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

class GptTest {
    private static final int VOCABULARY = 7;
    private static final int CONTEXT = 9;

    /** With weights so large that every token matters everywhere. */
    static Gpt filled() {
        var gpt = new Gpt(new Gpt.Config(VOCABULARY, CONTEXT, 2, 2, 8, 0.5));
        new Generator(5)
                .with(() ->
                        gpt.parameters()
                                .forEach(p ->
                                        p.set(
                                                Initializers.normal(
                                                        0, 0.5, p.value().shape().toArray()))));
        return gpt;
    }

    /** Sequences that differ from each other. */
    private static Tensor ids(int batch, int length) {
        int[][] ids = new int[batch][length];
        for (int i = 0; i < batch; i++) {
            for (int j = 0; j < length; j++) {
                ids[i][j] = (3 * i + 5 * j + j * j) % VOCABULARY;
            }
        }
        return Tensor.of(ids);
    }

    /**
     * The numbers are those of PyTorch 1.13.1 in float64: multi_head_attention_forward, layer_norm,
     * gelu(approximate="tanh") and linear, put together as in GPT-2; the gradients by the
     * parameters, in the order of {@link Layer#parameters}, as their checksums.
     */
    @Test
    void valuesAndGradientsAreThoseOfPyTorch() {
        var gpt = new Gpt(new Gpt.Config(5, 4, 2, 2, 4, 0));
        Waves.fill(gpt);
        double[] byParameters = {
            -0.031541432,
            0.16748806,
            0.0010804813,
            0.0014806039,
            -0.00039480964,
            0,
            -0.0021060705,
            -0.039282136,
            -0.073928919,
            -0.12644797,
            -0.012403832,
            0.010944532,
            -9.6173068e-05,
            -0.0081311994,
            -0.016306917,
            -0.14786327,
            -0.0067267651,
            0.016514549,
            -4.0686614e-05,
            -0.00085972355,
            0.0022902281,
            0,
            0.012908764,
            0.025276916,
            0.077618784,
            -0.14572457,
            0.0088867751,
            0.0071815585,
            -0.0054970207,
            -0.003922025,
            -0.011328447,
            -0.13346232,
            0.029063234,
            0.051065014,
            -0.037091995,
            0.046134802
        };
        try (Tape tape = Tape.start()) {
            Tensor logits = gpt.apply(Tensor.of(new int[][] {{1, 0, 4}, {2, 2, 3}}));
            Expect.close(
                    new double[][] {
                        {-0.62923668, 0.43295234, -0.18663804, -0.08124327, 0.33973648},
                        {-0.54182803, 0.34074915, -0.10029488, -0.15174899, 0.38625745},
                        {-0.58493777, 0.38483694, -0.14026614, -0.12051315, 0.3673665}
                    },
                    logits.get(1));
            assertEquals(-0.47831488, Waves.checksum(logits), 2e-6);
            Gradients gradients = tape.gradients(logits, Waves.of(0.9, 2, 3, 5));
            List<Parameter> parameters = gpt.parameters();
            assertEquals(byParameters.length, parameters.size());
            for (int i = 0; i < byParameters.length; i++) {
                String path = List.copyOf(gpt.slots().keySet()).get(i);
                Tensor gradient = gradients.of(parameters.get(i));
                assertEquals(byParameters[i], Waves.checksum(gradient), 2e-6, path);
            }
        }
    }

    /** However the places are cut into calls, with one sequence or several, on either backend. */
    @ParameterizedTest
    @CsvSource({
        "cpu, 1, 111111111",
        "cpu, 3, 51111",
        "cpu, 2, 2313",
        "cpu, 1, 9",
        "reference, 2, 4113",
        "reference, 1, 36"
    })
    void cachedLogitsAreThoseOfTheWhole(String backend, int batch, String parts) {
        Gpt gpt = filled();
        gpt.to(backend);
        Tensor ids = ids(batch, CONTEXT).to(backend);
        Tensor whole = gpt.apply(ids);
        KeyValueCache cache = gpt.cache();
        for (int i = 0; i < parts.length(); i++) {
            int from = cache.length();
            int to = from + parts.charAt(i) - '0';
            Tensor part = gpt.apply(ids.slice(Slice.ALL, Slice.range(from, to)), cache);
            assertEquals(Shape.of(batch, to - from, VOCABULARY), part.shape());
            Tensor expected = whole.slice(Slice.ALL, Slice.range(from, to));
            Expect.close(expected.flatten().toArray(), part.flatten());
            assertEquals(to, cache.length());
        }
        // Otherwise all of the above would hold of a model that ignores what went before.
        Tensor alone = gpt.apply(ids.slice(Slice.ALL, Slice.from(CONTEXT - 1)));
        double effect =
                whole.slice(Slice.ALL, Slice.from(CONTEXT - 1)).sub(alone).abs().min().item();
        assertTrue(effect > 1e-3, () -> "the least effect of what went before: " + effect);
    }

    @Test
    void aPlaceDoesNotSeeThoseAfterIt() {
        Gpt gpt = filled();
        Tensor whole = gpt.apply(ids(2, CONTEXT));
        for (int t = 1; t < CONTEXT; t++) {
            Tensor start = gpt.apply(ids(2, t));
            Expect.close(whole.slice(Slice.ALL, Slice.to(t)).flatten().toArray(), start.flatten());
        }
    }

    @Test
    void aCacheOutlivesScopes() {
        Gpt gpt = filled();
        Tensor ids = ids(1, 3);
        double[] whole = gpt.apply(ids).get(0).get(2).toArray();
        KeyValueCache cache = gpt.cache();
        for (int i = 0; i < 3; i++) {
            try (var _ = Scope.start()) {
                Tensor logits = gpt.apply(ids.slice(Slice.ALL, Slice.range(i, i + 1)), cache);
                if (i == 2) {
                    Expect.close(whole, logits.flatten());
                }
            }
        }
    }

    @Test
    void afterAnErrorTheCacheIsAsBefore() {
        Gpt gpt = filled();
        Tensor ids = ids(1, 5);
        double[] whole = gpt.apply(ids).get(0).get(4).toArray();
        KeyValueCache cache = gpt.cache();
        gpt.apply(ids.slice(Slice.ALL, Slice.to(3)), cache);
        // What a call leaves that failed half way: a block has keys and values that do not count.
        var block = (TransformerBlock) Objects.requireNonNull(gpt.children().get("block0"));
        block.apply(Tensor.ones(1, 2, 8), cache, 0);
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> gpt.apply(Tensor.of(new int[][] {{VOCABULARY}}), cache));
        assertEquals(3, cache.length());
        Tensor rest = gpt.apply(ids.slice(Slice.ALL, Slice.from(3)), cache);
        Expect.close(whole, rest.get(0).get(1));
    }

    @Test
    void firstWeightsAreThoseOfGpt2() {
        var gpt = new Gpt(new Gpt.Config(300, 64, 8, 4, 64, 0));
        gpt.slots()
                .forEach((path, slot) -> {
                    Tensor value = slot.value();
                    if (path.endsWith("bias")) {
                        assertEquals(0, value.abs().max().item(), path);
                    } else if (path.contains("norm")) {
                        assertEquals(1, value.min().item(), path);
                        assertEquals(1, value.max().item(), path);
                    } else {
                        boolean residual = path.matches(".*(output|linear2)\\.weight");
                        double deviation = residual ? 0.02 / 4 : 0.02;
                        assertEquals(deviation, value.std().item(), 0.05 * deviation, path);
                        assertEquals(0, value.mean().item(), 0.05 * deviation, path);
                    }
                });
        assertEquals(4 + 8 * 16, gpt.slots().size());
        // So at first every token is about as likely as any other.
        Tensor logits = gpt.apply(Tensor.of(new int[][] {{1, 2, 3}}));
        Tensor loss = Losses.crossEntropy(logits, Tensor.of(new int[][] {{2, 3, 4}}));
        assertEquals(Math.log(300), loss.item(), 0.1);
    }

    @Test
    void dropoutIsForTraining() {
        Gpt gpt = filled();
        Tensor ids = ids(1, 4);
        Tensor used = gpt.apply(ids);
        Expect.same(used, gpt.apply(ids));
        try (var _ = Tape.start()) {
            double change = gpt.apply(ids).sub(used).abs().max().item();
            assertTrue(change > 0.1, () -> "the largest effect of dropout: " + change);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0 4 1 1 4 0", "5 0 1 1 4 0", "5 4 0 1 4 0", "5 4 1 0 4 0", "5 4 1 1 0 0"})
    void sizesAreAtLeastOne(String sizes) {
        String[] s = sizes.split(" ");
        String message =
                "Gpt: vocabulary %s, context %s, layers %s, heads %s and width %s must all be at least 1"
                        .formatted((Object[]) s);
        int[] n = Stream.of(s).mapToInt(Integer::parseInt).toArray();
        Expect.error(
                IllegalArgumentException.class,
                message,
                () -> new Gpt.Config(n[0], n[1], n[2], n[3], n[4], n[5]));
    }

    private record Case(Class<? extends Exception> kind, String message, Executable code) {}

    @TestFactory
    Stream<DynamicTest> errors() {
        Gpt gpt = filled();
        String name = "Gpt(2 layers, 2 heads, width 8, context 9, vocabulary 7)";
        KeyValueCache two = gpt.cache();
        gpt.apply(ids(2, 3), two);
        var cases = new ArrayList<Case>();
        cases.add(
                new Case(
                        IllegalArgumentException.class,
                        "Gpt: 3 heads cannot share a width of 8 equally",
                        () -> new Gpt.Config(5, 4, 1, 3, 8, 0)));
        cases.add(
                new Case(
                        IllegalArgumentException.class,
                        "Gpt: the dropout is the chance with which an element becomes 0; it must be"
                                + " at least 0 and below 1, not 1.0",
                        () -> new Gpt.Config(5, 4, 1, 2, 8, 1)));
        cases.add(
                new Case(
                        IllegalArgumentException.class,
                        name
                                + ": the ids must be INT32 [b, t], not INT32 of shape [3];"
                                + " unsqueeze(0) makes a batch of one",
                        () -> gpt.apply(Tensor.of(1, 2, 3))));
        cases.add(
                new Case(
                        IllegalArgumentException.class,
                        name + ": the ids must be INT32 [b, t], not FLOAT32 of shape [1, 2]",
                        () -> gpt.apply(Tensor.ones(1, 2))));
        cases.add(
                new Case(
                        IllegalArgumentException.class,
                        name
                                + ": ids of shape [1, 10] do not fit into a context of 9 places;"
                                + " take the last ones",
                        () -> gpt.apply(ids(1, 10))));
        cases.add(
                new Case(
                        IllegalArgumentException.class,
                        name
                                + ": ids of shape [2, 7] after 3 places do not fit into a context"
                                + " of 9 places; take the last ones and a new cache",
                        () -> gpt.apply(ids(2, 7), two)));
        cases.add(
                new Case(
                        IllegalArgumentException.class,
                        name + ": ids of shape [1, 1] after a cache of 2 sequences",
                        () -> gpt.apply(ids(1, 1), two)));
        cases.add(
                new Case(
                        IllegalArgumentException.class,
                        name
                                + ": KeyValueCache(1 layers, length 0) is another model's; cache()"
                                + " makes one",
                        () ->
                                gpt.apply(
                                        ids(1, 1),
                                        new Gpt(new Gpt.Config(7, 9, 1, 2, 8, 0)).cache())));
        cases.add(
                new Case(
                        IndexOutOfBoundsException.class,
                        "Embedding(7, 8): id 7 at [0, 1] is not in 0 … 6; the table has 7 rows",
                        () -> gpt.apply(Tensor.of(new int[][] {{0, 7}}))));
        return cases.stream()
                .map(c -> dynamicTest(c.message, () -> Expect.error(c.kind, c.message, c.code)));
    }

    @Test
    void aCacheIsForUseWithoutATape() {
        Gpt gpt = filled();
        KeyValueCache cache = gpt.cache();
        try (var _ = Tape.start()) {
            var e = assertThrows(IllegalStateException.class, () -> gpt.apply(ids(1, 1), cache));
            String message = String.valueOf(e.getMessage());
            assertTrue(message.endsWith("; a cache is for use without a tape"), message);
        }
        assertEquals(0, cache.length());
    }
}
