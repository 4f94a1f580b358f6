package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.autograd.Tape;
import dev.gradus.backend.Backends;
import dev.gradus.io.SafeTensors;
import dev.gradus.nn.Layer.Unmatched;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The files under resources are those of {@code pytorch.py}, run with PyTorch 1.13.1. */
class StateDictTest {
    @TempDir private Path folder;

    /** The Encoder of {@code pytorch.py}. */
    private static final class Encoder extends Layer {
        private final List<Layer> all;

        Encoder() {
            all =
                    List.of(
                            child("tokens", new Embedding(11, 8)),
                            child(
                                    "layers",
                                    new Sequential(
                                            new TransformerBlock(8, 2, 12),
                                            new TransformerBlock(8, 2, 12))),
                            child("norm", new LayerNorm(8)),
                            child("head", new Linear(8, 11, false)));
        }

        @Override
        public Tensor apply(Tensor ids) {
            Tensor y = ids;
            for (Layer layer : all) {
                y = layer.apply(y);
            }
            return y;
        }
    }

    private static Sequential mlp() {
        return new Sequential(new Linear(3, 5), new BatchNorm(5), new Tanh(), new Linear(5, 2));
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(StateDictTest.class.getResource(name), name).toURI());
    }

    static Stream<Arguments> models() {
        return Stream.of(Arguments.of("mlp", mlp()), Arguments.of("encoder", new Encoder()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("models")
    void weightsOfPyTorchGiveItsResults(String name, Layer model) throws Exception {
        Path weights = resource(name + ".safetensors");
        model.load(weights, Naming.PYTORCH);
        Map<String, Tensor> io = SafeTensors.load(resource(name + ".io.safetensors"));
        Tensor expected = io.getOrDefault("y", Tensor.zeros());
        Tensor actual = model.apply(io.getOrDefault("x", Tensor.zeros()));
        assertEquals(expected.shape(), actual.shape());
        assertTrue(actual.allClose(expected, 2e-6, 2e-6), () -> actual + "\n" + expected);

        // and the way back: what PyTorch wrote, without its count of batches
        Map<String, Tensor> file = SafeTensors.load(weights);
        file.keySet().removeIf(key -> key.endsWith("num_batches_tracked"));
        Map<String, Tensor> back = model.stateDict(Naming.PYTORCH);
        assertEquals(file.keySet(), back.keySet());
        file.forEach((key, tensor) -> Expect.same(tensor, back.getOrDefault(key, tensor.neg())));
    }

    @ParameterizedTest
    @EnumSource(Naming.class)
    void whatIsSavedIsLoaded(Naming naming) throws IOException {
        for (Layer[] pair : new Layer[][] {{mlp(), mlp()}, {new Encoder(), new Encoder()}}) {
            for (Slot slot : pair[0].slots().values()) {
                slot.set(Tensor.randn(slot.value().shape().toArray()));
            }
            Path path = folder.resolve("model.safetensors");
            if (naming == Naming.GRADUS) {
                pair[0].save(path);
                pair[1].load(path);
            } else {
                SafeTensors.save(path, pair[0].stateDict(naming));
                assertEquals(
                        new Unmatched(List.of(), List.of()), pair[1].loadLenient(path, naming));
            }
            pair[0].slots()
                    .forEach((name, slot) ->
                            Expect.same(
                                    slot.value(),
                                    Objects.requireNonNull(pair[1].slots().get(name)).value()));
        }
    }

    private static Map<String, Tensor> values(Layer model) {
        Map<String, Tensor> values = new LinkedHashMap<>();
        model.slots().forEach((name, slot) -> values.put(name, slot.value()));
        return values;
    }

    @Test
    void whatDoesNotFitIsListedAndNothingChanges() {
        Layer model = mlp();
        Map<String, Tensor> before = values(model);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        model.stateDict(Naming.GRADUS).forEach((name, t) -> tensors.put(name, t.add(1)));
        tensors.remove("0.bias");
        tensors.remove("1.runningMean");
        tensors.put("0.weight", Tensor.zeros(5, 3));
        tensors.put("3.bias", Tensor.of(1, 2));
        tensors.put("head", Tensor.zeros(4));
        String message =
                """
                the state dict does not fit the model, which is unchanged
                  missing:
                    0.bias [5]
                    1.runningMean [5]
                  unexpected:
                    head [4]
                  another shape or dtype:
                    0.weight must be [3, 5], not [5, 3]
                    3.bias must be [2] of FLOAT32, not [2] of INT32\
                """;
        Expect.error(
                IllegalArgumentException.class,
                message,
                () -> model.loadStateDict(tensors, Naming.GRADUS, true));
        // Another shape is an error in the lenient form too.
        assertThrows(
                IllegalArgumentException.class,
                () -> model.loadStateDict(tensors, Naming.GRADUS, false));
        values(model)
                .forEach((name, now) -> Expect.same(now, before.getOrDefault(name, now.neg())));
    }

    @Test
    void theLenientFormTellsWhatItLeftOut() {
        Layer model = mlp();
        Tensor bias = model.stateDict(Naming.GRADUS).getOrDefault("0.bias", Tensor.zeros()).keep();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        model.stateDict(Naming.GRADUS).forEach((name, t) -> tensors.put(name, t.add(1)));
        tensors.remove("0.bias");
        tensors.put("head", Tensor.zeros(4));
        assertEquals(
                new Unmatched(List.of("0.bias"), List.of("head")),
                model.loadStateDict(tensors, Naming.GRADUS, false));
        Map<String, Tensor> now = values(model);
        Expect.same(bias, now.getOrDefault("0.bias", Tensor.zeros()));
        tensors.remove("head");
        tensors.forEach((name, tensor) -> Expect.same(tensor, now.getOrDefault(name, bias)));
    }

    @Test
    void theOtherNamingIsSuggested() throws Exception {
        String message = String.valueOf(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Encoder().load(resource("encoder.safetensors")))
                        .getMessage());
        assertTrue(message.contains("encoder.safetensors does not fit"), message);
        assertTrue(message.contains("missing:\n    layers.0.attention.query.weight"), message);
        assertTrue(message.endsWith("\n  Naming.PYTORCH would fit"), message);
    }

    /** One slot under two names. */
    private static final class Tied extends Layer {
        private final Slot shared;

        Tied(Linear inside) {
            child("first", inside);
            child("second", inside);
            shared = inside.weight();
        }
    }

    @Test
    void oneOfTheNamesOfASharedSlotIsEnough() {
        var model = new Tied(new Linear(2, 2, false));
        assertEquals(2, model.stateDict(Naming.GRADUS).size());
        Tensor a = Tensor.randn(2, 2);
        model.loadStateDict(Map.of("second.weight", a), Naming.GRADUS, true);
        Expect.same(a, model.shared.value());
        Map<String, Tensor> two = new LinkedHashMap<>(Map.of("first.weight", a));
        two.put("second.weight", a.keep());
        model.loadStateDict(two, Naming.GRADUS, true);
        two.put("second.weight", a.add(1));
        String message = String.valueOf(
                assertThrows(
                                IllegalArgumentException.class,
                                () -> model.loadStateDict(two, Naming.GRADUS, true))
                        .getMessage());
        assertTrue(message.contains("second.weight differs from another tensor"), message);
        Expect.same(a, model.shared.value());
    }

    @Test
    void slotsKeepTheirBackendAndTheirType() throws IOException {
        Path path = folder.resolve("model.safetensors");
        Layer model = mlp();
        model.save(path);
        Layer other = mlp();
        other.to("reference");
        other.load(path);
        other.slots()
                .values()
                .forEach(slot -> assertEquals(Backends.get("reference"), slot.value().backend()));
        var wide =
                new Layer() {
                    private final Parameter weight =
                            parameter("w", Tensor.of(new double[] {0, 0}, DType.FLOAT64));
                };
        wide.loadStateDict(Map.of("w", Tensor.of(0.5, 2)), Naming.GRADUS, true);
        assertEquals(DType.FLOAT64, wide.weight.value().dtype());
        assertEquals(2, wide.weight.value().at(1));
    }

    @Test
    void anOpenTapeTakesNoPart() throws IOException {
        Path path = folder.resolve("model.safetensors");
        var model = new Encoder();
        Tensor ids = Tensor.of(new int[][] {{1, 2, 3}});
        SafeTensors.save(path, model.stateDict(Naming.PYTORCH));
        Tensor before = model.apply(ids);
        try (Tape tape = Tape.start()) {
            Tensor loss = model.apply(ids).sum();
            SafeTensors.save(path, model.stateDict(Naming.PYTORCH));
            model.load(path, Naming.PYTORCH);
            tape.gradients(loss);
        }
        Expect.same(before, model.apply(ids));
        assertTrue(Files.exists(path));
    }
}
