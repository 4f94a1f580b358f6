package dev.gradus.autograd;

import static java.util.Collections.newSetFromMap;

import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a graph of what a tape recorded: a copy, with the inputs that the tape did not watch. */
final class GraphMaker {
    private final Map<Node, Tensor> gradients;
    private final List<TapeGraph.Node> nodes = new ArrayList<>();

    /** By identity. */
    private final Map<Tensor, Integer> ids = new IdentityHashMap<>();

    private GraphMaker(Map<Node, Tensor> gradients) {
        this.gradients = gradients;
    }

    /**
     * A graph of all that was recorded.
     *
     * @param gradients by node, as far as known; copies
     */
    static TapeGraph of(Iterable<Node> recorded, Map<Node, Tensor> gradients) {
        var maker = new GraphMaker(gradients);
        recorded.forEach(maker::add);
        return new TapeGraph(maker.nodes, maker.ids);
    }

    /** What a result was computed from, and itself, in the order of the recording. */
    static List<Node> leadingTo(Node result, List<Node> recorded) {
        Set<Node> needed = newSetFromMap(new IdentityHashMap<>());
        needed.add(result);
        for (Node node : recorded.reversed()) {
            if (needed.contains(node)) {
                for (Node from : node.from) {
                    if (from != null) {
                        needed.add(from);
                    }
                }
            }
        }
        return recorded.stream().filter(needed::contains).toList();
    }

    private void add(Node node) {
        List<Integer> inputs = new ArrayList<>();
        for (Tensor input : node.inputs) {
            if (!ids.containsKey(input)) {
                add(input, TapeGraph.CONSTANT, "", null, List.of());
            }
            inputs.add(ids.get(input));
        }
        String name = node.parameter == null ? "" : node.parameter.name();
        String operation =
                node.op != null
                        ? node.op.name()
                        : node.parameter != null ? TapeGraph.PARAMETER : TapeGraph.WATCHED;
        add(node.tensor, operation, name, gradients.get(node), inputs);
    }

    private void add(
            Tensor t,
            String operation,
            String name,
            @Nullable Tensor gradient,
            List<Integer> inputs) {
        int id = nodes.size();
        ids.put(t, id);
        nodes.add(
                new TapeGraph.Node(
                        id, operation, name, t.shape(), t.dtype(), copy(t), gradient, inputs));
    }

    /** Null if an optimizer wrote the parameter since: the shape is still worth drawing. */
    private static @Nullable Tensor copy(Tensor t) {
        try {
            return t.keep();
        } catch (IllegalStateException stale) {
            return null;
        }
    }
}
