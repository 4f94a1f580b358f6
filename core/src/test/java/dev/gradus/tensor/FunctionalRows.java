package dev.gradus.tensor;

import dev.gradus.expr.Expr;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Linear layers, and what is computed along rows, which a backend may do as one kernel each. */
final class FunctionalRows {
    private static final Expr X = Expr.in(0);
    private static final Expr RELU = X.relu();
    private static final Expr GELU = X.mul(0.5).mul(X.mul(Math.sqrt(0.5)).erf().add(1));
    private static final Domain SMALL = Domain.real(-1, 1);

    private FunctionalRows() {}

    static List<Row> rows() {
        return List.of(
                plain("linear", x -> Functional.linear(x[0], x[1], x[2]))
                        .samples(withBias())
                        .scaled(n -> new int[][] {{side(n), side(n)}, {side(n), 17}, {17}})
                        .sum(),
                plain("linear, no bias", x -> Functional.linear(x[0], x[1], null))
                        .samples(withoutBias())
                        .scaled(n -> new int[][] {{few(n), 7}, {7, 5}})
                        .sum(),
                linear("relu", x -> Functional.linear(x[0], x[1], x[2], RELU))
                        .samples(withBias())
                        .scaled(n -> new int[][] {{side(n), 7}, {7, side(n) + 1}, {side(n) + 1}})
                        .kinks(0)
                        .sum(),
                linear("relu, no bias", x -> Functional.linear(x[0], x[1], null, RELU))
                        .samples(withoutBias())
                        .scaled(n -> new int[][] {{5, 7}, {7, n}})
                        .kinks(0)
                        .sum(),
                linear("tanh", x -> Functional.linear(x[0], x[1], x[2], X.tanh()))
                        .samples(withBias())
                        .scaled(n -> new int[][] {{few(n), 5}, {5, 9}, {9}})
                        .on(SMALL)
                        .cancels()
                        .within(1e-5),
                linear("gelu", x -> Functional.linear(x[0], x[1], x[2], GELU))
                        .samples(withBias())
                        .scaled(n -> new int[][] {{side(n), 9}, {9, side(n)}, {side(n)}})
                        .on(SMALL)
                        .cancels()
                        .within(1e-5),
                //
                row("softmax(-1)", "softmax(int)", x -> x.softmax(-1)).within(2e-6),
                column("softmax(0)", "softmax(int)", x -> x.softmax(0)).within(2e-6),
                middle("softmax(1)", "softmax(int)", x -> x.softmax(1)).within(2e-6),
                row("logSoftmax(-1)", "logSoftmax(int)", x -> x.logSoftmax(-1))
                        .cancels()
                        .within(4e-6),
                column("logSoftmax(0)", "logSoftmax(int)", x -> x.logSoftmax(0))
                        .cancels()
                        .within(4e-6),
                masked("rows").scaled(n -> new int[][] {{3, n}, {n}}),
                masked("columns").scaled(n -> new int[][] {{few(n), 5}, {few(n), 5}}),
                masked("whole rows").scaled(n -> new int[][] {{few(n), 4}, {few(n), 1}}),
                //
                layerNorm("rows", 1e-5).scaled(n -> new int[][] {{3, n}, {n}, {n}}),
                layerNorm("many", 1e-5).scaled(n -> new int[][] {{few(n), 17}, {17}, {17}}),
                layerNorm("far from 0", 1e-5)
                        .scaled(n -> new int[][] {{2, n + 5}, {n + 5}, {n + 5}})
                        .on(Domain.real(999, 1001), Domain.REAL)
                        .within(1e-3),
                layerNorm("large eps", 0.5)
                        .samples(new int[][] {{5}, {5}, {5}}, new int[][] {{1}, {1}, {1}})
                        .scaled(n -> new int[][] {{n}, {n}, {n}}),
                //
                crossEntropy("plain", 0, 5).scaled(n -> new int[][] {{few(n), 7}, {few(n)}}),
                crossEntropy("many classes", 0, 3).scaled(n -> new int[][] {{5, n + 3}, {5}}),
                crossEntropy("smoothed", 0.1, 5).scaled(n -> new int[][] {{few(n), 6}, {few(n)}}),
                crossEntropy("smoothed, many", 0.3, 3).scaled(n -> new int[][] {{3, n + 3}, {3}}),
                soft("plain", 0).scaled(n -> new int[][] {{few(n), 7}, {few(n), 7}}),
                soft("of 0 and 1", 0)
                        .scaled(n -> new int[][] {{2, n}, {2, n}})
                        .on(Domain.REAL, Domain.MASK),
                soft("smoothed", 0.2).scaled(n -> new int[][] {{3, n}, {3, n}}),
                //
                dropout("", 0.3),
                dropout(", never", 0),
                dropout(", mostly", 0.9));
    }

    static int side(int n) {
        return (int) Math.sqrt(n);
    }

    /**
     * Rows: as many as n up to a thousand, then a part of it, so that there are about n elements.
     */
    private static int few(int n) {
        return n <= 1000 ? n : n / 8;
    }

    /** What a function gives that draws random numbers: the same ones each time. */
    static Tensor drawn(Supplier<Tensor> function) {
        Tensor[] result = new Tensor[1];
        new Generator(3).with(() -> result[0] = function.get());
        return result[0];
    }

    // ------------------------------------------------------------------ linear

    private static Row plain(String name, Function<Tensor[], Tensor> f) {
        return new Row(name, "Functional.linear(Tensor,Tensor,Tensor)", f);
    }

    private static Row linear(String name, Function<Tensor[], Tensor> f) {
        return new Row("linear, " + name, "Functional.linear(Tensor,Tensor,Tensor,Expr)", f);
    }

