package dev.gradus.examples.course;

import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/** Products of vectors and matrices, lengths and angles. */
@Command(
        name = "linear-algebra",
        description = "Dot and matrix products, norms, angles, and the nearest of many vectors.")
final class LinearAlgebra extends Lesson {
    @Override
    protected void teach() {
        Tensor u = Tensor.of(1.0, 2, 3);
        Tensor w = Tensor.of(4.0, -5, 6);
        show("u.dot(w)", u.dot(w));
        show("u.mul(w).sum()", u.mul(w).sum()); // the same

        Tensor a = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}});
        Tensor b = Tensor.of(new double[][] {{1, 0}, {0, 1}, {2, 2}});
        show("a.matmul(b)", a.matmul(b)); // [2, 3] · [3, 2]: rows of a with columns of b
        show("b.matmul(a)", b.matmul(a)); // [3, 2] · [2, 3]: the order matters
        show("a.matmul(u)", a.matmul(u)); // a vector counts as a column
        show("a.matmul(Tensor.eye(3))", a.matmul(Tensor.eye(3))); // the identity changes nothing
        show("a.matmul(b).t()", a.matmul(b).t());
        show("b.t().matmul(a.t())", b.t().matmul(a.t())); // (AB)ᵀ = BᵀAᵀ

        // Axes in front of the last two are a batch: five products at once, here with one matrix.
        Tensor batch = Tensor.arange(30).reshape(5, 2, 3);
        show("batch.matmul(b).shape()", batch.matmul(b).shape());
        show("batch.matmul(b).get(4)", batch.matmul(b).get(4));

        // Two vectors are orthogonal if their product is 0; a matrix is, if QᵀQ is the identity.
        show("Tensor.of(1, 1).dot(Tensor.of(1, -1))", Tensor.of(1, 1).dot(Tensor.of(1, -1)));
        double angle = Math.PI / 6;
        Tensor q =
                Tensor.of(
                        new double[][] {
                            {Math.cos(angle), -Math.sin(angle)},
                            {Math.sin(angle), Math.cos(angle)}
                        });
        show("q.t().matmul(q)", q.t().matmul(q));
        show("a.matmul(b).trace()", a.matmul(b).trace());
        show("u.outer(w)", u.outer(w)); // each with each

        // Lengths: L2 is the ruler's, L1 walks along the axes.
        show("w.abs().sum()", w.abs().sum());
        show("w.square().sum().sqrt()", w.square().sum().sqrt());
        show("a.square().sum(1).sqrt()", a.square().sum(1).sqrt()); // of each row
        show("u.sub(w).square().sum().sqrt()", u.sub(w).square().sum().sqrt()); // a distance

        // The cosine of the angle does not care about lengths: 1 is the same direction, 0 a right
        // angle, −1 the opposite. So words are compared.
        show("Functional.cosineSimilarity(u, w, 0)", Functional.cosineSimilarity(u, w, 0));
        show(
                "Functional.cosineSimilarity(u, u.mul(5), 0)",
                Functional.cosineSimilarity(u, u.mul(5), 0));

        // The row of a table that is closest to each of two points.
        Tensor table = Tensor.of(new double[][] {{0, 0}, {1, 1}, {4, 2}, {-1, 3}});
        Tensor points = Tensor.of(new double[][] {{3, 3}, {0.4, 0.3}});
        Tensor nearest = Functional.findNearest(table, points);
        show("nearest", nearest);
        show("table.gather(nearest)", table.gather(nearest));
        show(
                "Functional.pairwiseDistance(table.gather(nearest), points)",
                Functional.pairwiseDistance(table.gather(nearest), points));
    }
}
