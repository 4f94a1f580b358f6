package dev.gradus.tensor;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Any element-wise operation: one {@link Expr} over inputs that broadcast together, of one dtype.
 * The backward pass is the expression's symbolic derivative, one kernel an input.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Elementwise(String name, Expr expr, double... scalars) implements Op {
    private static final Expr FIRST = Expr.in(0);

    @Override
    public Tensor forward(Tensor... x) {
        Shape shape = broadcast(name, x);
        View[] in = expand(shape, expr.inputs(), x);
        Tensor out = x[0].fresh(shape, x[0].dtype());
        x[0].backend().map(expr.program(), in, scalars, new View[] {out.view()});
        return out;
    }

    @Override
    public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
        @Nullable Tensor[] grads = new Tensor[saved.inputs()];
        for (int i = 0; i < grads.length; i++) {
            if (saved.needs(i)) {
                Tensor grad = backward(name, expr, scalars, i, saved, saved.result(), g);
                grads[i] = grad == null ? null : grad.sumTo(saved.input(i).shape());
            }
        }
        return grads;
    }

    /** The results of several groups as one call; null if the backend has none for these. */
    Tensor @Nullable [] each(Tensor[]... groups) {
        Tensor first = groups[0][0];
        for (Tensor[] x : groups) {
            if (x[0].dtype() != first.dtype() || x[0].backend() != first.backend()) {
                return null;
            }
        }
        List<View> in = new ArrayList<>();
        Tensor[] results = new Tensor[groups.length];
        for (int g = 0; g < groups.length; g++) {
            Tensor[] x = groups[g];
            Shape shape = broadcast(name, x);
            in.addAll(List.of(expand(shape, expr.inputs(), x)));
            results[g] = x[0].fresh(shape, x[0].dtype());
        }
        var kernel = new Fused.MapEach(expr.program(), groups.length, scalars);
        return FusedOp.offer(kernel, in.toArray(View[]::new), results) ? results : null;
    }

    /** Performs an expression of any size: what one kernel cannot hold is cut into several. */
    static Tensor apply(String name, Expr expr, double[] scalars, Tensor... x) {
        if (expr.isOneKernel()) {
            return Op.apply(new Elementwise(name, expr, scalars), x);
        }
        int n = expr.inputs();
        Tensor[] more = Arrays.copyOf(x, n + 1);
        more[n] = apply(name, expr.cut().part(), scalars, x);
        return apply(name, expr.cut().rest(), scalars, more);
    }

    /** g times the derivative by input i, of the broadcast shape; null where that is 0. */
    static @Nullable Tensor backward(
            String name, Expr expr, double[] scalars, int i, Saved saved, Tensor result, Tensor g) {
        Expr.Compact backward = expr.backward(i);
        if (backward.expr() == Expr.ZERO) {
            return null;
        }
        int n = expr.inputs();
        Tensor[] args = new Tensor[backward.sources().size()];
        for (int k = 0; k < args.length; k++) {
            int source = backward.sources().get(k);
            args[k] = source < n ? saved.input(source) : source == n ? result : g;
        }
        if (backward.expr() == FIRST) {
            return args[0];
        }
        return apply("gradient of " + name, backward.expr(), scalars, args);
    }

    static Shape broadcast(String name, Tensor... x) {
        Shape shape = x[0].shape();
        for (int i = 1; i < x.length; i++) {
            shape = Shape.broadcast(name, shape, x[i].shape());
        }
        return shape;
    }

    /** The first {@code count} tensors, which are those that the expression reads, stretched. */
    static View[] expand(Shape shape, int count, Tensor... x) {
        View[] views = new View[count];
        for (int i = 0; i < count; i++) {
            View v = x[i].view();
            views[i] = v.shape() == shape ? v : v.with(v.layout().expand(shape));
        }
        return views;
    }
}
