package dev.gradus.tensor;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Reduction;
import dev.gradus.expr.RowProgram;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/** −Σ t · ln softmax(x), a number a row, for target probabilities t: inputs x and t. */
record SoftCrossEntropy(int classes, double smoothing) implements Rowwise {
    private static final Expr TARGET = Y.mul(Expr.scalar(0)).add(Expr.scalar(1));
    private static final Expr LOSS = Expr.in(4).sub(X.sub(Z));

    // Where the target is 0 an infinite loss counts as 0, and a finite one has its derivative.
    private static final Expr FINITE = LOSS.min(Expr.of(Float.MAX_VALUE));
    private static final RowProgram PROGRAM =
            RowProgram.of(2)
                    .fold(Reduction.MAX, X)
                    .fold(Reduction.SUM, X.sub(Z).exp())
                    .number(Expr.in(3).log())
                    .fold(Reduction.SUM, TARGET.mul(Expr.where(TARGET, LOSS, FINITE)))
                    .gives(5, 4, 2);

    // Of (x, t, ln Σ e^(x − max), g, max, Σ target).
    private static final Expr G = Expr.in(3);
    private static final Expr FROM_MAX = X.sub(Expr.in(4));
    private static final Expr FOR_X = G.mul(FROM_MAX.sub(Z).exp().mul(Expr.in(5)).sub(TARGET));
    private static final Expr FOR_TARGET = G.mul(Z.sub(FROM_MAX)).mul(Expr.scalar(0));

    @Override
    public String name() {
        return "crossEntropy";
    }

    @Override
    public RowProgram program() {
        return PROGRAM;
    }

    @Override
    public double[] scalars() {
        return new double[] {1 - smoothing, smoothing / classes};
    }

    @Override
    public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
        String name = "gradient of crossEntropy";
        Tensor x = saved.input(0);
        Tensor t = saved.input(1);
        Tensor logSum = saved.extra(0);
        Tensor max = saved.extra(1);
        @Nullable Tensor[] grads = new Tensor[2];
        if (saved.needs(0)) {
            Tensor total = Rowwise.sum(name, TARGET.replace(Map.of(Y, X)), scalars(), t);
            Tensor[] read = {x, t, logSum, g, max, total};
            grads[0] = Elementwise.apply(name, FOR_X, scalars(), read);
        }
        if (saved.needs(1)) {
            Tensor[] read = {x, t, logSum, g, max};
            grads[1] = Elementwise.apply(name, FOR_TARGET, scalars(), read);
        }
        return grads;
    }
}
