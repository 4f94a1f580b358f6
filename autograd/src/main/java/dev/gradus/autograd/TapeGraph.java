package dev.gradus.autograd;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a tape recorded, as data to look at and to draw: the computation graph. Made by {@link
 * Tape#graph(Tensor)}; it holds copies, so it outlives the tape.
 *
 * <pre>{@code
 * TapeGraph graph = tape.graph(loss).named(x, "x").named(hidden, "hidden");
 * graph.node(hidden).gradient();     // of an intermediate result
 * Files.writeString(file, graph.toDot());
 * }</pre>
 */
public final class TapeGraph {
    /** The operation of a leaf that the tape watches. */
    public static final String WATCHED = "watched";

    /** The operation of a leaf that is a {@link Parameter}. */
    public static final String PARAMETER = "parameter";

    /** The operation of a leaf that has no gradient, such as data. */
    public static final String CONSTANT = "constant";

    /**
     * A tensor and where it came from.
     *
     * @param id its place in {@link #nodes()}
     * @param operation that gave it; {@link #WATCHED}, {@link #PARAMETER} or {@link #CONSTANT} if
     *     it is a leaf
     * @param name given by {@link #named}, or the parameter's; empty if there is none
     * @param shape of the tensor
     * @param dtype of the tensor
     * @param value a copy; null if it was overwritten before the graph was made
     * @param gradient a copy of the result's gradient by this tensor; null if none was computed, or
     *     the result does not depend on it
     * @param inputs the ids of the operation's inputs, in its order; empty for a leaf
     */
    public record Node(
            int id,
            String operation,
            String name,
            Shape shape,
            DType dtype,
            @Nullable Tensor value,
            @Nullable Tensor gradient,
            List<Integer> inputs) {
        /** Copies the list. */
        public Node {
            inputs = List.copyOf(inputs);
        }

        /** Whether no recorded operation made it. */
        public boolean isLeaf() {
            return inputs.isEmpty();
        }

        /**
         * What a drawing says: the name and the operation, the shape, the value, the gradient.
         * Numbers have four digits; of a tensor that is larger than 4 × 4 only its range is told,
         * and the mean of a value, the L2 norm of a gradient. Meant for a font of fixed width.
         *
         * @return the title, dtype and shape, then a line a row of numbers
         */
        public List<String> lines() {
            return GraphText.lines(this);
        }
    }

    private final List<Node> nodes;

    /** By identity: names are given to the tensors that the program has. */
    private final Map<Tensor, Integer> ids;

    TapeGraph(List<Node> nodes, Map<Tensor, Integer> ids) {
        this.nodes = List.copyOf(nodes);
        this.ids = ids;
    }

    /** All tensors in the order in which the tape met them: inputs come before results. */
    public List<Node> nodes() {
        return nodes;
    }

    /**
     * The node of a tensor.
     *
     * @throws IllegalArgumentException if it is not in this graph
     */
    public Node node(Tensor t) {
        Integer id = ids.get(t);
        if (id == null) {
            throw new IllegalArgumentException(
                    "this graph has no such tensor of shape "
                            + t.shape()
                            + ": its tape has not recorded it, or the result that the graph was"
                            + " made for does not depend on it");
        }
        return nodes.get(id);
    }

    /**
     * The same graph with a name for one tensor.
     *
     * @throws IllegalArgumentException if the tensor is not in this graph
     */
    public TapeGraph named(Tensor t, String name) {
        Node n = node(t);
        List<Node> changed = new ArrayList<>(nodes);
        changed.set(
                n.id,
                new Node(n.id, n.operation, name, n.shape, n.dtype, n.value, n.gradient, n.inputs));
        return new TapeGraph(changed, ids);
    }

    /**
     * The graph in the DOT language of Graphviz, as for {@code dot -Tsvg}: a box a tensor, an arrow
     * from each input to each result. The same graph gives the same text.
     */
    public String toDot() {
        return GraphText.dot(this);
    }

    /** As {@code 7 nodes, 6 edges}. */
    @Override
    public String toString() {
        return nodes.size()
                + " nodes, "
                + nodes.stream().mapToInt(n -> n.inputs.size()).sum()
                + " edges";
    }
}
