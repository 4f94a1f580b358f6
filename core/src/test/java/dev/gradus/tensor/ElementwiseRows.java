package dev.gradus.tensor;

import dev.gradus.expr.Expr;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Operations element by element. */
final class ElementwiseRows {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr Z = Expr.in(2);

    /** The tanh form of GELU. */
    private static final Expr GELU =
            X.mul(0.5)
                    .mul(
                            X.add(X.mul(X).mul(X).mul(0.044715))
                                    .mul(Math.sqrt(2 / Math.PI))
                                    .tanh()
                                    .add(1));

    private static final Expr MISH = X.mul(X.softplus().tanh());

    private ElementwiseRows() {}

    static List<Row> rows() {
        return List.of(
                unary("neg", Tensor::neg),
                unary("abs", Tensor::abs).kinks(0),
                unary("sign", Tensor::sign).kinks(0),
                unary("square", Tensor::square),
                unary("sqrt", Tensor::sqrt).on(Domain.POSITIVE),
                unary("reciprocal", Tensor::reciprocal).on(Domain.POSITIVE),
                unary("exp", Tensor::exp).within(5e-7),
                unary("log", Tensor::log).on(Domain.POSITIVE).kinks(1).within(5e-7),
                unary("log1p", Tensor::log1p).on(Domain.real(-0.8, 4)).within(5e-7),
                unary("sin", Tensor::sin).within(5e-7),
                unary("cos", Tensor::cos).within(5e-7),
                unary("tanh", Tensor::tanh).within(5e-7),
                unary("sigmoid", Tensor::sigmoid).within(5e-7),
                unary("erf", Tensor::erf).within(5e-7),
                unary("relu", Tensor::relu).kinks(0),
                unary("softplus", Tensor::softplus).within(5e-7),
                unary("log2", Tensor::log2).on(Domain.POSITIVE).kinks(1).within(1e-6),
                unary("log10", Tensor::log10).on(Domain.POSITIVE).kinks(1).within(1e-6),
                steps("floor", Tensor::floor),
                steps("ceil", Tensor::ceil),
                steps("trunc", Tensor::trunc),
                unary("round", Tensor::round).on(Domain.HALVES).kinks(-1.5, -0.5, 0.5, 1.5),
                unary("isNaN", Tensor::isNaN).notDifferentiable(),
                unary("isInf", Tensor::isInf).notDifferentiable(),
                unary("isFinite", Tensor::isFinite).notDifferentiable(),
                unary("gelu", Tensor::gelu).within(1e-6).cancels().overflows(),
                unary("geluTanh", Tensor::geluTanh).within(1e-6).cancels().overflows(),
                unary("silu", Tensor::silu).within(1e-6).cancels(),
                unary("logicalNot", Tensor::logicalNot).on(Domain.MASK).notDifferentiable(),
                //
                scalar("add", x -> x.add(0.1)),
                scalar("sub", x -> x.sub(-0.3)),
                scalar("mul", x -> x.mul(1.7)),
                scalar("div", x -> x.div(0.7)),
                scalar("pow", x -> x.pow(2.5)).on(Domain.POSITIVE).within(1e-6),
                scalar("pow", "cube", x -> x.pow(3)).within(1e-6),
                scalar("pow", "square", x -> x.pow(2)),
                scalar("pow", "same", x -> x.pow(1)),
                scalar("pow", "inverse", x -> x.pow(-1)).on(Domain.POSITIVE),
                scalar("pow", "root", x -> x.pow(0.5)).on(Domain.POSITIVE),
                scalar("eq", x -> x.eq(0.5)).on(Domain.HALVES).kinks(0.5).notDifferentiable(),
                scalar("ne", x -> x.ne(0.5)).on(Domain.HALVES).kinks(0.5).notDifferentiable(),
                scalar("le", x -> x.le(0.5)).on(Domain.HALVES).kinks(0.5).notDifferentiable(),
                scalar("ge", x -> x.ge(0.5)).on(Domain.HALVES).kinks(0.5).notDifferentiable(),
                scalar("lt", x -> x.lt(0.5)).on(Domain.HALVES).kinks(0.5).notDifferentiable(),
                scalar("gt", x -> x.gt(0.5)).on(Domain.HALVES).kinks(0.5).notDifferentiable(),
                scalar("mod", x -> x.mod(0.7))
                        .kinks(-2.8, -2.1, -1.4, -0.7, 0, 0.7, 1.4, 2.1, 2.8)
                        .within(1e-5)
                        .cancels()
                        .overflows(),
                scalar("floorDivide", x -> x.floorDivide(0.7))
                        .kinks(-2.8, -2.1, -1.4, -0.7, 0, 0.7, 1.4, 2.1, 2.8)
                        .overflows(),
                scalar("leakyRelu", x -> x.leakyRelu(0.1)).kinks(0),
                elementwise("lerp (early)", "lerp(Tensor,double)", 2, x -> x[0].lerp(x[1], 0.25))
                        .within(1e-6)
                        .cancels()
                        .overflows(),
                elementwise("lerp (late)", "lerp(Tensor,double)", 2, x -> x[0].lerp(x[1], 0.75))
                        .within(1e-6)
                        .cancels()
                        .overflows(),
                elementwise("lerp", "lerp(Tensor,Tensor)", 3, x -> x[0].lerp(x[1], x[2]))
                        .on(Domain.REAL, Domain.REAL, Domain.real(0, 0.45))
                        .within(1e-6)
                        .cancels()
                        .overflows(),
                elementwise("clip", "clip(double,double)", 1, x -> x[0].clip(-1, 1.5))
                        .kinks(-1, 1.5),
                //
                binary("add", Tensor::add),
                binary("sub", Tensor::sub),
                binary("mul", Tensor::mul),
                binary("div", Tensor::div).on(Domain.REAL, Domain.real(0.4, 3)),
                binary("pow", Tensor::pow).on(Domain.POSITIVE, Domain.real(-2, 2.5)).within(1e-6),
                binary("mod", Tensor::mod)
                        .on(Domain.real(0.1, 0.9), Domain.real(1, 3))
                        .within(1e-5)
                        .cancels()
                        .overflows(),
                binary("floorDivide", Tensor::floorDivide)
                        .on(Domain.real(0.1, 0.9), Domain.real(1, 3))
                        .overflows(),
                binary("maximum", Tensor::maximum).on(Domain.HALVES),
                binary("minimum", Tensor::minimum).on(Domain.HALVES),
                comparison("eq", Tensor::eq),
                comparison("ne", Tensor::ne),
                comparison("lt", Tensor::lt),
                comparison("le", Tensor::le),
                comparison("gt", Tensor::gt),
                comparison("ge", Tensor::ge),
                comparison("logicalAnd", Tensor::logicalAnd).on(Domain.MASK),
                comparison("logicalOr", Tensor::logicalOr).on(Domain.MASK),
                elementwise(
                                "where",
                                "where(Tensor,Tensor,Tensor)",
                                3,
                                x -> Tensor.where(x[0], x[1], x[2]))
                        .on(Domain.MASK, Domain.REAL),
                //
                map("gelu", GELU, 1).within(1e-6).overflows(),
                map("gelu'", GELU.grad(0), 1).within(2e-6).overflows(),
                map("gelu''", GELU.grad(0).grad(0), 1)
                        .within(1e-5)
                        .overflows()
                        .differentiableOnce(),
                map("mish", MISH, 1).within(1e-6),
                map("mish'", MISH.grad(0), 1).within(2e-6).overflows().differentiableOnce(),
                map("silu", X.mul(X.sigmoid()), 1).within(1e-6),
                map("floor", X.floor(), 1).kinks(-3, -2, -1, 0, 1, 2, 3),
                map("half, second unread", X.mul(0.5), 2),
                map("product and sum", X.mul(Y).add(Z), 3).within(1e-6).overflows(),
                map("all functions", everything(), 2)
                        .within(1e-5)
                        .overflows()
                        .notDifferentiable()); // its derivative is more than a kernel holds
    }

