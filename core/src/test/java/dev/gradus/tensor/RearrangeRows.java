package dev.gradus.tensor;

import java.util.List;
import java.util.function.Function;

/** Operations composed of movement: copies, borders, parts, diagonals, triangles. */
final class RearrangeRows {
    private RearrangeRows() {}

    static List<Row> rows() {
        return List.of(
                cube("flatten some", "flatten(int,int)", x -> x[0].flatten(-2, -1)),
                new Row("squeeze all", "squeeze()", x -> x[0].squeeze())
                        .samples(new int[][] {{3, 1, 2, 1}}, new int[][] {{1}}, new int[][] {{}})
                        .scaled(n -> new int[][] {{1, n, 1}}),
                cube("movedim", "movedim(int,int)", x -> x[0].movedim(0, -1)),
                cube("repeat", "repeat(int[])", x -> x[0].repeat(2, 1, 3, 2)),
                cube("tile", "tile(int[])", x -> x[0].tile(2, 1)),
                cube("repeatInterleave", "repeatInterleave(int,int)", RearrangeRows::interleaved),
                cube("pad", "pad(double,int[])", x -> x[0].pad(7, 1, 2, 0, 3)),
                cube("pad that cuts off", "pad(double,int[])", x -> x[0].pad(0, 1, -1, -2, 1)),
                cube("flip", "flip(int[])", x -> x[0].flip(0, -1)),
                cube("roll", "roll(int,int)", x -> x[0].roll(-4, 1)),
                cube("split", "split(int,int)", x -> backwards(x[0].split(2, 1), 1)),
                matrix("split by sizes", "split(int[],int)", RearrangeRows::splitBySizes),
                cube("chunk", "chunk(int,int)", x -> backwards(x[0].chunk(3, 1), 1)),
                new Row("meshgrid", "meshgrid(Tensor[])", RearrangeRows::grid)
                        .samples(
                                new int[][] {{3}, {2}},
                                new int[][] {{2}, {}},
                                new int[][] {{40}, {33}})
                        .scaled(n -> new int[][] {{n}, {3}}),
                matrix("tril", "tril()", x -> x[0].tril()),
                cube("tril of a diagonal", "tril(int)", x -> x[0].tril(1)),
                matrix("triu", "triu()", x -> x[0].triu()),
                cube("triu of a diagonal", "triu(int)", x -> x[0].triu(-1)),
                matrix("diag", "diag()", x -> x[0].diag()),
                matrix("diag of a diagonal", "diag(int)", x -> x[0].t().diag(-1)),
                // A vector's matrix has the square of its elements: no more than a few hundred.
                new Row("diag of a vector", "diag(int)", x -> x[0].diag(-2))
                        .samples(new int[][] {{3}}, new int[][] {{1}}, new int[][] {{0}})
                        .scaled(n -> new int[][] {{Math.min(n, 300)}}),
                matrix("trace", "trace()", x -> x[0].trace()).sum(),
                new Row("outer", "outer(Tensor)", x -> x[0].outer(x[1]))
                        .samples(
                                new int[][] {{3}, {2}},
                                new int[][] {{1}, {0}},
                                new int[][] {{40}, {33}})
                        .scaled(n -> new int[][] {{n}, {3}}),
                distance("cosineSimilarity", "(Tensor,Tensor,int)", RearrangeRows::cosine).sum(),
                distance("cosineSimilarity of rows", "(Tensor,Tensor,int)", RearrangeRows::rowwise)
                        .sum(),
                distance(
                                "pairwiseDistance",
                                "(Tensor,Tensor)",
                                x -> Functional.pairwiseDistance(x[0], x[1]))
                        .within(4e-6),
                new Row(
                                "findNearest",
                                "Functional.findNearest(Tensor,Tensor)",
                                x -> Functional.findNearest(x[0], x[1]))
                        .samples(
                                new int[][] {{5, 2}, {3, 4, 2}},
                                new int[][] {{1, 3}, {3}},
                                new int[][] {{4, 0}, {3, 0}},
                                new int[][] {{40, 3}, {33, 3}})
                        .scaled(n -> new int[][] {{17, 3}, {n, 3}})
                        .on(Domain.HALVES) // whose distances are exact, and often equal
                        .notDifferentiable());
    }

    private static Tensor interleaved(Tensor[] x) {
        return x[0].repeatInterleave(3, 1);
    }

    private static Tensor splitBySizes(Tensor[] x) {
        int d = x[0].size(1);
        return backwards(x[0].split(new int[] {1, 0, d - 1}, 1), 1);
    }

    private static Tensor backwards(List<Tensor> parts, int axis) {
        return Tensor.concat(axis, parts.reversed().toArray(Tensor[]::new));
    }

    private static Tensor grid(Tensor[] x) {
        return Tensor.stack(0, Tensor.meshgrid(x).toArray(Tensor[]::new));
    }

    private static Tensor cosine(Tensor[] x) {
        return Functional.cosineSimilarity(x[0], x[1], 0);
    }

    private static Tensor rowwise(Tensor[] x) {
        return Functional.cosineSimilarity(x[0], x[1], -1);
    }

    private static Row distance(String name, String arguments, Function<Tensor[], Tensor> f) {
        String covers = "Functional." + name.split(" ", 2)[0] + arguments;
        return new Row(name, covers, f)
                .samples(
                        new int[][] {{3, 4}, {3, 4}},
                        new int[][] {{3, 4}, {4}},
                        new int[][] {{2, 1, 3}, {4, 3}},
                        new int[][] {{40, 33}, {33}})
                .scaled(n -> new int[][] {{n, 3}, {3}})
                .overflows(); // squares do
    }

    private static Row matrix(String name, String signature, Function<Tensor[], Tensor> f) {
        return new Row(name, signature, f)
                .samples(new int[][] {{3, 4}}, new int[][] {{1, 2}}, new int[][] {{40, 33}})
                .scaled(n -> new int[][] {{n, 3}});
    }

    private static Row cube(String name, String signature, Function<Tensor[], Tensor> f) {
        return new Row(name, signature, f)
                .samples(
                        new int[][] {{2, 5, 3}}, new int[][] {{1, 2, 1}}, new int[][] {{20, 33, 9}})
                .scaled(n -> new int[][] {{2, n, 3}});
    }
}
