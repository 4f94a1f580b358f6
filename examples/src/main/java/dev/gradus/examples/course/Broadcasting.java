package dev.gradus.examples.course;

import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/**
 * Shapes that differ: axes are matched from the last, and one of size 1 stretches without a copy.
 */
@Command(
        name = "broadcasting",
        description = "A row, a column and a matrix in one operation; keepDims.")
final class Broadcasting extends Lesson {
    @Override
    protected void teach() {
        Tensor matrix = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}});
        Tensor row = Tensor.of(10, 20, 30);
        Tensor column = Tensor.of(new double[][] {{100}, {200}});
        show("matrix.add(row)", matrix.add(row));
        show("matrix.add(column)", matrix.add(column));
        show("row.add(column)", row.add(column));

        // A mean over the rows has shape [2] and fits no axis of a [2, 3] matrix by itself; with
        // keepDims it is a column, [2, 1], which stretches.
        show("matrix.mean(1).shape()", matrix.mean(1).shape());
        show("matrix.mean(1, true).shape()", matrix.mean(1, true).shape());
        show("matrix.sub(matrix.mean(1, true))", matrix.sub(matrix.mean(1, true)));

        // The embeddings of a batch, each brought to length 1.
        Tensor embeddings = Tensor.of(new double[][] {{3, 4}, {5, 12}, {8, 15}});
        Tensor lengths = embeddings.square().sum(1, true).sqrt();
        show("lengths", lengths);
        show("embeddings.div(lengths)", embeddings.div(lengths));
    }
}