    /** One of each primitive function, so that none goes untested in combination. */
    private static Expr everything() {
        Expr a = X.sin().add(Y.cos()).mul(X.tanh()).sub(Y.sigmoid());
        Expr b = X.square().add(0.5).sqrt().log().max(Y.abs().log1p()).min(X.neg().exp());
        Expr c = X.erf().div(Y.square().add(1)).add(X.abs().add(0.5).pow(Y.mul(0.25)));
        return Expr.where(X.lt(Y), a.add(b), Expr.where(X.le(Y.add(1)), b.mul(c), c.sub(a)));
    }

    private static Row elementwise(
            String name,
            String signature,
            int inputs,
            java.util.function.Function<Tensor[], Tensor> f) {
        Row row = new Row(name, signature, f).elementwise();
        return switch (inputs) {
            case 1 ->
                    row.samples(
                                    new int[][] {{3, 4}},
                                    new int[][] {{}},
                                    new int[][] {{2, 0, 3}},
                                    new int[][] {{2, 3, 4}},
                                    new int[][] {{70, 33}})
                            .scaled(n -> new int[][] {{n}});
            case 2 ->
                    row.samples(
                                    new int[][] {{3, 4}, {3, 4}},
                                    new int[][] {{3, 1}, {1, 4}},
                                    new int[][] {{2, 3, 4}, {4}},
                                    new int[][] {{4}, {2, 3, 1}},
                                    new int[][] {{}, {5}},
                                    new int[][] {{2, 0, 3}, {3}},
                                    new int[][] {{70, 33}, {33}},
                                    new int[][] {{70, 1}, {70, 33}},
                                    new int[][] {{600}, {}})
                            .scaled(n -> new int[][] {{n}, {n}});
            default ->
                    row.samples(
                                    new int[][] {{3, 4}, {3, 4}, {3, 4}},
                                    new int[][] {{3, 1}, {4}, {}},
                                    new int[][] {{}, {2, 1, 3}, {4, 1}},
                                    new int[][] {{70, 1}, {33}, {70, 33}})
                            .scaled(n -> new int[][] {{n}, {n}, {n}});
        };
    }

    private static Row unary(String name, UnaryOperator<Tensor> f) {
        return elementwise(name, name + "()", 1, x -> f.apply(x[0]));
    }

    private static Row steps(String name, UnaryOperator<Tensor> f) {
        return unary(name, f).kinks(-3, -2, -1, 0, 1, 2, 3);
    }

    private static Row scalar(String name, UnaryOperator<Tensor> f) {
        return scalar(name, "number", f);
    }

    private static Row scalar(String name, String which, UnaryOperator<Tensor> f) {
        return elementwise(name + " (" + which + ")", name + "(double)", 1, x -> f.apply(x[0]));
    }

    private static Row binary(String name, BinaryOperator<Tensor> f) {
        return elementwise(name, name + "(Tensor)", 2, x -> f.apply(x[0], x[1]));
    }

    private static Row comparison(String name, BinaryOperator<Tensor> f) {
        return binary(name, f).on(Domain.HALVES).notDifferentiable();
    }

    private static Row map(String name, Expr expr, int inputs) {
        return elementwise(
                        "map: " + name,
                        "map(String,Expr,Tensor[])",
                        inputs,
                        x -> Tensor.map(name, expr, x))
                .cancels();
    }
}
