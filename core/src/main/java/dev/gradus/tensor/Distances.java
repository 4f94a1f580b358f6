package dev.gradus.tensor;

import dev.gradus.expr.Expr;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Angles and distances of vectors, behind {@link Functional}. */
final class Distances {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr Z = Expr.in(2);

    private static final double SMALLEST_NORM = 1e-8;

    /** a·b of the dot product and the two sums of squares; below ε² these are ε². */
    private static final Expr COSINE = X.div(norm(Y)).div(norm(Z));

    private static final Expr SQUARED_DIFFERENCE = X.sub(Y).square();
    private static final Expr SQUARED_DISTANCE = X.sub(Y).add(1e-6).square();

    /** √x whose derivative at 0 is 0, not infinite: ‖0‖ is as small as it gets. */
    private static final Expr ROOT =
            Expr.where(X.eq(Expr.ZERO), Expr.ZERO, X.max(Expr.of(Float.MIN_NORMAL)).sqrt());

    /** How many distances findNearest computes at once: what they take stays small. */
    private static final int BLOCK = 1 << 20;

    private Distances() {}

    private static Expr norm(Expr squares) {
        return squares.max(Expr.of(SMALLEST_NORM * SMALLEST_NORM)).sqrt();
    }

    static Tensor cosineSimilarity(Tensor a, Tensor b, int axis) {
        String name = "cosineSimilarity";
        Tensor[] in = Tensor.common(name, false, a, b);
        Shape shape = Elementwise.broadcast(name, in);
        int[] axes = {shape.axis(name, axis)};
        Tensor x = in[0].expand(shape);
        Tensor y = in[1].expand(shape);
        return Tensor.map(
                name,
                COSINE,
                Tensor.sum(name, X.mul(Y), axes, false, x, y),
                Tensor.sum(name, X.square(), axes, false, x),
                Tensor.sum(name, X.square(), axes, false, y));
    }

    static Tensor pairwiseDistance(Tensor a, Tensor b) {
        String name = "pairwiseDistance";
        if (a.ndim() == 0 || b.ndim() == 0) {
            throw new IllegalArgumentException(
                    name + ": shapes " + a.shape() + " and " + b.shape() + " must be [.., d]");
        }
        Tensor[] in = Tensor.common(name, false, a, b);
        int[] last = {-1};
        return Tensor.map(name, ROOT, Tensor.sum(name, SQUARED_DISTANCE, last, false, in));
    }

    static Tensor findNearest(Tensor table, Tensor query) {
        if (table.ndim() != 2
                || table.size(0) == 0
                || query.ndim() == 0
                || query.size(-1) != table.size(1)) {
            throw new IllegalArgumentException(
                    "findNearest: a table "
                            + table.shape()
                            + " and queries "
                            + query.shape()
                            + " must be [n, d], n at least 1, and [.., d]");
        }
        Tensor[] in = Tensor.common("findNearest", false, table.detach(), query.detach());
        int count = Tensor.rows(query);
        Tensor rows = in[1].reshape(count, 1, query.size(-1));
        // Nothing of n·d elements a query is stored, yet a shape with more than 2³¹ cannot be.
        int most = (Integer.MAX_VALUE - 8) / Math.max(1, table.size());
        int block = Math.max(1, Math.min(most, BLOCK / table.size(0)));
        List<Tensor> found = new ArrayList<>();
        for (int from = 0; from == 0 || from < count; from += block) {
            found.add(nearest(in[0], rows.slice(Slice.range(from, Math.min(count, from + block)))));
        }
        int[] dims = Arrays.copyOf(query.shape().toArray(), query.ndim() - 1);
        return Tensor.concat(0, found.toArray(Tensor[]::new)).reshape(Shape.of(dims));
    }

    /** The first row of a table with the smallest distance: {@code [n, d]}, {@code [q, 1, d]}. */
    private static Tensor nearest(Tensor table, Tensor queries) {
        int[] last = {-1};
        Tensor squares = Tensor.sum("findNearest", SQUARED_DIFFERENCE, last, false, queries, table);
        Tensor far = Tensor.scalar(Double.POSITIVE_INFINITY).to(table.backend()).to(table.dtype());
        Tensor distances = Tensor.where(squares.eq(squares), squares, far);
        Tensor here = distances.eq(distances.min(1, true));
        Tensor number = Tensor.arange(table.size(0)).to(table.backend());
        Tensor none = Tensor.of(table.size(0)).to(table.backend());
        return Tensor.where(here, number, none).min(1);
    }
}
