package dev.gradus.autograd;

import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/** A tensor that the tape knows: a watched one, or a result and where it came from. */
final class Node implements Op.Saved {
    final Tensor tensor;
    final @Nullable Op op;
    final Tensor[] inputs;
    final @Nullable Node[] from;
    boolean watched;
    @Nullable Parameter parameter;
    @Nullable Tensor cotangent;

    Node(Tensor tensor, @Nullable Op op, Tensor[] inputs, @Nullable Node[] from) {
        this.tensor = tensor;
        this.op = op;
        this.inputs = inputs;
        this.from = from;
    }

    @Override
    public Tensor input(int i) {
        return inputs[i];
    }

    @Override
    public Tensor result() {
        return tensor;
    }

    @Override
    public int inputs() {
        return inputs.length;
    }

    @Override
    public boolean needs(int i) {
        return from[i] != null;
    }
}
