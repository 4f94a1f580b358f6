package dev.gradus.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Nodes in the order in which they compute, and tensors that the file holds, under unique names.
 */
final class Graph {
    private record Node(String type, List<String> in, String out, List<AttributeProto> settings) {}

    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, TensorProto> stored = new LinkedHashMap<>();
    private final Map<Object, String> known = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final String batchInput;

    /** Names that belong to somebody are not given to what has none. */
    Graph(String batchInput, Set<String> taken) {
        this.batchInput = batchInput;
        names.addAll(taken);
    }

    /** A new node; its name, and that of its result, starts with a prefix. */
    String node(String prefix, String type, List<String> in, AttributeProto... settings) {
        String out = unique(prefix + "/" + type);
        nodes.add(new Node(type, List.copyOf(in), out, List.of(settings)));
        return out;
    }

    private String unique(String wanted) {
        String base = wanted.replaceAll("[^A-Za-z0-9_./-]+", "_");
        String name = base;
        for (int i = 2; !names.add(name); i++) {
            name = base + "_" + i;
        }
        return name;
    }

    // ------------------------------------------------------------------ what the file holds

    /** A tensor of a slot, under its own name. */
    String stored(String name, Tensor t) {
        stored.computeIfAbsent(name, n -> Data.of(t));
        return name;
    }

    /** A tensor without a name. */
    String constant(Tensor t) {
        return hold(Data.of(t));
    }

    /** A scalar. */
    String constant(DType dtype, double value) {
        return hold(Data.of(dtype, value));
    }

    /** A vector of INT64. */
    String integers(long... values) {
        return hold(Data.of(values));
    }

    /** Each once. */
    private String hold(TensorProto data) {
        return known.computeIfAbsent(
                data,
                d -> {
                    String name = unique("constant");
                    stored.put(name, data);
                    return name;
                });
    }

    // ------------------------------------------------------------------ sizes

    /**
     * Sizes as a vector of INT64, computed from the batch size where they depend on it.
     *
     * @throws IllegalArgumentException if one is unknown; names who asks
     */
    String sizes(Object asking, List<? extends @Nullable Dim> dims) {
        List<Dim> all = new ArrayList<>();
        for (Dim dim : dims) {
            if (dim == null) {
                throw new IllegalArgumentException(
                        "onnx: "
                                + asking
                                + " has a size that is not a multiple of the batch size plus a"
                                + " number, so that it cannot be written down for every batch size."
                                + " Inputs that are all fixed export one batch size");
            }
            all.add(dim);
        }
        if (all.stream().allMatch(Dim::isFixed)) {
            return integers(all.stream().mapToLong(Dim::plus).toArray());
        }
        List<String> parts = new ArrayList<>();
        for (Dim dim : all) {
            parts.add(size(dim));
        }
        return parts.size() == 1
                ? parts.getFirst()
                : once(all, () -> node("batch", "Concat", parts, Attributes.of("axis", 0)));
    }

    /** A vector of one size. */
    private String size(Dim dim) {
        if (dim.isFixed()) {
            return integers(dim.plus());
        }
        return once(
                dim,
                () -> {
                    String size = batch();
                    if (dim.perItem() != 1) {
                        size = node("batch", "Mul", List.of(size, integers(dim.perItem())));
                    }
                    return dim.plus() == 0
                            ? size
                            : node("batch", "Add", List.of(size, integers(dim.plus())));
                });
    }

    /** The batch size as a vector of INT64. */
    private String batch() {
        return once(
                "batch",
                () ->
                        node(
                                "batch",
                                "Shape",
                                List.of(batchInput),
                                Attributes.of("start", 0),
                                Attributes.of("end", 1)));
    }

    /** A number that depends on the batch size, as a scalar. */
    String number(DType dtype, Dim dim) {
        return once(
                List.of(dtype, dim),
                () -> {
                    String scalar = node("batch", "Squeeze", List.of(size(dim), integers(0)));
                    var to = Attributes.of("to", Data.type(dtype));
                    return node("batch", "Cast", List.of(scalar), to);
                });
    }

    private String once(Object key, Supplier<String> make) {
        String name = known.get(key);
        if (name == null) {
            name = make.get(); // which may come back here
            known.put(key, name);
        }
        return name;
    }

    // ------------------------------------------------------------------ the end

    /** Writes what leads to a result, which gets a name; nothing else. */
    void writeTo(GraphProto.Builder graph, String result, String name) {
        String wanted = result;
        if (nodes.stream().noneMatch(n -> n.out.equals(result))) {
            wanted = node("output", "Identity", List.of(result));
        }
        String renamed = wanted;
        Set<String> needed = new HashSet<>(Set.of(renamed));
        List<Node> kept = new ArrayList<>();
        for (Node n : nodes.reversed()) {
            if (needed.contains(n.out)) {
                needed.addAll(n.in);
                kept.add(n);
            }
        }
        for (Node n : kept.reversed()) {
            graph.addNode(
                    NodeProto.newBuilder()
                            .setName(n.out)
                            .setOpType(n.type)
                            .addAllInput(
                                    n.in.stream().map(i -> i.equals(renamed) ? name : i).toList())
                            .addOutput(n.out.equals(renamed) ? name : n.out)
                            .addAllAttribute(n.settings));
        }
        stored.forEach((key, data) -> {
            if (needed.contains(key)) {
                graph.addInitializer(data.toBuilder().setName(key));
            }
        });
    }

    /** Axes as attributes and vectors name them. */
    static long[] longs(int... values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
