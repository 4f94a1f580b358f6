package dev.gradus.tensor;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Reduction;
import dev.gradus.expr.RowProgram;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** Operations along the last axis that are one {@link RowProgram}. */
interface Rowwise extends FusedOp {
    /** What it computes; its inputs are the operation's, which broadcast together. */
    RowProgram program();

    /** The run-time scalars of all stages. */
    default double[] scalars() {
        return new double[0];
    }

    @Override
    default Fused kernel() {
        return new Fused.Rows(program(), scalars());
    }

    @Override
    default View[] views(Tensor... x) {
        return Elementwise.expand(Elementwise.broadcast(name(), x), x.length, x);
    }

    @Override
    default Tensor[] results(boolean extras, Tensor... x) {
        Shape row = Elementwise.broadcast(name(), x);
        boolean[] last = new boolean[row.rank()];
        last[last.length - 1] = true;
        Shape number = row.reduce(last, true);
        Tensor[] results = new Tensor[extras ? program().outputs().size() : 1];
        for (int i = 0; i < results.length; i++) {
            RowProgram.Stage stage = program().stages().get(program().outputs().get(i));
            boolean isRow = stage instanceof RowProgram.Stage.Row;
            results[i] = x[0].fresh(isRow ? row : number, x[0].dtype());
        }
        return results;
    }

    /** The stages one after another. Largest elements count as constants: they only shift. */
    @Override
    default Tensor composed(Tensor... x) {
        Tensor[] values = new Tensor[program().values()];
        System.arraycopy(x, 0, values, 0, x.length);
        for (int i = 0; i < program().stages().size(); i++) {
            RowProgram.Stage stage = program().stages().get(i);
            Expr expr = stage.reads().expr();
            Tensor[] read = new Tensor[stage.reads().sources().size()];
            for (int k = 0; k < read.length; k++) {
                read[k] = values[stage.reads().sources().get(k)];
            }
            values[x.length + i] =
                    switch (stage) {
                        case RowProgram.Stage.Fold f when f.reduction() == Reduction.SUM ->
                                sum(name(), expr, scalars(), read);
                        case RowProgram.Stage.Fold f ->
                                Elementwise.apply(name(), expr, scalars(), detached(read))
                                        .extreme(f.reduction(), new int[] {-1}, true);
                        case RowProgram.Stage.Single n ->
                                Elementwise.apply(name(), expr, scalars(), read);
                        case RowProgram.Stage.Row r ->
                                Elementwise.apply(name(), expr, scalars(), read);
                    };
        }
        return values[x.length + program().outputs().get(0)];
    }

    private static Tensor[] detached(Tensor... x) {
        Tensor[] constants = new Tensor[x.length];
        Arrays.setAll(constants, i -> x[i].detach());
        return constants;
    }

    /** The sum of an expression along the last axis, which stays with size 1. */
    static Tensor sum(String name, Expr expr, double[] scalars, Tensor... x) {
        boolean[] last = new boolean[Elementwise.broadcast(name, x).rank()];
        last[last.length - 1] = true;
        return Op.apply(new Reduce.Sum(name, expr, scalars, last, true), x);
    }

    // ------------------------------------------------------------------ softmax

    Expr X = Expr.in(0);
    Expr Y = Expr.in(1);
    Expr Z = Expr.in(2);
    Expr NEGATIVE_INFINITY = Expr.of(Double.NEGATIVE_INFINITY);

    /** e^x / Σ e^x along the last axis. */
    record Softmax() implements Rowwise {
        private static final RowProgram PROGRAM =
                RowProgram.of(1)
                        .fold(Reduction.MAX, X)
                        .row(X.sub(Y).exp())
                        .fold(Reduction.SUM, Expr.in(2))
                        .row(Expr.in(2).div(Expr.in(3)))
                        .gives(4);

        @Override
        public String name() {
            return "softmax";
        }

        @Override
        public RowProgram program() {
            return PROGRAM;
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            return new Tensor[] {gradient(saved.result(), g)};
        }

        private static final Expr PRODUCT = X.mul(Y);
        private static final Expr GRADIENT = X.mul(Y.sub(Z));

        /** y · (g − Σ g·y). */
        static Tensor gradient(Tensor y, Tensor g) {
            Tensor sum = sum("gradient of softmax", PRODUCT, new double[0], y, g);
            return Tensor.map("gradient of softmax", GRADIENT, y, g, sum);
        }
    }

    /** x − ln Σ e^x along the last axis. */
    record LogSoftmax() implements Rowwise {
        private static final RowProgram PROGRAM =
                RowProgram.of(1)
                        .fold(Reduction.MAX, X)
                        .fold(Reduction.SUM, X.sub(Y).exp())
                        .number(Expr.in(2).log())
                        .row(X.sub(Y).sub(Expr.in(3))) // the differences are small and exact
                        .gives(4);
        private static final Expr GRADIENT = Y.sub(X.exp().mul(Z));

        @Override
        public String name() {
            return "logSoftmax";
        }

        @Override
        public RowProgram program() {
            return PROGRAM;
        }

        /** g − e^y · Σ g. */
        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            String name = "gradient of logSoftmax";
            return new Tensor[] {
                Tensor.map(name, GRADIENT, saved.result(), g, sum(name, X, new double[0], g))
            };
        }
    }

    /** The softmax over the places where the second input is not 0; zeros where there are none. */
    record MaskedSoftmax() implements Rowwise {
        private static final RowProgram PROGRAM =
                RowProgram.of(2)
                        .fold(Reduction.MAX, Expr.where(Y, X, NEGATIVE_INFINITY))
                        .row(Expr.where(Y, X.sub(Z).exp(), Expr.ZERO))
                        .fold(Reduction.SUM, Expr.in(3))
                        .row(Expr.where(Y, Expr.in(3).div(Expr.in(4)), Expr.ZERO))
                        .gives(5);

        @Override
        public String name() {
            return "maskedSoftmax";
        }

        @Override
        public RowProgram program() {
            return PROGRAM;
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            return new @Nullable Tensor[] {
                saved.needs(0)
                        ? Softmax.gradient(saved.result(), g).sumTo(saved.input(0).shape())
                        : null,
                null
            };
        }
    }
}
