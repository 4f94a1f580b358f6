package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Distribution;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;

/**
 * Elements set to 0 at random, the others divided by 1 − p (Srivastava et al. 2014). The random
 * numbers are a function of a seed and a counter, so the backward pass draws them again instead of
 * keeping them: it is the same operation on the cotangent.
 */
record Dropout(double p, long seed, long first) implements Op {
    private static final Program DROP =
            Expr.where(Expr.in(1).lt(Expr.scalar(0)), Expr.ZERO, Expr.in(0).mul(Expr.scalar(1)))
                    .program();

    @Override
    public String name() {
        return "dropout";
    }

    @Override
    public Tensor forward(Tensor... x) {
        Backend backend = x[0].backend();
        Tensor numbers = x[0].fresh(x[0].shape(), x[0].dtype());
        backend.random(Distribution.UNIFORM, seed, first, numbers.view());
        double[] scalars = {p, 1 / (1 - p)};
        Tensor out = x[0].fresh(x[0].shape(), x[0].dtype());
        View[] in = {x[0].view(), numbers.view()};
        backend.map(DROP, in, scalars, new View[] {out.view()});
        backend.release(numbers.view().buffer());
        return out;
    }

    @Override
    public Tensor[] vjp(Saved saved, Tensor g) {
        return new Tensor[] {Op.apply(this, g)};
    }
}
