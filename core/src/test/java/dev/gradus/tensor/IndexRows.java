package dev.gradus.tensor;

import java.util.List;
import java.util.function.Function;

/** Choosing by index and by mask, and sorting. */
final class IndexRows {
    private static final Domain FIVE = Domain.index(5);

    private IndexRows() {}

    static List<Row> rows() {
        return List.of(
                new Row("gather along rows", "gather(int,Tensor)", x -> x[0].gather(1, x[1]))
                        .samples(
                                new int[][] {{3, 5}, {3, 7}},
                                new int[][] {{4, 5}, {2, 1}},
                                new int[][] {{4, 5}, {0, 3}},
                                new int[][] {{70, 5}, {33, 9}})
                        .scaled(n -> new int[][] {{n, 5}, {n, 3}})
                        .on(Domain.REAL, FIVE),
                new Row("gather along columns", "gather(int,Tensor)", x -> x[0].gather(0, x[1]))
                        .samples(
                                new int[][] {{5}, {8}},
                                new int[][] {{5, 2, 3}, {4, 2, 2}},
                                new int[][] {{5, 70}, {9, 33}})
                        .scaled(n -> new int[][] {{5, n}, {3, n}})
                        .on(Domain.REAL, FIVE),
                new Row("gather in the middle", "gather(int,Tensor)", x -> x[0].gather(-2, x[1]))
                        .samples(new int[][] {{2, 5, 3}, {2, 6, 3}}, new int[][] {{3, 5}, {5, 0}})
                        .scaled(n -> new int[][] {{n, 5, 2}, {n, 3, 2}})
                        .on(Domain.REAL, Domain.index(3)),
                new Row(
                                "scatterAdd along rows",
                                "scatterAdd(int,Tensor,Tensor)",
                                x -> x[0].scatterAdd(1, x[1], x[2]))
                        .samples(
                                new int[][] {{3, 5}, {3, 7}, {3, 7}},
                                new int[][] {{4, 5}, {2, 6}, {3, 8}},
                                new int[][] {{4, 5}, {4, 0}, {4, 1}},
                                new int[][] {{70, 5}, {33, 9}, {33, 9}})
                        .scaled(n -> new int[][] {{n, 5}, {n, 3}, {n, 4}})
                        .on(Domain.REAL, FIVE, Domain.REAL)
                        .sum(),
                new Row(
                                "scatterAdd along columns",
                                "scatterAdd(int,Tensor,Tensor)",
                                x -> x[0].scatterAdd(-2, x[1], x[2]))
                        .samples(
                                new int[][] {{2, 5, 3}, {2, 6, 3}, {2, 7, 3}},
                                new int[][] {{5, 70}, {9, 33}, {9, 33}})
                        .scaled(n -> new int[][] {{5, n}, {8, n}, {8, n}})
                        .on(Domain.REAL, FIVE, Domain.REAL)
                        .sum(),
                new Row("indexSelect(0)", "indexSelect(int,Tensor)", x -> x[0].indexSelect(0, x[1]))
                        .samples(new int[][] {{5, 2}, {7}}, new int[][] {{5}, {0}})
                        .scaled(n -> new int[][] {{5, n}, {7}})
                        .on(Domain.REAL, FIVE),
                new Row("indexSelect(1)", "indexSelect(int,Tensor)", x -> x[0].indexSelect(1, x[1]))
                        .samples(
                                new int[][] {{2, 5}, {7}},
                                new int[][] {{3, 5, 2}, {4}},
                                new int[][] {{70, 5, 3}, {33}})
                        .scaled(n -> new int[][] {{2, 5, 3}, {n}})
                        .on(Domain.REAL, FIVE),
                masked("compress(0)", "compress(int,Tensor)", x -> x[0].compress(0, x[1]))
                        .samples(new int[][] {{4, 3}, {4}}, new int[][] {{70, 33}, {70}})
                        .scaled(n -> new int[][] {{n, 3}, {n}}),
                masked("compress(-1)", "compress(int,Tensor)", x -> x[0].compress(-1, x[1]))
                        .samples(new int[][] {{2, 2, 5}, {5}}, new int[][] {{7}, {7}})
                        .scaled(n -> new int[][] {{3, n}, {n}}),
                masked("maskedSelect", "maskedSelect(Tensor)", x -> x[0].maskedSelect(x[1]))
                        .samples(
                                new int[][] {{3, 4}, {3, 4}},
                                new int[][] {{3, 4}, {4}},
                                new int[][] {{4}, {3, 1}},
                                new int[][] {{}, {2, 3}},
                                new int[][] {{70, 33}, {70, 33}})
                        .scaled(n -> new int[][] {{n}, {n}}),
                masked("maskedFill", "maskedFill(Tensor,double)", x -> x[0].maskedFill(x[1], -7))
                        .samples(
                                new int[][] {{3, 4}, {3, 4}},
                                new int[][] {{3, 4}, {4}},
                                new int[][] {{4}, {3, 1}},
                                new int[][] {{70, 33}, {33}})
                        .scaled(n -> new int[][] {{n}, {n}})
                        .elementwise(),
                new Row(
                                "maskedFill by an INT32 mask",
                                "maskedFill(Tensor,double)",
                                x -> x[0].maskedFill(x[1], 3))
                        .samples(new int[][] {{3, 4}, {4}}, new int[][] {{2}, {2, 2}})
                        .scaled(n -> new int[][] {{n}, {n}})
                        .on(Domain.REAL, Domain.index(3)),
                line("nonzero", "nonzero()", x -> x[0].nonzero())
                        .on(Domain.MASK)
                        .notDifferentiable(),
                new Row("oneHot", "oneHot(int)", x -> x[0].oneHot(5))
                        .samples(new int[][] {{4}}, new int[][] {{}}, new int[][] {{2, 3}})
                        .scaled(n -> new int[][] {{n}})
                        .on(FIVE)
                        .notDifferentiable(),
                cube("sort(0)", "sort(int)", x -> x[0].sort(0).values()),
                cube("sort(-1)", "sort(int)", x -> x[0].sort(-1).values()),
                line("sort of all", "sort(int)", x -> x[0].flatten().sort(0).values()),
                cube("sort(1, true)", "sort(int,boolean)", x -> x[0].sort(1, true).values()),
                cube("sort(1, true): where", "sort(int,boolean)", x -> x[0].sort(1, true).indices())
                        .notDifferentiable(),
                cube("argsort(1)", "argsort(int)", x -> x[0].argsort(1)).notDifferentiable(),
                line(
                                "argsort of all, descending",
                                "argsort(int,boolean)",
                                x -> x[0].flatten().argsort(0, true))
                        .notDifferentiable(),
                cube("topk", "topk(int)", x -> x[0].topk(2).values()),
                cube("topk: where", "topk(int)", x -> x[0].topk(2).indices()).notDifferentiable(),
                cube(
                        "topk(2, 1, false)",
                        "topk(int,int,boolean)",
                        x -> x[0].topk(2, 1, false).values()),
                line("unique", "unique()", x -> x[0].unique()).notDifferentiable(),
                line("unique: which", "uniqueWithCounts()", x -> x[0].uniqueWithCounts().inverse())
                        .notDifferentiable(),
                line(
                                "unique: how many",
                                "uniqueWithCounts()",
                                x -> x[0].uniqueWithCounts().counts())
                        .notDifferentiable());
    }

    private static Row masked(String name, String signature, Function<Tensor[], Tensor> f) {
        return new Row(name, signature, f).on(Domain.REAL, Domain.MASK);
    }

    /** Three axes, all of at least two; equal elements meet. */
    private static Row cube(String name, String signature, Function<Tensor[], Tensor> f) {
        return new Row(name, signature, f)
                .samples(
                        new int[][] {{2, 3, 4}},
                        new int[][] {{2, 2, 2}},
                        new int[][] {{0, 2, 3}},
                        new int[][] {{20, 33, 9}})
                .scaled(n -> new int[][] {{n / 15 + 1, 5, 3}})
                .on(Domain.HALVES);
    }

    private static Row line(String name, String signature, Function<Tensor[], Tensor> f) {
        return new Row(name, signature, f)
                .samples(
                        new int[][] {{3, 4}},
                        new int[][] {{}},
                        new int[][] {{0}},
                        new int[][] {{20, 3, 9}})
                .scaled(n -> new int[][] {{n}})
                .on(Domain.HALVES);
    }
}
