package dev.gradus.tensor;

import dev.gradus.expr.Expr;
import dev.gradus.shape.Shape;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Sums, means and extremes over axes. */
final class ReductionRows {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);

    private ReductionRows() {}

    static List<Row> rows() {
        return List.of(
                all("sum", "sum(int[])", x -> x.sum()).sum(),
                rows("sum(-1)", "sum(int[])", x -> x.sum(-1)).sum(),
                columns("sum(0)", "sum(int[])", x -> x.sum(0)).sum(),
                columns("sum(0) of many columns", "sum(int[])", x -> x.sum(0))
                        .scaled(n -> new int[][] {{n / 30 + 1, 37}})
                        .sum(),
                middle("sum(1)", "sum(int[])", x -> x.sum(1)).sum(),
                middle("sum(0, 2)", "sum(int[])", x -> x.sum(0, 2)).sum(),
                rows("sum(-1, true)", "sum(int,boolean)", x -> x.sum(-1, true)).sum(),
                middle("sum({0, -1}, true)", "sum(int[],boolean)", x -> x.sum(outer(), true)).sum(),
                all("mean", "mean(int[])", x -> x.mean()).sum(),
                middle("mean(0, -1)", "mean(int[])", x -> x.mean(0, -1)).sum(),
                rows("mean(-1, true)", "mean(int,boolean)", x -> x.mean(-1, true)).sum(),
                columns("mean({0}, false)", "mean(int[],boolean)", x -> x.mean(first(), false))
                        .sum(),
                all("max", "max(int[])", x -> x.max()).on(Domain.HALVES),
                middle("max(0, 2)", "max(int[])", x -> x.max(0, 2)).on(Domain.HALVES),
                columns("max(0, true)", "max(int,boolean)", x -> x.max(0, true)).on(Domain.HALVES),
                rows("max(-1, false)", "max(int,boolean)", x -> x.max(-1, false)).on(Domain.HALVES),
                all("min", "min(int[])", x -> x.min()).on(Domain.HALVES),
                middle("min(1)", "min(int[])", x -> x.min(1)).on(Domain.HALVES),
                rows("min(-1, true)", "min(int,boolean)", x -> x.min(-1, true)).on(Domain.HALVES),
                expr("squared error", X.sub(Y).square(), new int[0], false).within(2e-6),
                expr("columns, second unread", X.mul(2), new int[] {0}, false).sum(),
                expr("rows, second unread", X.mul(2), new int[] {-1}, false).sum(),
                expr("rows of products", X.mul(Y), new int[] {-1}, true).sum(),
                expr("columns of tanh x y", X.mul(Y).tanh(), new int[] {0}, false)
                        .within(2e-6)
                        .on(Domain.POSITIVE),
                expr("softplus of both", X.softplus().add(Y.softplus()), new int[0], false)
                        .within(2e-6)
                        .sum(),
                mean("squared error", X.sub(Y).square(), new int[0], false).within(2e-6),
                mean("rows of products", X.mul(Y), new int[] {-1}, true).sum(),
                mean("columns of tanh x y", X.mul(Y).tanh(), new int[] {0}, false)
                        .within(2e-6)
                        .on(Domain.POSITIVE),
                middle("sumTo", "sumTo(Shape)", x -> x.sumTo(Shape.of(x.size(1), 1))).sum());
    }

    private static int[] outer() {
        return new int[] {0, -1};
    }

    private static int[] first() {
        return new int[] {0};
    }

    static Row all(String name, String signature, UnaryOperator<Tensor> f) {
        return new Row(name, signature, x -> f.apply(x[0]))
                .samples(
                        new int[][] {{}},
                        new int[][] {{5}},
                        new int[][] {{3, 4}},
                        new int[][] {{2, 3, 4}},
                        new int[][] {{70, 33}})
                .scaled(n -> new int[][] {{atLeastOne(name, n)}});
    }

    static Row rows(String name, String signature, UnaryOperator<Tensor> f) {
        return new Row(name, signature, x -> f.apply(x[0]))
                .samples(
                        new int[][] {{5}},
                        new int[][] {{3, 4}},
                        new int[][] {{2, 3, 4}},
                        new int[][] {{0, 4}},
                        new int[][] {{70, 33}})
                .scaled(n -> new int[][] {{3, atLeastOne(name, n)}});
    }

    static Row columns(String name, String signature, UnaryOperator<Tensor> f) {
        return new Row(name, signature, x -> f.apply(x[0]))
                .samples(
                        new int[][] {{5}},
                        new int[][] {{3, 4}},
                        new int[][] {{2, 3, 4}},
                        new int[][] {{4, 0}},
                        new int[][] {{33, 70}},
                        new int[][] {{300, 40}})
                .scaled(n -> new int[][] {{atLeastOne(name, n), 3}});
    }

    static Row middle(String name, String signature, UnaryOperator<Tensor> f) {
        return new Row(name, signature, x -> f.apply(x[0]))
                .samples(
                        new int[][] {{2, 3, 4}},
                        new int[][] {{3, 1, 2}},
                        new int[][] {{1, 4, 1}},
                        new int[][] {{7, 33, 20}},
                        new int[][] {{40, 3, 65}})
                .scaled(n -> new int[][] {{2, atLeastOne(name, n), 3}});
    }

    private static int atLeastOne(String name, int n) {
        return name.startsWith("m") ? Math.max(1, n) : n;
    }

    private static Row expr(String name, Expr expr, int[] axes, boolean keepDims) {
        return ofTwo(
                        "sum: " + name,
                        "sum(String,Expr,int[],boolean,Tensor[])",
                        x -> Tensor.sum(name, expr, axes, keepDims, x))
                .scaled(n -> new int[][] {{n, 3}, {n, 3}});
    }

    private static Row mean(String name, Expr expr, int[] axes, boolean keepDims) {
        return ofTwo(
                        "mean: " + name,
                        "mean(String,Expr,int[],boolean,Tensor[])",
                        x -> Tensor.mean(name, expr, axes, keepDims, x))
                .scaled(n -> new int[][] {{Math.max(1, n), 3}, {Math.max(1, n), 3}});
    }

    private static Row ofTwo(String name, String signature, Function<Tensor[], Tensor> f) {
        return new Row(name, signature, f)
                .samples(
                        new int[][] {{3, 4}, {3, 4}},
                        new int[][] {{3, 4}, {4}},
                        new int[][] {{3, 1}, {4}},
                        new int[][] {{2, 1, 4}, {3, 1}},
                        new int[][] {{5}, {}},
                        new int[][] {{4}, {3, 4}},
                        new int[][] {{70, 33}, {33}},
                        new int[][] {{300, 1}, {300, 40}});
    }
}
