package dev.gradus.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;

import dev.gradus.autograd.Slot;
import dev.gradus.io.AtomicFile;
import dev.gradus.nn.Layer;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Writes models as ONNX files (<a href="https://onnx.ai">onnx.ai</a>), which ONNX Runtime and many
 * other programs run:
 *
 * <pre>{@code
 * Onnx.export(model, Path.of("model.onnx"), Tensor.zeros(1, 64));    // [batch, 64]
 * }</pre>
 *
 * <p>The model is run, as it is used and not trained, on examples of a few batch sizes, and what it
 * did is written down: so layers of one's own are exported as well as those of Gradus. What changed
 * with the batch size becomes a function of it; all other sizes are those of the example. What a
 * program does besides tensor operations is not in the file: a branch or a loop is written as it
 * went, and one that reads numbers of the input is an error, like all that cannot be exported; then
 * nothing is written.
 *
 * <p>Parameters and statistics keep their names, such as {@code 0.weight}, the result is called
 * {@code output}. Operator set 17, IR version 8.
 */
public final class Onnx {
    /** What the result is called in a file. */
    public static final String OUTPUT = "output";

    private static final int OPERATORS = 17;

    /** What came with operator set 17, so that older programs read the file. */
    private static final int IR = 8;

    /** No two sizes alike, none 1, which broadcasts; the third shows whether they grow evenly. */
    private static final int[] BATCHES = {2, 3, 5};

    /** Bytes; Protocol Buffers allow 2 GiB, and names and nodes need some. */
    private static final long MOST = Integer.MAX_VALUE - (16L << 20);

    private Onnx() {}

    /**
     * An input of an exported model.
     *
     * @param name in the file
     * @param example of the shape and dtype, with values that the model accepts, such as token ids
     * @param isBatched whether the first axis may have any size in use
     */
    public record Input(String name, Tensor example, boolean isBatched) {
        /** Checks that a batch has an axis. */
        public Input {
            Objects.requireNonNull(name, "name");
            if (isBatched && (example.ndim() == 0 || example.size(0) == 0)) {
                throw new IllegalArgumentException(
                        "onnx: the example of \""
                                + name
                                + "\" has shape "
                                + example.shape()
                                + "; its first axis must be that of a batch of at least one");
            }
        }

        /** One whose first axis is the batch. */
        public static Input batched(String name, Tensor example) {
            return new Input(name, example, true);
        }

        /** One of the example's shape. */
        public static Input fixed(String name, Tensor example) {
            return new Input(name, example, false);
        }
    }

    /**
     * Writes a model of one input, which is called {@code input}; its first axis is the batch, of
     * any size in use. The file is written beside and renamed.
     *
     * @param example {@code [n, ..]} for any n from 1 on
     * @throws IllegalArgumentException if the model does what a file cannot hold; names it, and the
     *     line that does
     */
    public static void export(Layer model, Path file, Tensor example) throws IOException {
        export(model, file, List.of(Input.batched("input", example)), x -> model.apply(x[0]));
    }

    /**
     * Writes a model of several inputs, or one that is not called by {@code apply(x)}:
     *
     * <pre>{@code
     * Onnx.export(block, file, List.of(Onnx.Input.batched("x", x)),
     *         in -> block.apply(in[0], null, true));
     * }</pre>
     *
     * @param model has the parameters that are stored by name
     * @param call what is written down, of the inputs in their order
     * @throws IllegalArgumentException as above
     */
    public static void export(
            Layer model, Path file, List<Input> inputs, Function<Tensor[], Tensor> call)
            throws IOException {
        byte[] bytes = bytes(model, inputs, call);
        AtomicFile.write(file, out -> out.write(bytes));
    }

    /** The contents of a file. */
    static byte[] bytes(Layer model, List<Input> inputs, Function<Tensor[], Tensor> call) {
        Map<String, Slot> slots = model.slots();
        Set<String> names = new HashSet<>(Set.of(OUTPUT));
        for (Input input : inputs) {
            if (input.name().isEmpty() || !names.add(input.name())) {
                throw new IllegalArgumentException(
                        "onnx: an input is called \""
                                + input.name()
                                + "\"; names must not be empty, equal, or \""
                                + OUTPUT
                                + "\"");
            }
        }
        for (String path : slots.keySet()) {
            if (!names.add(path)) {
                throw new IllegalArgumentException(
                        "onnx: an input or the output is called \""
                                + path
                                + "\", as a slot of the model is; give the input another name by"
                                + " Onnx.Input.batched(name, example)");
            }
        }
        Input batched = inputs.stream().filter(Input::isBatched).findFirst().orElse(null);
        int[] batches = batched == null ? new int[] {0} : BATCHES;
        List<Trace> runs = new ArrayList<>();
        for (int batch : batches) {
            Tensor[] x = inputs.stream().map(input -> example(input, batch)).toArray(Tensor[]::new);
            runs.add(Trace.of(slots, x, call));
        }
        var traces = new Traces(batches, runs);
        var graph = new Graph(batched == null ? "" : batched.name(), names);
        String result = Translator.translate(traces, graph, inputs);
        return file(model, inputs, traces, graph, result).toByteArray();
    }

    private static ModelProto file(
            Layer model, List<Input> inputs, Traces traces, Graph graph, String result) {
        String name = model.getClass().getSimpleName();
        var content = GraphProto.newBuilder().setName(name.isEmpty() ? "model" : name);
        for (Input input : inputs) {
            List<@Nullable Dim> dims = new ArrayList<>();
            for (int size : input.example().shape().toArray()) {
                boolean isBatch = input.isBatched() && dims.isEmpty();
                dims.add(isBatch ? new Dim(1, 0) : Dim.fixed(size));
            }
            content.addInput(described(input.name(), input.example().dtype(), dims));
        }
        int id = traces.runs().getFirst().result();
        content.addOutput(described(OUTPUT, traces.tensor(id).dtype(), traces.shape(id)));
        graph.writeTo(content, result, OUTPUT);
        long size =
                content.getInitializerList().stream().mapToLong(t -> t.getRawData().size()).sum();
        if (size > MOST) {
            throw new IllegalArgumentException(
                    "onnx: the model's tensors have "
                            + size
                            + " bytes, and a file may have 2 GiB; save it as safetensors");
        }
        String version = Onnx.class.getPackage().getImplementationVersion();
        return ModelProto.newBuilder()
                .setIrVersion(IR)
                .setProducerName("gradus")
                .setProducerVersion(version == null ? "" : version)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATORS))
                .setGraph(content)
                .build();
    }

    /** The example's items, again and again, for a batch of that size. */
    private static Tensor example(Input input, int batch) {
        if (!input.isBatched()) {
            return input.example().keep();
        }
        int n = input.example().size(0);
        int[] items = IntStream.range(0, batch).map(i -> i % n).toArray();
        return input.example().gather(Tensor.of(items).to(input.example().backend()));
    }

    private static ValueInfoProto described(
            String name, DType dtype, List<? extends @Nullable Dim> dims) {
        var shape = TensorShapeProto.newBuilder();
        for (Dim dim : dims) {
            var size = TensorShapeProto.Dimension.newBuilder();
            if (dim != null && dim.isFixed()) {
                size.setDimValue(dim.plus());
            } else if (dim != null) {
                size.setDimParam(dim.toString());
            }
            shape.addDim(size);
        }
        var tensor = TypeProto.Tensor.newBuilder().setElemType(Data.type(dtype)).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
