package dev.gradus.tensor;

import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import org.jspecify.annotations.Nullable;

/** Reductions over the flagged axes. */
sealed interface Reduce extends Op {
    /** Which axes disappear. */
    boolean[] axes();

    /** Whether they stay with size 1. */
    boolean keepDims();

    /** One pass over the inputs, broadcast together; nothing in between is stored. */
    private static Tensor run(
            Reduction reduction, Reduce op, Expr expr, double[] scalars, Tensor... x) {
        Shape full = Elementwise.broadcast(op.name(), x);
        Tensor out = x[0].fresh(full.reduce(op.axes(), op.keepDims()), x[0].dtype());
        View kept = out.view().with(Layout.contiguous(full.reduce(op.axes(), true)));
        // At least one, since its shape says what is reduced.
        View[] in = Elementwise.expand(full, Math.max(1, expr.inputs()), x);
        x[0].backend().reduce(reduction, expr.program(), in, scalars, kept);
        return out;
    }

    /** A result or cotangent with its reduced axes as size 1, so that it broadcasts. */
    private static Tensor withAxes(Reduce op, Shape full, Tensor t) {
        return op.keepDims() || t.ndim() == 0 ? t : t.reshape(full.reduce(op.axes(), true));
    }

    /** The sum of an expression of the inputs, such as (a − b)² for a squared error. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Sum(String name, Expr expr, double[] scalars, boolean[] axes, boolean keepDims)
            implements Reduce {
        @Override
        public Tensor forward(Tensor... x) {
            return run(Reduction.SUM, this, expr, scalars, x);
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            Tensor[] x = new Tensor[saved.inputs()];
            for (int i = 0; i < x.length; i++) {
                x[i] = saved.input(i);
            }
            Shape full = Elementwise.broadcast(name, x);
            Tensor stretched = withAxes(this, full, g);
            @Nullable Tensor[] grads = new Tensor[x.length];
            for (int i = 0; i < x.length; i++) {
                if (saved.needs(i)) {
                    // A derivative that reads the element's value has it computed anew.
                    Tensor y =
                            expr.backward(i).reads(expr.inputs())
                                    ? Op.apply(new Elementwise(name, expr, scalars), x)
                                    : g;
                    Tensor grad = Elementwise.backward(name, expr, scalars, i, saved, y, stretched);
                    grads[i] = grad == null ? null : grad.expand(full).sumTo(x[i].shape());
                }
            }
            return grads;
        }
    }

    /** The mean of an expression of the inputs: a sum and a division, but one step backwards. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Mean(String name, Expr expr, boolean[] axes, boolean keepDims) implements Reduce {
        private static final Program DIVIDED = Expr.in(0).div(Expr.scalar(0)).program();
        private static final double[] NO_SCALARS = {};

        /** An expression times a run-time scalar, kept with the expression's program. */
        private record Scaled(Expr expr) {
            static Scaled of(Expr expr) {
                return expr.program()
                        .compiled(Scaled.class, p -> new Scaled(expr.mul(Expr.scalar(0))));
            }
        }

        @Override
        public Tensor forward(Tensor... x) {
            Tensor sum = run(Reduction.SUM, this, expr, NO_SCALARS, x);
            View[] out = {sum.view()};
            sum.backend().map(DIVIDED, out, new double[] {count(sum, x)}, out);
            return sum;
        }

        /** The same by two operations. */
        Tensor composed(Tensor... x) {
            Tensor sum = Op.apply(new Sum(name, expr, NO_SCALARS, axes, keepDims), x);
            return sum.div(count(sum, x));
        }

        /** How many elements a mean is of. */
        private double count(Tensor result, Tensor... x) {
            return Elementwise.broadcast(name, x).size() / (double) result.size();
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            Tensor[] x = new Tensor[saved.inputs()];
            for (int i = 0; i < x.length; i++) {
                x[i] = saved.input(i);
            }
            double[] scalars = {1 / count(g, x)};
            return new Sum(name, Scaled.of(expr).expr, scalars, axes, keepDims).vjp(saved, g);
        }
    }

    /** The largest or smallest element; equal ones share the gradient evenly. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Extreme(Reduction reduction, boolean[] axes, boolean keepDims) implements Reduce {
        @Override
        public String name() {
            return reduction == Reduction.MAX ? "max" : "min";
        }

        @Override
        public Tensor forward(Tensor... x) {
            return run(reduction, this, Expr.in(0), new double[0], x);
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            Tensor x = saved.input(0);
            Tensor chosen = x.eq(withAxes(this, x.shape(), saved.result())).to(x.dtype());
            Tensor count = Op.apply(new Sum("sum", Expr.in(0), new double[0], axes, true), chosen);
            return new Tensor[] {chosen.mul(withAxes(this, x.shape(), g).div(count))};
        }
    }

    /** The product. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Prod(boolean[] axes, boolean keepDims) implements Reduce {
        @Override
        public String name() {
            return "prod";
        }

        @Override
        public Tensor forward(Tensor... x) {
            return run(Reduction.PROD, this, Expr.in(0), new double[0], x);
        }

        /** g times the product of the others, without a division: an element may be 0. */
        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            Tensor x = saved.input(0);
            if (x.size() == 0) {
                return new Tensor[] {x.zerosLike()};
            }
            int[] order = new int[x.ndim()];
            int kept = 0;
            int last = x.ndim();
            for (int i = order.length - 1; i >= 0; i--) {
                if (axes[i]) {
                    order[--last] = i;
                }
            }
            for (int i = 0; i < order.length; i++) {
                if (!axes[i]) {
                    order[kept++] = i;
                }
            }
            int[] back = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                back[order[i]] = i;
            }
            Tensor moved = x.permute(order);
            Tensor rows = moved.reshape(withAxes(this, x.shape(), g).size(), -1);
            Tensor others = others(rows).reshape(moved.shape()).permute(back);
            return new Tensor[] {withAxes(this, x.shape(), g).mul(others)};
        }

        /** For each element of a row the product of the others, by halves: [m, n] → [m, n]. */
        private static Tensor others(Tensor x) {
            int n = x.size(1);
            if (n == 1) {
                return x.onesLike();
            }
            int half = n / 2;
            Slice rest = Slice.from(2 * half);
            Tensor left = x.slice(Slice.ALL, Slice.to(half));
            Tensor right = x.slice(Slice.ALL, Slice.range(half, 2 * half));
            Tensor pairs = Tensor.concat(1, left.mul(right), x.slice(Slice.ALL, rest));
            Tensor around = others(pairs);
            Tensor outside = around.slice(Slice.ALL, Slice.to(half));
            return Tensor.concat(
                    1,
                    outside.mul(right),
                    outside.mul(left),
                    around.slice(Slice.ALL, Slice.from(half)));
        }
    }
}
