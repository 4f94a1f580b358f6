package dev.gradus.tensor;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * softmax(scale · q·kᵀ) · v, as {@link Fused.Attention} says: inputs q {@code [b…, t, d]}, k {@code
 * [b…, s, d]}, v {@code [b…, s, e]} and perhaps a mask that broadcasts to {@code [b…, t, s]} →
 * {@code [b…, t, e]}. The weights, {@code [b…, t, s]}, are never stored: the extra is one number a
 * query, from which the backward pass computes them again (Dao et al. 2022, FlashAttention).
 */
record Attention(Fused.Attention kernel) implements FusedOp {
    @Override
    public String name() {
        return "attention";
    }

    @Override
    public View[] views(Tensor... x) {
        View[] views = new View[x.length];
        for (int i = 0; i < x.length; i++) {
            views[i] = i < 3 ? x[i].view() : FusedOp.stretched(x[i], weights(x));
        }
        return views;
    }

    /** The shape of the weights. */
    private static Shape weights(Tensor... x) {
        int[] dims = x[0].shape().toArray();
        dims[dims.length - 1] = x[1].size(-2);
        return Shape.of(dims);
    }

    @Override
    public Tensor[] results(boolean extras, Tensor... x) {
        int[] dims = x[0].shape().toArray();
        Shape numbers = Shape.of(Arrays.copyOf(dims, dims.length - 1));
        dims[dims.length - 1] = x[2].size(-1);
        Tensor result = like(x[0], Shape.of(dims));
        return extras
                ? new Tensor[] {result, x[0].fresh(numbers, x[0].dtype())}
                : new Tensor[] {result};
    }

    /**
     * A new tensor whose axes lie in memory in the order of another's. Heads that were cut out of
     * {@code [b, t, h·d]} by a permutation can so be joined again without a copy.
     */
    private static Tensor like(Tensor t, Shape shape) {
        int rank = shape.rank();
        if (rank != 4 || t.layout().stride(1) >= t.layout().stride(2)) {
            return t.fresh(shape, t.dtype());
        }
        Shape swapped = Shape.of(shape.dim(0), shape.dim(2), shape.dim(1), shape.dim(3));
        Layout layout = Layout.contiguous(swapped).permute(0, 2, 1, 3);
        return t.fresh(swapped, t.dtype()).seenThrough(layout);
    }

    @Override
    public Tensor composed(Tensor... x) {
        return weights(kernel, x[0], x[1], x.length > 3 ? x[3] : null).matmul(x[2]);
    }

    /** The weights, {@code [b…, t, s]}. */
    static Tensor weights(Fused.Attention a, Tensor q, Tensor k, @Nullable Tensor mask) {
        Tensor scores = q.matmul(k.transpose(-1, -2)).mul(a.scale());
        if (scores.size() == 0) {
            return scores;
        }
        Tensor allowed = mask;
        if (a.causal()) {
            Tensor causal = Functional.causalMask(q.size(-2), k.size(-2)).to(q.backend());
            allowed = mask == null ? causal : mask.logicalAnd(causal);
        }
        Tensor weights =
                allowed == null
                        ? Op.applyFused(new Rowwise.Softmax(), scores)
                        : Op.applyFused(
                                new Rowwise.MaskedSoftmax(), scores, allowed.to(scores.dtype()));
        return a.dropout() == 0
                ? weights
                : Op.apply(new Dropout(a.dropout(), a.seed(), a.first()), weights);
    }

    /** The three cotangents at once. */
    @Override
    public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
        int n = saved.inputs();
        Tensor[] x = new Tensor[n];
        for (int i = 0; i < n; i++) {
            x[i] = saved.input(i);
        }
        View[] in = Arrays.copyOf(views(x), n + 3);
        in[n] = saved.result().view();
        in[n + 1] = saved.extra(0).view();
        in[n + 2] = g.view();
        Tensor[] grads = new Tensor[3];
        View[] out = new View[3];
        for (int i = 0; i < 3; i++) {
            grads[i] = like(x[i], x[i].shape());
            out[i] = grads[i].view();
        }
        if (!g.backend().run(new Fused.AttentionGradient(kernel), in, out)) {
            throw new IllegalStateException(
                    g.backend().name() + " performs attention, but not its gradient");
        }
        Recorder recorder = Recorder.current();
        if (recorder != null) {
            recorder.own(grads);
        }
        return Arrays.copyOf(grads, n);
    }
}
