package dev.gradus.tensor;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * f(x·W + b): inputs x {@code [m, k]}, W {@code [k, n]} and perhaps b {@code [n]} → {@code [m, n]}.
 * Where the derivative of f needs it, x·W + b is kept as an extra.
 *
 * @param f of one input; that input itself for none
 */
record Linear(Expr f) implements FusedOp {
    static final Expr IDENTITY = Expr.in(0);
    private static final Expr RELU = IDENTITY.relu();

    Linear {
        if (f.inputs() != 1 || f.program().scalars() > 0) {
            throw new IllegalArgumentException(
                    "linear: the activation "
                            + f
                            + " must be of one input, not "
                            + f.inputs()
                            + ", and without run-time scalars");
        }
    }

    @Override
    public String name() {
        return "linear";
    }

    @Override
    public Fused kernel() {
        return new Fused.Linear(f == IDENTITY ? null : f.program());
    }

    @Override
    public View[] views(Tensor... x) {
        View[] views = new View[x.length];
        for (int i = 0; i < x.length; i++) {
            views[i] = x[i].view();
        }
        return views;
    }

    @Override
    public Tensor[] results(boolean extras, Tensor... x) {
        Shape shape = Shape.of(x[0].size(0), x[1].size(1));
        Tensor[] results = new Tensor[extras && keepsSum() ? 2 : 1];
        for (int i = 0; i < results.length; i++) {
            results[i] = x[0].fresh(shape, x[0].dtype());
        }
        return results;
    }

    /** relu's derivative is the same at x and at relu(x). */
    private boolean keepsSum() {
        return f != RELU && f.backward(0).reads(0);
    }

    @Override
    public Tensor composed(Tensor... x) {
        Tensor product = x[0].matmul(x[1]);
        Tensor sum = x.length == 2 ? product : product.add(x[2]);
        return f == IDENTITY ? sum : Tensor.map("activation", f, sum);
    }

    @Override
    public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
        @Nullable Tensor[] grads = new Tensor[saved.inputs()];
        Expr.Compact backward = f.backward(0);
        if (backward.expr() == Expr.ZERO) { // a step
            return grads;
        }
        Tensor[] args = {g};
        if (f != IDENTITY) {
            Tensor sum = keepsSum() ? saved.extra(0) : saved.result();
            args = new Tensor[backward.sources().size()];
            for (int k = 0; k < args.length; k++) {
                int source = backward.sources().get(k);
                args[k] = source == 0 ? sum : source == 1 ? saved.result() : g;
            }
        }
        if (!backward.expr().isOneKernel() || !fusedGradient(saved, backward.expr(), args, grads)) {
            Tensor inner =
                    f == IDENTITY
                            ? g
                            : Elementwise.apply(
                                    "gradient of linear", backward.expr(), new double[0], args);
            gradient(saved, inner, grads);
        }
        return grads;
    }

    /** The gradients as one call: a small layer spends its time between operations. */
    private boolean fusedGradient(
            Saved saved, Expr backward, Tensor[] args, @Nullable Tensor[] grads) {
        View[] in = new View[2 + args.length];
        in[0] = saved.input(0).view();
        in[1] = saved.input(1).view();
        for (int k = 0; k < args.length; k++) {
            in[2 + k] = args[k].view();
        }
        Tensor[] some = new Tensor[grads.length];
        int count = 0;
        for (int i = 0; i < grads.length; i++) {
            if (saved.needs(i)) {
                Tensor x = saved.input(i);
                grads[i] = x.fresh(x.shape(), x.dtype());
                some[count++] = grads[i];
            }
        }
        Tensor[] results = Arrays.copyOf(some, count);
        var kernel =
                new Fused.LinearGradient(
                        f == IDENTITY ? null : backward.program(),
                        saved.needs(0),
                        saved.needs(1),
                        grads.length == 3 && saved.needs(2));
        if (!FusedOp.offer(kernel, in, results)) {
            Arrays.fill(grads, null);
            return false;
        }
        Recorder recorder = Recorder.current();
        if (recorder != null) {
            recorder.own(results);
        }
        return true;
    }

    /** The gradients by other operations, from the cotangent of x·W + b. */
    private static void gradient(Saved saved, Tensor inner, @Nullable Tensor[] grads) {
        grads[0] = saved.needs(0) ? inner.matmul(saved.input(1).t()) : null;
        grads[1] = saved.needs(1) ? saved.input(0).t().matmul(inner) : null;
        if (grads.length == 3 && saved.needs(2)) {
            grads[2] = inner.sumTo(saved.input(2).shape());
        }
    }
}
