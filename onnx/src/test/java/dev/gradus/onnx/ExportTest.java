package dev.gradus.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;

import dev.gradus.autograd.Autograd;
import dev.gradus.nn.BatchNorm;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Sequential;
import dev.gradus.shape.DType;
import dev.gradus.shape.Slice;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What depends on the batch size, and what cannot be exported. */
class ExportTest {
    private static final Op HALF =
            Autograd.custom("half", x -> x[0].div(2), (s, g) -> new Tensor[] {g.div(2)});
    private static final Op READER =
            Autograd.custom("reader", x -> Tensor.of(x[0].toArray()), (s, g) -> new Tensor[] {g});

    private record Case(String name, UnaryOperator<Tensor> f) {}

    private static Case of(String name, UnaryOperator<Tensor> f) {
        return new Case(name, f);
    }

    /** Of x [n, 3, 4]. */
    private static List<Case> batched() {
        return List.of(
                of("the input itself", x -> x),
                of("two axes to one", x -> x.reshape(-1, 4)),
                of("flat and back", x -> x.reshape(-1).reshape(x.size(0), 12)),
                of("twice the batch", x -> x.repeat(2, 1, 1)),
                of("batch last", x -> x.permute(1, 2, 0).reshape(12, x.size(0)).square()),
                of("all but the last", x -> x.slice(Slice.to(-1)).add(1)),
                of("the last", x -> x.slice("-1").tanh()),
                of("every other", x -> x.slice("::2").neg()),
                of("backwards", x -> x.slice("::-1, ::-2")),
                of("a step inside", x -> x.slice("1:, 2:0:-1, :3")),
                of("nothing of it", x -> x.slice("2:2").sum(0)),
                of("mean of the batch", x -> x.mean(0)),
                of("variance of the batch", x -> x.var(0)),
                of("mean of all", x -> x.mean()),
                of("against the batch", x -> x.sub(x.mean(new int[] {0}, true))),
                of("batch by batch", x -> x.reshape(x.size(0), -1).matmul(x.reshape(-1, 12).t())),
                of("zeros beside", x -> Tensor.concat(0, x.zerosLike(), x)),
                of("zeros of that size", x -> x.add(Tensor.ones(x.size(0), 1, 1).mul(0.5))),
                of("padded", x -> x.pad(7, 1, 2, 0, 0, 3, 1)),
                of("a new axis, stretched", x -> x.unsqueeze(0).expand(2, x.size(0), 3, 4)),
                of("a row for each", x -> x.sum(-1).unsqueeze(1).expand(x.size(0), 5, 3)),
                of(
                        "a constant, stretched",
                        x -> Tensor.arange(4).unsqueeze(0).expand(x.size(0), 4).mul(x.sum(1))),
                of("index of the largest", x -> x.argmax(-1)),
                of("masks", x -> x.gt(0).logicalAnd(x.lt(1)).mul(x)),
                of("whole numbers", x -> x.mul(5).to(DType.INT32).mul(3).maximum(Tensor.of(2))),
                of("detached", x -> x.mul(x.detach())),
                of("an operation of one's own", x -> Op.apply(HALF, x)),
                of("cross-entropy", x -> Functional.softCrossEntropy(x, x.softmax(-1), 0.1)),
                of("double", x -> x.to(DType.FLOAT64).exp().sum(1)));
    }

    @TestFactory
    Stream<DynamicTest> dependsOnTheBatch() {
        return batched().stream()
                .map(c ->
                        dynamicTest(
                                c.name,
                                () -> {
                                    Layer layer = Layer.of(c.f);
                                    byte[] bytes =
                                            OnnxRuntime.exported(
                                                    layer, x -> layer.apply(x[0]), input(2));
                                    try (var runtime = new OnnxRuntime(bytes)) {
                                        for (int n : new int[] {4, 7, 1}) {
                                            if (n > 1 || !c.name.startsWith("variance")) {
                                                Tensor x = input(n);
                                                runtime.assertGives(layer.apply(x), x);
                                            }
                                        }
                                    }
                                }));
    }

    private static Tensor input(int n) {
        return new Generator(n).randn(n, 3, 4);
    }

    // ------------------------------------------------------------------ what cannot be exported

    private record Wrong(String name, UnaryOperator<Tensor> f, String... says) {}

    private static Wrong wrong(String name, UnaryOperator<Tensor> f, String... says) {
        return new Wrong(name, f, says);
    }

