package dev.gradus.tensor;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;

import java.util.Arrays;

/** Reductions that are compositions of sums and extremes. */
final class Statistics {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr P = Expr.scalar(0);

    private static final Expr SQUARED_DIFFERENCE = X.sub(Y).square();
    private static final Expr SHIFTED_EXP = X.sub(Y).exp();
    private static final Expr LOG_PLUS = X.log().add(Y);
    private static final Expr FINITE_OR_0 =
            Expr.where(X.abs().eq(Expr.of(Double.POSITIVE_INFINITY)), Expr.ZERO, X);

    // A select and not a limit: the derivative of what is not taken, 1/0, stays out.
    private static final Expr ROOT = unlessZero(X.sqrt());
    private static final Expr POWER = X.abs().pow(P);
    private static final Expr POWER_OR_0 = unlessZero(X.abs().pow(P));
    private static final Expr ROOT_P = unlessZero(X.pow(P));

    private static final Expr CHOSEN = Expr.where(X.eq(Y), Expr.ONE, X.isNaN());

    private Statistics() {}

    private static Expr unlessZero(Expr e) {
        return Expr.where(X.eq(Expr.ZERO), Expr.ZERO, e);
    }

    static Tensor var(String name, Tensor t, int[] axes, int correction, boolean keepDims) {
        if (!t.dtype().isFloating()) { // the mean of large ints is no float
            Tensor wide = var(name, t.to(DType.FLOAT64), axes, correction, keepDims);
            return wide.to(DType.FLOAT32);
        }
        Tensor mean = t.mean(axes, true);
        Tensor squares = Tensor.sum(name, SQUARED_DIFFERENCE, axes, keepDims, t, mean);
        double n = t.size() / (double) mean.size();
        return squares.div(Math.max(0, n - correction));
    }

    /** The root, with derivative 0 at 0. */
    static Tensor root(String name, Tensor t) {
        return Tensor.map(name, ROOT, t);
    }

    static Tensor logSumExp(Tensor t, int[] axes, boolean keepDims) {
        Tensor x = Tensor.common("logSumExp", false, t)[0];
        Tensor shift =
                x.size() == 0
                        ? x.sum(axes, true)
                        : Tensor.map(
                                "logSumExp",
                                FINITE_OR_0,
                                x.detach().extreme(Reduction.MAX, axes, true));
        Tensor sum = Tensor.sum("logSumExp", SHIFTED_EXP, axes, true, x, shift);
        Tensor log = Tensor.map("logSumExp", LOG_PLUS, sum, shift);
        boolean[] flags = x.shape().axes("logSumExp", axes);
        return keepDims ? log : log.reshape(x.shape().reduce(flags, false));
    }

    static Tensor norm(Tensor t, double p, int[] axes, boolean keepDims) {
        Tensor x = Tensor.common("norm", false, t)[0];
        if (Double.isNaN(p)) {
            throw new IllegalArgumentException("norm: p must be a number, not NaN");
        }
        if (Double.isInfinite(p)) {
            return x.abs().extreme(p > 0 ? Reduction.MAX : Reduction.MIN, axes, keepDims);
        }
        if (p == 0) {
            return x.detach().ne(0).to(x.dtype()).sum(axes, keepDims);
        }
        if (p == 1) {
            return Tensor.sum("norm", X.abs(), axes, keepDims, x);
        }
        if (p == 2) {
            return root("norm", Tensor.sum("norm", X.square(), axes, keepDims, x));
        }
        boolean[] flags = x.shape().axes("norm", axes);
        Expr power = p > 0 ? POWER_OR_0 : POWER;
        double[] scalars = {p};
        Tensor sum = Op.apply(new Reduce.Sum("norm", power, scalars, flags, keepDims), x);
        double[] inverse = {1 / p};
        Expr root = p > 0 ? ROOT_P : X.pow(P);
        return Op.apply(new Elementwise("norm", root, inverse), sum);
    }

    /** The index of the extreme along an axis: the first of equal ones, or the first NaN. */
    static Tensor place(String name, Reduction extreme, Tensor t, int axis, boolean keepDims) {
        Tensor x = t.detach();
        int at = x.shape().axis(name, axis);
        int n = x.size(at);
        if (n == 0) {
            throw new IllegalArgumentException(
                    name
                            + ": axis "
                            + axis
                            + " of shape "
                            + x.shape()
                            + " has no elements to choose from");
        }
        int[] dims = new int[x.ndim()];
        Arrays.fill(dims, 1);
        dims[at] = n;
        Tensor index = Tensor.arange(n).reshape(dims).to(x.backend());
        Tensor value = x.extreme(extreme, new int[] {at}, true);
        Tensor chosen = Tensor.map(name, CHOSEN, x, value).to(DType.INT32);
        return Tensor.where(chosen, index, index.max())
                .extreme(Reduction.MIN, new int[] {at}, keepDims);
    }
}
