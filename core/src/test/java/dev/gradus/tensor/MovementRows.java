package dev.gradus.tensor;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import java.util.List;
import java.util.function.Function;

/** Operations that move, join, choose and convert elements. */
final class MovementRows {
    private MovementRows() {}

    static List<Row> rows() {
        return List.of(
                matrix("reshape", "reshape(int[])", x -> x[0].reshape(-1, 2, x[0].size(0)))
                        .samples(new int[][] {{3, 4}}, new int[][] {{4, 5, 2}})
                        .scaled(n -> new int[][] {{Math.max(1, n), 6}}),
                matrix(
                        "reshape (shape)",
                        "reshape(Shape)",
                        x -> x[0].reshape(Shape.of(x[0].size()))),
                matrix("flatten", "flatten()", x -> x[0].flatten()),
                cube("permute", "permute(int[])", x -> x[0].permute(2, 0, -2)),
                cube("transpose", "transpose(int,int)", x -> x[0].transpose(0, -1)),
                matrix("t", "t()", x -> x[0].t()),
                column("expand", "expand(int[])", x -> x[0].expand(2, x[0].size(0), 3)),
                column(
                        "expand (shape)",
                        "expand(Shape)",
                        x -> x[0].expand(Shape.of(2, x[0].size(0), 3))),
                matrix("unsqueeze", "unsqueeze(int)", x -> x[0].unsqueeze(1)),
                matrix("unsqueeze at the end", "unsqueeze(int)", x -> x[0].unsqueeze(-1)),
                column("squeeze", "squeeze(int)", x -> x[0].squeeze(-1)),
                matrix("slice (text)", "slice(String)", x -> x[0].slice("1:, ::-2")),
                matrix(
                        "slice",
                        "slice(Slice[])",
                        x -> x[0].slice(Slice.ELLIPSIS, Slice.step(2), Slice.at(-1))),
                matrix("get", "get(int)", x -> x[0].get(-1))
                        .scaled(n -> new int[][] {{Math.max(1, n), 3}}),
                new Row("concat", "concat(int,Tensor[])", x -> Tensor.concat(-1, x))
                        .samples(
                                new int[][] {{2, 3}, {2, 1}, {2, 0}},
                                new int[][] {{4}, {2}},
                                new int[][] {{3, 5}})
                        .scaled(n -> new int[][] {{2, n}, {2, 3}}),
                new Row("concat of rows", "concat(int,Tensor[])", x -> Tensor.concat(0, x))
                        .samples(new int[][] {{2, 3}, {1, 3}}, new int[][] {{2, 3, 2}, {1, 3, 2}})
                        .scaled(n -> new int[][] {{n, 3}, {2, 3}, {n, 3}}),
                new Row("stack", "stack(int,Tensor[])", x -> Tensor.stack(0, x))
                        .samples(new int[][] {{2, 3}, {2, 3}}, new int[][] {{}, {}, {}})
                        .scaled(n -> new int[][] {{n}, {n}}),
                new Row("stack at the end", "stack(int,Tensor[])", x -> Tensor.stack(-1, x))
                        .samples(new int[][] {{2, 3}, {2, 3}}, new int[][] {{4}})
                        .scaled(n -> new int[][] {{n}, {n}}),
                new Row("gather", "gather(Tensor)", x -> x[0].gather(x[1]))
                        .samples(
                                new int[][] {{5, 3}, {4}},
                                new int[][] {{5}, {2, 3}},
                                new int[][] {{5, 2, 2}, {}},
                                new int[][] {{5, 0}, {3}},
                                new int[][] {{5, 70}, {33}})
                        .scaled(n -> new int[][] {{5, 3}, {n}})
                        .on(Domain.REAL, Domain.index(5)),
                new Row("gather of long rows", "gather(Tensor)", x -> x[0].gather(x[1]))
                        .samples(new int[][] {{5, 7}, {6}})
                        .scaled(n -> new int[][] {{5, n}, {7}})
                        .on(Domain.REAL, Domain.index(5)),
                conversion(DType.FLOAT64),
                conversion(DType.FLOAT32).notDifferentiable(), // its rounding drowns differences
                conversion(DType.INT32).notDifferentiable());
    }

    private static Row matrix(String name, String signature, Function<Tensor[], Tensor> f) {
        return new Row(name, signature, f)
                .samples(new int[][] {{3, 4}}, new int[][] {{1, 2}}, new int[][] {{40, 33}})
                .scaled(n -> new int[][] {{n, 3}});
    }

    private static Row cube(String name, String signature, Function<Tensor[], Tensor> f) {
        return new Row(name, signature, f)
                .samples(
                        new int[][] {{2, 3, 4}}, new int[][] {{1, 2, 0}}, new int[][] {{20, 33, 9}})
                .scaled(n -> new int[][] {{2, n, 3}});
    }

    private static Row column(String name, String signature, Function<Tensor[], Tensor> f) {
        return new Row(name, signature, f)
                .samples(new int[][] {{3, 1}}, new int[][] {{1, 1}}, new int[][] {{70, 1}})
                .scaled(n -> new int[][] {{n, 1}});
    }

    private static Row conversion(DType dtype) {
        return new Row("to " + dtype, "to(DType)", x -> x[0].to(dtype))
                .samples(new int[][] {{3, 4}}, new int[][] {{}}, new int[][] {{70, 33}})
                .elementwise();
    }
}
