package dev.gradus.tensor;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Reduction;
import dev.gradus.expr.RowProgram;

import org.jspecify.annotations.Nullable;

/**
 * −ln of the probability that logits give to a class, a number a row: inputs x {@code [.., c]}, the
 * numbers 0 … c − 1, and the class {@code [.., 1]}; 0 where the class is negative, NaN where it is
 * none of the c.
 *
 * @param smoothing how much of the target is spread evenly over all classes
 */
record CrossEntropy(int classes, double smoothing) implements Rowwise {
    private static final Expr REST = Expr.scalar(0);
    private static final Expr EACH = Expr.scalar(1);
    private static final Expr CLASSES = Expr.scalar(2);
    private static final Expr CHOSEN = Y.eq(Z);
    private static final Expr COUNTS = Expr.ZERO.le(Z);

    // Of the largest logit: less of a number's digits is lost than in ln Σ e^x − x.
    private static final Expr LOSS = Expr.in(5).sub(X.sub(Expr.in(3)));
    private static final Expr WRONG = Expr.of(Double.NaN);
    private static final Expr RESULT =
            Expr.where(COUNTS, Expr.where(Z.lt(CLASSES), Expr.in(6), WRONG), Expr.ZERO);
    private static final RowProgram PROGRAM =
            RowProgram.of(3)
                    .fold(Reduction.MAX, X)
                    .fold(Reduction.SUM, X.sub(Expr.in(3)).exp())
                    .number(Expr.in(4).log())
                    .fold(Reduction.SUM, Expr.where(CHOSEN, LOSS, Expr.ZERO))
                    .number(RESULT)
                    .gives(7, 5, 3);
    private static final RowProgram SMOOTHED =
            RowProgram.of(3)
                    .fold(Reduction.MAX, X)
                    .fold(Reduction.SUM, X.sub(Expr.in(3)).exp())
                    .number(Expr.in(4).log())
                    .fold(Reduction.SUM, Expr.where(CHOSEN, REST.add(EACH), EACH).mul(LOSS))
                    .number(RESULT)
                    .gives(7, 5, 3);

    // Of (x, numbers, class, ln Σ e^(x − max), g, max).
    private static final Expr PROBABILITY = X.sub(Expr.in(5)).sub(Expr.in(3)).exp();
    private static final Expr TARGET = Expr.where(CHOSEN, REST.add(EACH), EACH);
    private static final Expr GRADIENT =
            Expr.where(COUNTS, Expr.in(4).mul(PROBABILITY.sub(TARGET)), Expr.ZERO);

    @Override
    public String name() {
        return "crossEntropy";
    }

    @Override
    public RowProgram program() {
        return smoothing == 0 ? PROGRAM : SMOOTHED;
    }

    @Override
    public double[] scalars() {
        return new double[] {1 - smoothing, smoothing / classes, classes};
    }

    @Override
    public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
        Tensor[] read = {
            saved.input(0), saved.input(1), saved.input(2), saved.extra(0), g, saved.extra(1)
        };
        return new @Nullable Tensor[] {
            Elementwise.apply("gradient of crossEntropy", GRADIENT, scalars(), read), null, null
        };
    }
}