    private static List<Wrong> wrong() {
        return List.of(
                wrong(
                        "a branch on a number",
                        x -> x.sum().item() > 0 ? x : x.neg(),
                        "ExportTest.java",
                        "toArray",
                        "depend on the model's input"),
                wrong("one element", x -> x.mul(x.at(0, 0, 0)), "ExportTest.java", "toArray"),
                wrong("a float array", x -> Tensor.of(x.toFloatArray()), "toFloatArray"),
                wrong("sorting", x -> x.sort(-1).values(), "ExportTest.java", "sort"),
                wrong("a copy", x -> x.keep().add(1), "keep"),
                wrong(
                        "random numbers",
                        x -> x.add(Tensor.randn(3, 4)),
                        "add at ExportTest.java",
                        "[3, 4]",
                        "random"),
                wrong("dropout", x -> Functional.dropout(x, 0.5), "dropout at ExportTest.java"),
                wrong("an operation that reads", x -> Op.apply(READER, x), "toArray"),
                wrong(
                        "a number for each of the batch",
                        x -> x.mul(Tensor.arange(x.size(0)).reshape(x.size(0), 1, 1)),
                        "mul at ExportTest.java",
                        "by the batch size"),
                wrong(
                        "as many steps as items",
                        x -> {
                            Tensor y = x;
                            for (int i = 0; i < x.size(0); i++) {
                                y = y.tanh();
                            }
                            return y;
                        },
                        "other operations for another batch size"),
                wrong(
                        "another operation",
                        x -> x.size(0) > 3 ? x.tanh() : x.exp(),
                        "tanh at ExportTest.java",
                        "exp at ExportTest.java"),
                wrong(
                        "a size that grows unevenly",
                        x ->
                                x.slice("::2")
                                        .sum(-1)
                                        .expand(2, (x.size(0) + 1) / 2, 3)
                                        .expand(2, 2, (x.size(0) + 1) / 2, 3)
                                        .add(Tensor.zeros(2, 2, (x.size(0) + 1) / 2, 3)),
                        "batch size"),
                wrong(
                        "a scalar that grows unevenly",
                        x -> x.mul(1.0 / x.size(0)),
                        "mul at ExportTest.java",
                        "batch sizes [2, 3, 5]"),
                wrong("null", x -> null, "the model gave null"));
    }

    @TestFactory
    Stream<DynamicTest> whatCannotBeExportedSaysSo(@TempDir Path folder) {
        return wrong().stream()
                .map(w ->
                        dynamicTest(
                                w.name,
                                () -> {
                                    Path file = folder.resolve("model.onnx");
                                    Files.writeString(file, "as it was");
                                    var e =
                                            assertThrows(
                                                    RuntimeException.class,
                                                    () ->
                                                            Onnx.export(
                                                                    Layer.of(w.f), file, input(2)));
                                    for (String part : w.says) {
                                        assertSays(e, part);
                                    }
                                    assertEquals("as it was", Files.readString(file));
                                    try (var files = Files.list(folder)) {
                                        assertEquals(1, files.count());
                                    }
                                    assertFalse(isRecording());
                                }));
    }

    private static void assertSays(Exception e, String part) {
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains(part), message);
    }

    /** Whether something was left behind in this thread. */
    private static boolean isRecording() {
        return dev.gradus.tensor.Recorder.current() != null;
    }

    @Test
    void namesMustDiffer() {
        var named =
                new Layer() {
                    {
                        parameter("input", Tensor.ones(3));
                    }

                    @Override
                    public Tensor apply(Tensor x) {
                        return x;
                    }
                };
        for (List<String> names :
                List.of(List.of("x", "x"), List.of("output"), List.of(""), List.of("input"))) {
            List<Onnx.Input> inputs =
                    names.stream().map(n -> Onnx.Input.batched(n, Tensor.ones(1, 3))).toList();
            var e =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> Onnx.bytes(named, inputs, x -> x[0]));
            assertSays(e, '"' + names.getLast() + '"');
        }
        for (Tensor example : List.of(Tensor.scalar(1), Tensor.zeros(0, 3))) {
            var e =
                    assertThrows(
                            IllegalArgumentException.class, () -> Onnx.Input.batched("x", example));
            assertSays(e, example.shape().toString());
        }
    }

    /** Whole operations stay whole where ONNX has them, and what is not needed is left out. */
    @Test
    void theNodesAreTheOnesThatAPersonWouldWrite() throws Exception {
        var model = new Sequential(new Linear(3, 4), new dev.gradus.nn.ReLU(), new Dropout(0.5));
        assertEquals(List.of("MatMul", "Add", "Relu"), nodes(model, x -> model.apply(x[0])));
        var norm = new dev.gradus.nn.LayerNorm(3);
        assertEquals(List.of("LayerNormalization"), nodes(norm, x -> norm.apply(x[0])));
        var softmax = new dev.gradus.nn.Softmax(-1);
        assertEquals(List.of("Softmax"), nodes(softmax, x -> softmax.apply(x[0])));
        assertEquals(
                List.of("Neg"),
                nodes(
                        softmax,
                        x -> {
                            x[0].tanh();
                            return x[0].neg();
                        }));
        var attention = new dev.gradus.nn.ScaledDotProductAttention(0);
        assertEquals(
                List.of("Transpose", "MatMul", "Mul", "Softmax", "MatMul"),
                nodes(attention, x -> attention.apply(x[0], x[0], x[0])));
    }

    private static List<String> nodes(Layer model, java.util.function.Function<Tensor[], Tensor> f)
            throws Exception {
        byte[] bytes = OnnxRuntime.exported(model, f, Tensor.ones(1, 2, 3));
        return ModelProto.parseFrom(bytes).getGraph().getNodeList().stream()
                .map(NodeProto::getOpType)
                .filter(type -> !type.equals("Reshape"))
                .toList();
    }

    /** An exported batch norm uses its statistics, and exporting does not move them. */
    @Test
    void exportingChangesNothing() {
        var norm = OnnxRuntime.filled(new BatchNorm(3));
        List<double[]> before =
                norm.slots().values().stream().map(s -> s.value().toArray()).toList();
        OnnxRuntime.exported(norm, x -> norm.apply(x[0]), Tensor.ones(2, 3));
        List<double[]> after =
                norm.slots().values().stream().map(s -> s.value().toArray()).toList();
        for (int i = 0; i < before.size(); i++) {
            assertTrue(Arrays.equals(before.get(i), after.get(i)));
        }
    }
}
