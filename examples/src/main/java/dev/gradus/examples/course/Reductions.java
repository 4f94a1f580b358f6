package dev.gradus.examples.course;

import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/** Many numbers become few: over all axes, one of them, or several. */
@Command(
        name = "reductions",
        description = "Sums, means, extremes over any axes; the rows of a batch normalised.")
final class Reductions extends Lesson {
    @Override
    protected void teach() {
        Tensor m = Tensor.of(new double[][] {{1, 5, 3}, {4, 2, 9}});
        show("m.sum()", m.sum());
        show("m.mean()", m.mean());
        show("m.max()", m.max());
        show("m.min()", m.min());

        // The axis that is named is the one that disappears: 0 goes down the rows and leaves one
        // number a column, 1 goes along the columns and leaves one number a row.
        show("m.sum(0)", m.sum(0));
        show("m.sum(1)", m.sum(1));
        show("m.max(-1)", m.max(-1)); // the last axis
        show("m.mean(0)", m.mean(0));

        // keepDims leaves an axis of size 1 in its place, which broadcasts against the original.
        show("m.sum(1, true)", m.sum(1, true));
        show("m.div(m.sum(1, true))", m.div(m.sum(1, true)));

        Tensor cube = Tensor.arange(24).reshape(2, 3, 4);
        show("cube.sum(0, 2)", cube.sum(0, 2)); // two axes at once
        show("cube.sum(0).shape()", cube.sum(0).shape());
        show("cube.max(-2, -1)", cube.max(-2, -1));

        // The rows of a batch of embeddings, brought to mean 0 and variance 1: each row by its own
        // mean and variance, which keepDims lets broadcast.
        Tensor embeddings =
                Tensor.of(new double[][] {{1, 2, 3, 6}, {-2, 0, 0, 2}, {10, 10, 30, 30}});
        Tensor centred = embeddings.sub(embeddings.mean(1, true));
        Tensor variance = centred.square().mean(1, true);
        Tensor normalised = centred.div(variance.sqrt());
        show("variance", variance);
        show("normalised", normalised);
        show("normalised.square().mean(1)", normalised.square().mean(1));
    }
}
