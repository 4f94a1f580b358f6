package dev.gradus.autograd;

import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.BiConsumer;

/**
 * The walk back over what a tape recorded: each operation turns the cotangent of its result into
 * those of its inputs, which add up. A cotangent that was used, and what an operation computed on
 * the way, is given back at once, unless an outer tape records the walk.
 */
final class BackwardPass {
    private final Memory memory;
    private final boolean givesBack;
    private final boolean detectsAnomalies;
    private final BiConsumer<Node, Tensor> visitor;

    /**
     * A walk.
     *
     * @param visitor is shown each node and its cotangent, complete, before that is given back
     */
    BackwardPass(
            Memory memory,
            boolean givesBack,
            boolean detectsAnomalies,
            BiConsumer<Node, Tensor> visitor) {
        this.memory = memory;
        this.givesBack = givesBack;
        this.detectsAnomalies = detectsAnomalies;
        this.visitor = visitor;
    }

    /** Leaves the cotangents in the nodes whose gradients are asked for. */
    void run(List<Node> order, Node root, Tensor seed) {
        root.cotangent = seed;
        memory.hold(seed);
        for (int i = order.size() - 1; i >= 0; i--) {
            Node node = order.get(i);
            Tensor g = node.cotangent;
            if (g != null) {
                visitor.accept(node, g);
            }
            if (node.op == null || g == null) {
                continue;
            }
            int mark = memory.mark();
            @Nullable Tensor[] grads = vjp(node, node.op, g);
            for (int k = 0; k < node.from.length; k++) {
                Node from = node.from[k];
                Tensor grad = grads[k];
                if (from != null && grad != null) {
                    accumulate(from, grad);
                }
            }
            if (givesBack) {
                if (!node.isAskedFor()) {
                    node.cotangent = null;
                    memory.drop(g);
                }
                memory.sweep(mark);
            }
        }
        memory.compact(0);
    }

    private @Nullable Tensor[] vjp(Node node, Op op, Tensor g) {
        @Nullable Tensor[] grads;
        try {
            grads = op.vjp(node, g);
        } catch (IllegalStateException e) {
            throw new IllegalStateException("gradient of " + op.name() + ": " + e.getMessage(), e);
        }
        if (grads == null || grads.length != node.from.length) {
            throw new IllegalStateException(
                    op.name()
                            + ": vjp gave "
                            + (grads == null ? "null" : grads.length + " cotangents")
                            + " for "
                            + node.from.length
                            + " inputs; it must give one for each, or null in its place");
        }
        for (int k = 0; k < node.from.length; k++) {
            Node from = node.from[k];
            Tensor grad = grads[k];
            if (from == null || grad == null) {
                continue;
            }
            if (!grad.shape().equals(from.tensor.shape()) || grad.dtype() != from.tensor.dtype()) {
                throw new IllegalStateException(
                        op.name()
                                + ": vjp gave "
                                + grad.dtype()
                                + " of shape "
                                + grad.shape()
                                + " for input "
                                + k
                                + ", which is "
                                + from.tensor.dtype()
                                + " of shape "
                                + from.tensor.shape()
                                + "; a cotangent is like its input");
            }
            if (detectsAnomalies) {
                Anomaly.checkGradient(node, op, k, g, grad);
            }
        }
        return grads;
    }

    private void accumulate(Node node, Tensor grad) {
        Tensor before = node.cotangent;
        Tensor after = before == null ? grad : before.add(grad);
        if (detectsAnomalies && before != null) {
            Anomaly.checkSum(node, before, grad, after);
        }
        memory.hold(after);
        node.cotangent = after;
        if (before != null && givesBack) {
            memory.drop(before);
        }
    }
}
