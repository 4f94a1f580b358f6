package dev.gradus.tensor;

import java.util.List;

/** Products of vectors and matrices. */
final class ProductRows {
    private ProductRows() {}

    static List<Row> rows() {
        return List.of(
                matmul("matmul")
                        .samples(
                                new int[][] {{2, 3}, {3, 4}},
                                new int[][] {{3}, {3}},
                                new int[][] {{3}, {3, 4}},
                                new int[][] {{2, 3}, {3}},
                                new int[][] {{2, 3, 4}, {4, 5}},
                                new int[][] {{2, 3, 4}, {2, 4, 5}},
                                new int[][] {{2, 1, 3, 4}, {5, 4, 2}},
                                new int[][] {{4}, {2, 4, 3}},
                                new int[][] {{2, 3, 4}, {4}},
                                new int[][] {{1, 1}, {1, 1}},
                                new int[][] {{0, 3}, {3, 2}},
                                new int[][] {{2, 0}, {0, 3}},
                                new int[][] {{3, 2, 4}, {0, 1, 4, 2}},
                                new int[][] {{33, 65}, {65, 17}},
                                new int[][] {{6, 40, 33}, {6, 33, 20}},
                                new int[][] {{65, 700}, {700, 70}})
                        .scaled(n -> new int[][] {{side(n), side(n)}, {side(n), side(n)}}),
                matmul("matmul, tall").scaled(n -> new int[][] {{n, 7}, {7, 5}}),
                matmul("matmul, deep").scaled(n -> new int[][] {{3, n}, {n, 5}}),
                matmul("matmul, wide").scaled(n -> new int[][] {{4, 5}, {5, n}}),
                product("matmul of transposed", x -> x[0].t().matmul(x[1].t()))
                        .samples(
                                new int[][] {{3, 2}, {4, 3}},
                                new int[][] {{1, 5}, {1, 1}},
                                new int[][] {{65, 33}, {17, 65}})
                        .scaled(n -> new int[][] {{side(n), 7}, {9, side(n)}}),
                product("matmul of batches of transposed", ProductRows::transposedBatches)
                        .samples(
                                new int[][] {{2, 4, 3}, {2, 5, 4}},
                                new int[][] {{2, 1, 3, 2}, {4, 5, 3}},
                                new int[][] {{5, 33, 20}, {5, 17, 33}})
                        .scaled(n -> new int[][] {{3, side(n), 7}, {3, 9, side(n)}}),
                new Row("dot", "dot(Tensor)", x -> x[0].dot(x[1]))
                        .samples(
                                new int[][] {{5}, {5}},
                                new int[][] {{1}, {1}},
                                new int[][] {{0}, {0}})
                        .scaled(n -> new int[][] {{n}, {n}})
                        .sum());
    }

    private static int side(int n) {
        return (int) Math.sqrt(n);
    }

    private static Tensor transposedBatches(Tensor[] x) {
        return x[0].transpose(-1, -2).matmul(x[1].transpose(-1, -2));
    }

    private static Row matmul(String name) {
        return product(name, x -> x[0].matmul(x[1])).samples(new int[][] {{2, 3}, {3, 2}});
    }

    private static Row product(
            String name, java.util.function.Function<Tensor[], Tensor> function) {
        return new Row(name, "matmul(Tensor)", function).sum();
    }
}
