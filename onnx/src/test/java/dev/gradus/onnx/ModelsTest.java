package dev.gradus.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;

import dev.gradus.autograd.Tape;
import dev.gradus.nn.BatchNorm;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Embedding;
import dev.gradus.nn.Layer;
import dev.gradus.nn.LayerNorm;
import dev.gradus.nn.Linear;
import dev.gradus.nn.PositionalEmbedding;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Tanh;
import dev.gradus.nn.TransformerBlock;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Whole models give in ONNX Runtime what they give here, for any batch size. */
class ModelsTest {
    private static final int TOKENS = 17;
    private static final int TIME = 6;

    /** A language model: ids [n, t] → logits [n, t, tokens]. */
    private static final class Decoder extends Layer {
        private final Embedding tokens = child("tokens", new Embedding(TOKENS, 8));
        private final PositionalEmbedding places = child("places", new PositionalEmbedding(10, 8));
        private final List<TransformerBlock> blocks =
                IntStream.range(0, 2)
                        .mapToObj(i -> child("block" + i, new TransformerBlock(8, 2, 16)))
                        .toList();
        private final LayerNorm norm = child("norm", new LayerNorm(8));
        private final Linear head = child("head", new Linear(8, TOKENS, false));

        @Override
        public Tensor apply(Tensor ids) {
            Tensor x = places.apply(tokens.apply(ids));
            for (TransformerBlock block : blocks) {
                x = block.apply(x, null, true);
            }
            return head.apply(norm.apply(x));
        }
    }

    private record Case(String name, Layer model, int... shape) {
        Tensor input(int n) {
            int[] dims = shape.clone();
            dims[0] = n;
            Tensor numbers = new Generator(n).rand(dims);
            return model instanceof Decoder
                    ? numbers.mul(TOKENS).to(dev.gradus.shape.DType.INT32)
                    : numbers.mul(4).sub(2);
        }
    }

    private static List<Case> cases() {
        return List.of(
                new Case(
                        "xor",
                        new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1)),
                        1,
                        2),
                new Case(
                        "digits",
                        new Sequential(
                                new Linear(64, 32),
                                new ReLU(),
                                new Linear(32, 16),
                                new ReLU(),
                                new Linear(16, 10)),
                        1,
                        64),
                new Case(
                        "digits with batch norm and dropout",
                        new Sequential(
                                new Linear(64, 32),
                                new BatchNorm(32),
                                new ReLU(),
                                new Dropout(0.5),
                                new Linear(32, 10)),
                        3,
                        64),
                new Case("decoder", new Decoder(), 2, TIME));
    }

    @TestFactory
    Stream<DynamicTest> givesTheSame() {
        return cases().stream().map(c -> dynamicTest(c.name, () -> check(c)));
    }

    private static void check(Case c) {
        OnnxRuntime.filled(c.model);
        byte[] bytes = OnnxRuntime.exported(c.model, x -> c.model.apply(x[0]), c.input(c.shape[0]));
        try (var runtime = new OnnxRuntime(bytes)) {
            for (int n : new int[] {1, 4, 7, 32}) {
                Tensor x = c.input(n);
                runtime.assertGives(c.model.apply(x), x);
            }
        }
    }

    /** What a trained model has learned is in the file, and a tape that is open does not matter. */
    @Test
    void aTapeThatIsOpenDoesNotMatter(@TempDir Path folder) throws Exception {
        var model = OnnxRuntime.filled(new Sequential(new Linear(3, 4), new Dropout(0.5)));
        Path file = folder.resolve("model.onnx");
        Tensor x = new Generator(1).randn(5, 3);
        Files.writeString(file, "an older file is replaced");
        try (Tape tape = Tape.start()) {
            Onnx.export(model, file, x);
            assertTrue(tape.graph().nodes().isEmpty());
        }
        try (var runtime = new OnnxRuntime(Files.readAllBytes(file));
                var files = Files.list(folder)) {
            runtime.assertGives(model.apply(x), x);
            assertEquals(List.of(file), files.toList());
        }
    }

    /** What ONNX's own checker asks for, as far as a runtime may not. */
    @TestFactory
    Stream<DynamicTest> theFileIsInOrder() {
        return cases().stream()
                .map(c ->
                        dynamicTest(
                                c.name,
                                () -> {
                                    byte[] bytes =
                                            OnnxRuntime.exported(
                                                    c.model,
                                                    x -> c.model.apply(x[0]),
                                                    c.input(c.shape[0]));
                                    checkFile(ModelProto.parseFrom(bytes), c);
                                }));
    }

    private static void checkFile(ModelProto file, Case c) {
        assertEquals("gradus", file.getProducerName());
        assertEquals(8, file.getIrVersion());
        assertEquals(17, file.getOpsetImport(0).getVersion());
        GraphProto graph = file.getGraph();
        assertEquals(c.model.getClass().getSimpleName(), graph.getName());
        assertEquals("batch", size(graph.getInput(0), 0));
        assertEquals(Integer.toString(c.shape[1]), size(graph.getInput(0), 1));
        assertEquals("batch", size(graph.getOutput(0), 0));
        assertEquals(Onnx.OUTPUT, graph.getOutput(0).getName());
        Set<String> known = new HashSet<>();
        graph.getInputList().forEach(i -> assertTrue(known.add(i.getName()), i.getName()));
        Set<String> stored = new HashSet<>();
        for (TensorProto t : graph.getInitializerList()) {
            assertTrue(known.add(t.getName()), t.getName());
            stored.add(t.getName());
        }
        assertTrue(stored.containsAll(c.model.slots().keySet()), () -> "in the file: " + stored);
        Set<String> nodes = new HashSet<>();
        for (NodeProto node : graph.getNodeList()) {
            assertTrue(known.containsAll(node.getInputList()), node.getName());
            assertTrue(known.add(node.getOutput(0)), node.getOutput(0));
            assertTrue(nodes.add(node.getName()), node.getName());
        }
        assertTrue(known.contains(Onnx.OUTPUT));
    }

    private static String size(ValueInfoProto value, int axis) {
        var dim = value.getType().getTensorType().getShape().getDim(axis);
        return dim.hasDimParam() ? dim.getDimParam() : Long.toString(dim.getDimValue());
    }
}
