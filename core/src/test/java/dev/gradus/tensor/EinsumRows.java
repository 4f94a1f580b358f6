package dev.gradus.tensor;

import java.util.List;

/** {@link Tensor#einsum}: each of its steps, alone and with others. */
final class EinsumRows {
    private EinsumRows() {}

    static List<Row> rows() {
        return List.of(
                einsum("ij->ji")
                        .samples(new int[][] {{3, 4}}, new int[][] {{40, 33}})
                        .scaled(n -> new int[][] {{n, 3}}),
                einsum("iji->j")
                        .samples(new int[][] {{3, 2, 3}}, new int[][] {{9, 33, 9}})
                        .scaled(n -> new int[][] {{3, n, 3}}),
                einsum("ij,jk")
                        .samples(
                                new int[][] {{2, 3}, {3, 4}},
                                new int[][] {{2, 1}, {3, 4}},
                                new int[][] {{2, 0}, {0, 4}},
                                new int[][] {{33, 65}, {65, 17}})
                        .scaled(n -> new int[][] {{n, 7}, {7, 5}}),
                einsum("i,j->ij")
                        .samples(new int[][] {{3}, {2}}, new int[][] {{40}, {33}})
                        .scaled(n -> new int[][] {{n}, {3}}),
                einsum("bi,bi->b")
                        .samples(new int[][] {{3, 4}, {3, 4}}, new int[][] {{1, 4}, {33, 4}})
                        .scaled(n -> new int[][] {{n, 3}, {n, 3}}),
                einsum("bhqd,bkhd->hbqk")
                        .samples(
                                new int[][] {{2, 2, 3, 2}, {2, 4, 2, 2}},
                                new int[][] {{3, 4, 20, 8}, {3, 17, 4, 8}})
                        .scaled(n -> new int[][] {{2, 2, n, 3}, {2, 5, 2, 3}}),
                einsum("...ij,...jk->...ik")
                        .samples(
                                new int[][] {{2, 3, 2}, {2, 4}},
                                new int[][] {{2, 1, 3, 2}, {3, 2, 2}})
                        .scaled(n -> new int[][] {{2, n, 3}, {3, 4}}),
                einsum("ai,bi,ci,Cj->abc")
                        .samples(
                                new int[][] {{2, 3}, {3, 3}, {2, 3}, {2, 2}},
                                new int[][] {{9, 17}, {8, 17}, {3, 1}, {4, 5}})
                        .scaled(n -> new int[][] {{n, 3}, {2, 3}, {2, 3}, {2, 1}}));
    }

    private static Row einsum(String text) {
        return new Row("einsum " + text, "einsum(String,Tensor[])", x -> Tensor.einsum(text, x))
                .sum();
    }
}
