package dev.gradus.tensor;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Reduction;
import dev.gradus.expr.RowProgram;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/**
 * (x − mean) / √(variance + eps) · weight + bias along the last axis (Ba, Kiros and Hinton 2016).
 *
 * @param n the length of a row
 */
record LayerNorm(int n, double eps) implements Rowwise {
    private static final Expr N = Expr.scalar(0);
    private static final Expr EPS = Expr.scalar(1);
    private static final RowProgram PROGRAM =
            RowProgram.of(3)
                    .fold(Reduction.SUM, X)
                    .number(Expr.in(3).div(N))
                    .fold(Reduction.SUM, X.sub(Expr.in(4)).square())
                    .number(Expr.ONE.div(Expr.in(5).div(N).add(EPS).sqrt()))
                    .row(X.sub(Expr.in(4)).mul(Expr.in(6)).mul(Y).add(Z))
                    .gives(7, 4, 6);

    // Of (x, mean, 1 / deviation, g, weight, Σ g·weight, Σ g·weight·normalised).
    private static final Expr G = Expr.in(3);
    private static final Expr NORMALISED = X.sub(Y).mul(Z);
    private static final Expr G_NORMALISED = G.mul(NORMALISED);
    private static final Expr G_WEIGHT = G.mul(Expr.in(4));
    private static final Expr G_WEIGHT_NORMALISED = G_WEIGHT.mul(NORMALISED);
    private static final Expr SHIFTS = Expr.in(5).add(NORMALISED.mul(Expr.in(6))).div(N);
    private static final Expr FOR_X = Z.mul(G_WEIGHT.sub(SHIFTS));

    @Override
    public String name() {
        return "layerNorm";
    }

    @Override
    public RowProgram program() {
        return PROGRAM;
    }

    @Override
    public double[] scalars() {
        return new double[] {n, eps};
    }

    @Override
    public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
        String name = "gradient of layerNorm";
        Tensor x = saved.input(0);
        Tensor mean = saved.extra(0);
        Tensor scale = saved.extra(1);
        Tensor weight = saved.input(1);
        @Nullable Tensor[] grads = new Tensor[3];
        if (saved.needs(0)) {
            Tensor[] read = {x, mean, scale, g, weight};
            Tensor sum = Rowwise.sum(name, G_WEIGHT, scalars(), read);
            Tensor product = Rowwise.sum(name, G_WEIGHT_NORMALISED, scalars(), read);
            Tensor[] all = {x, mean, scale, g, weight, sum, product};
            grads[0] = Elementwise.apply(name, FOR_X, scalars(), all);
        }
        if (saved.needs(1)) {
            boolean[] axes = allButLast(g.ndim());
            Op op = new Reduce.Sum(name, G_NORMALISED, scalars(), axes, false);
            grads[1] = Op.apply(op, x, mean, scale, g);
        }
        if (saved.needs(2)) {
            grads[2] = g.sumTo(saved.input(2).shape());
        }
        return grads;
    }

    private static boolean[] allButLast(int rank) {
        boolean[] axes = new boolean[rank];
        Arrays.fill(axes, 0, rank - 1, true);
        return axes;
    }
}
