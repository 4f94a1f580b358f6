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
    private final Tensor[] extras;
    boolean watched;
    @Nullable Parameter parameter;
    @Nullable Tensor cotangent;

    /** Where the user's program performed the operation, if anomalies are looked for. */
    @Nullable CallSite line;

    Node(Tensor tensor, @Nullable Op op, Tensor[] inputs, @Nullable Node[] from, Tensor... extras) {
        this.extras = extras;
        this.tensor = tensor;
        this.op = op;
        this.inputs = inputs;
        this.from = from;
    }

    /** Whether its gradient is a result of the backward pass. */
    boolean isAskedFor() {
        return watched || parameter != null;
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
    public Tensor extra(int i) {
        return extras[i];
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