    private static int[][][] withBias() {
        return new int[][][] {
            {{2, 3}, {3, 4}, {4}},
            {{3}, {3, 4}, {4}},
            {{2, 2, 3}, {3, 2}, {2}},
            {{1, 1}, {1, 1}, {1}},
            {{0, 3}, {3, 2}, {2}},
            {{2, 0}, {0, 3}, {3}},
            {{2, 3}, {3, 0}, {0}},
            {{33, 65}, {65, 17}, {17}},
            {{3, 7, 40}, {40, 70}, {70}}
        };
    }

    private static int[][][] withoutBias() {
        int[][][] all = withBias();
        for (int i = 0; i < all.length; i++) {
            all[i] = new int[][] {all[i][0], all[i][1]};
        }
        return all;
    }

    // ------------------------------------------------------------------ along rows

    private static Row row(String name, String signature, UnaryOperator<Tensor> f) {
        return new Row(name, signature, x -> f.apply(x[0]))
                .samples(
                        new int[][] {{5}},
                        new int[][] {{3, 4}},
                        new int[][] {{2, 3, 4}},
                        new int[][] {{3, 1}},
                        new int[][] {{0, 4}},
                        new int[][] {{4, 0}},
                        new int[][] {{70, 33}},
                        new int[][] {{3, 1030}})
                .scaled(n -> new int[][] {{3, n}});
    }

    private static Row column(String name, String signature, UnaryOperator<Tensor> f) {
        return row(name, signature, f).scaled(n -> new int[][] {{n, 3}});
    }

    private static Row middle(String name, String signature, UnaryOperator<Tensor> f) {
        return new Row(name, signature, x -> f.apply(x[0]))
                .samples(
                        new int[][] {{2, 3, 4}}, new int[][] {{3, 1, 2}}, new int[][] {{7, 33, 20}})
                .scaled(n -> new int[][] {{few(n), 5, 2}});
    }

    private static Row masked(String name) {
        return new Row(
                        "maskedSoftmax, " + name,
                        "Functional.maskedSoftmax(Tensor,Tensor)",
                        x -> Functional.maskedSoftmax(x[0], x[1]))
                .samples(
                        new int[][] {{5}, {5}},
                        new int[][] {{3, 4}, {3, 4}},
                        new int[][] {{3, 4}, {4}},
                        new int[][] {{3, 4}, {3, 1}},
                        new int[][] {{3, 4}, {}},
                        new int[][] {{2, 2, 3, 4}, {2, 1, 1, 4}},
                        new int[][] {{0, 4}, {4}},
                        new int[][] {{70, 33}, {70, 33}},
                        new int[][] {{3, 1030}, {1030}})
                .on(Domain.REAL, Domain.MASK)
                .within(2e-6);
    }

    private static Row layerNorm(String name, double eps) {
        return new Row(
                        "layerNorm, " + name,
                        "Functional.layerNorm(Tensor,Tensor,Tensor,double)",
                        x -> Functional.layerNorm(x[0], x[1], x[2], eps))
                .samples(
                        new int[][] {{3, 4}, {4}, {4}},
                        new int[][] {{1, 5}, {5}, {5}},
                        new int[][] {{2, 3, 4}, {4}, {4}},
                        new int[][] {{3, 1}, {1}, {1}},
                        new int[][] {{0, 4}, {4}, {4}},
                        new int[][] {{70, 33}, {33}, {33}},
                        new int[][] {{3, 1030}, {1030}, {1030}})
                .cancels()
                .within(1e-5);
    }

    // ------------------------------------------------------------------ losses

    /** Classes from −2 on, up to but not including one that all samples have. */
    private static Row crossEntropy(String name, double smoothing, int end) {
        return new Row(
                        "crossEntropy, " + name,
                        "Functional.crossEntropy(Tensor,Tensor,double)",
                        x -> Functional.crossEntropy(x[0], x[1], smoothing))
                .samples(
                        new int[][] {{5}, {}},
                        new int[][] {{6, 5}, {6}},
                        new int[][] {{2, 3, 6}, {2, 3}},
                        new int[][] {{0, 5}, {0}},
                        new int[][] {{70, 33}, {70}},
                        new int[][] {{3, 1030}, {3}})
                .on(Domain.REAL, Domain.index(-2, end))
                .cancels()
                .within(4e-6);
    }

    private static Row soft(String name, double smoothing) {
        return new Row(
                        "softCrossEntropy, " + name,
                        "Functional.softCrossEntropy(Tensor,Tensor,double)",
                        x -> Functional.softCrossEntropy(x[0], x[1], smoothing))
                .samples(
                        new int[][] {{5}, {5}},
                        new int[][] {{3, 4}, {3, 4}},
                        new int[][] {{2, 3, 4}, {2, 3, 4}},
                        new int[][] {{0, 4}, {0, 4}},
                        new int[][] {{70, 33}, {70, 33}},
                        new int[][] {{3, 1030}, {3, 1030}})
                .on(Domain.REAL, Domain.real(0.05, 1))
                .within(4e-6)
                .cancels();
    }

    // ------------------------------------------------------------------ dropout

    private static Row dropout(String name, double p) {
        return new Row(
                        "dropout" + name,
                        "Functional.dropout(Tensor,double)",
                        x -> drawn(() -> Functional.dropout(x[0], p)))
                .samples(
                        new int[][] {{3, 4}},
                        new int[][] {{}},
                        new int[][] {{2, 0, 3}},
                        new int[][] {{70, 33}})
                .within(3e-7);
    }
}
