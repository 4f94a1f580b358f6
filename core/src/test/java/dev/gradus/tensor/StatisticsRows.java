package dev.gradus.tensor;

import java.util.List;
import java.util.function.UnaryOperator;

/** Variances, norms, products, places of extremes and running results. */
final class StatisticsRows {
    private static final int[] OUTER = {0, -1};

    /** Without pairs x and −x: their absolute values would be ties. */
    private static final Domain UNEVEN = Domain.real(-3, 1.3);

    private StatisticsRows() {}

    static List<Row> rows() {
        return List.of(
                many("var", "var(int[])", x -> x.var()),
                many("var(0, 2)", "var(int[])", x -> x.var(0, 2)),
                many("var(-1, true)", "var(int,boolean)", x -> x.var(-1, true)),
                many("var of all", "var(int[],int,boolean)", x -> x.var(OUTER, 0, true)),
                many("std", "std(int[])", x -> x.std()),
                many("std(1)", "std(int[])", x -> x.std(1)),
                many("std(1, true)", "std(int,boolean)", x -> x.std(1, true)),
                many("std of all", "std(int[],int,boolean)", x -> x.std(OUTER, 0, false)),
                few("prod", "prod(int[])", x -> x.prod()),
                few("prod(0, 2)", "prod(int[])", x -> x.prod(0, 2)),
                few("prod(1, true)", "prod(int,boolean)", x -> x.prod(1, true)),
                few("prod(-1, false)", "prod(int,boolean)", x -> x.prod(-1, false)),
                ReductionRows.all("logSumExp", "logSumExp(int[])", x -> x.logSumExp())
                        .within(2e-6)
                        .cancels(),
                ReductionRows.middle("logSumExp(1)", "logSumExp(int[])", x -> x.logSumExp(1))
                        .within(2e-6)
                        .cancels(),
                ReductionRows.rows(
                                "logSumExp(-1, true)",
                                "logSumExp(int,boolean)",
                                x -> x.logSumExp(-1, true))
                        .within(2e-6)
                        .cancels(),
                ReductionRows.all("norm", "norm()", x -> x.norm()).kinks(0).within(4e-6),
                norm("norm 1", x -> x.norm(1, 0)),
                norm("norm 2", x -> x.norm(2, -1)),
                norm("norm 3", x -> x.norm(3, 0, 1)).within(1e-5).overflows(),
                norm("norm 0.5", x -> x.norm(0.5)).on(Domain.POSITIVE).within(1e-5).overflows(),
                norm("norm 0", x -> x.norm(0, 1)).on(Domain.HALVES).notDifferentiable(),
                norm("norm -2", x -> x.norm(-2, 1)).on(Domain.POSITIVE).within(1e-5).overflows(),
                norm("norm infinity", x -> x.norm(Double.POSITIVE_INFINITY, 1)).on(UNEVEN),
                norm("norm -infinity", x -> x.norm(Double.NEGATIVE_INFINITY, 0)).on(UNEVEN),
                ReductionRows.middle(
                                "norm(2, 1, true)",
                                "norm(double,int,boolean)",
                                x -> x.norm(2, 1, true))
                        .within(4e-6),
                place("m: argmax", "argmax()", x -> x.argmax()),
                place("m: argmax(1)", "argmax(int)", x -> x.argmax(1)),
                place("m: argmax(-1, true)", "argmax(int,boolean)", x -> x.argmax(-1, true)),
                place("m: argmin", "argmin()", x -> x.argmin()),
                place("m: argmin(0)", "argmin(int)", x -> x.argmin(0)),
                place("m: argmin(1, true)", "argmin(int,boolean)", x -> x.argmin(1, true)),
                ReductionRows.all("any", "any(int[])", x -> x.any())
                        .on(Domain.MASK)
                        .notDifferentiable(),
                ReductionRows.middle("any(1)", "any(int[])", x -> x.any(1))
                        .on(Domain.MASK)
                        .notDifferentiable(),
                ReductionRows.all("all", "all(int[])", x -> x.all())
                        .on(Domain.MASK)
                        .notDifferentiable(),
                ReductionRows.middle("all(0, 2)", "all(int[])", x -> x.all(0, 2))
                        .on(Domain.MASK)
                        .notDifferentiable(),
                ReductionRows.rows("cumsum(-1)", "cumsum(int)", x -> x.cumsum(-1)).sum(),
                ReductionRows.middle("cumsum(1)", "cumsum(int)", x -> x.cumsum(1)).sum(),
                few("cumprod(1)", "cumprod(int)", x -> x.cumprod(1)),
                few("cumprod(0)", "cumprod(int)", x -> x.cumprod(0)));
    }

    /** At least two elements along each axis. */
    private static Row many(String name, String signature, UnaryOperator<Tensor> f) {
        return new Row(name, signature, x -> f.apply(x[0]))
                .samples(
                        new int[][] {{2, 3, 4}}, new int[][] {{3, 2, 2}}, new int[][] {{7, 33, 20}})
                .scaled(n -> new int[][] {{2, Math.max(2, n), 3}})
                .within(8e-6)
                .overflows();
    }

    /** Numbers near 1, so that a product of many neither vanishes nor overflows. */
    private static Row few(String name, String signature, UnaryOperator<Tensor> f) {
        return ReductionRows.middle(name, signature, f)
                .scaled(n -> new int[][] {{2, n, 3}})
                .on(Domain.real(0.9, 1.1))
                .within(3e-5)
                .overflows();
    }

    private static Row norm(String name, UnaryOperator<Tensor> f) {
        return ReductionRows.middle("m" + name, "norm(double,int[])", f).kinks(0).within(4e-6);
    }

    private static Row place(String name, String signature, UnaryOperator<Tensor> f) {
        return ReductionRows.middle(name, signature, f).on(Domain.HALVES).notDifferentiable();
    }
}
