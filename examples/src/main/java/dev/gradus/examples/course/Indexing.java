package dev.gradus.examples.course;

import dev.gradus.shape.Slice;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/** Parts of a tensor: by position, by range, by a list of rows, by a mask. */
@Command(
        name = "indexing",
        description = "Elements, rows, columns and ranges; rows by index, rows by mask.")
final class Indexing extends Lesson {
    @Override
    protected void teach() {
        Tensor v = Tensor.arange(10).mul(10);
        show("v", v);
        show("v.at(3)", v.at(3)); // a number of Java's
        show("v.get(3)", v.get(3)); // a tensor of shape []
        show("v.at(-1)", v.at(-1)); // from the end

        // The text between the quotes is NumPy's: start:stop:step, and stop is not included.
        show("v.slice(\"2:5\")", v.slice("2:5"));
        show("v.slice(\":3\")", v.slice(":3"));
        show("v.slice(\"-3:\")", v.slice("-3:"));
        show("v.slice(\"1:8:3\")", v.slice("1:8:3"));
        show("v.slice(\"::-1\")", v.slice("::-1"));

        Tensor m = Tensor.arange(12).reshape(3, 4);
        show("m", m);
        show("m.at(1, -1)", m.at(1, -1));
        show("m.get(1)", m.get(1)); // a row
        show("m.slice(\":, 2\")", m.slice(":, 2")); // a column, as a vector
        show("m.slice(\":, 2:3\")", m.slice(":, 2:3")); // a column, as a column
        show("m.slice(\"1:, :2\")", m.slice("1:, :2"));
        show("m.slice(\"::2, ::-1\")", m.slice("::2, ::-1"));
        // The same without text, for positions that a program computes.
        show("m.slice(Slice.from(1), Slice.to(2))", m.slice(Slice.from(1), Slice.to(2)));
        Tensor cube = Tensor.arange(24).reshape(2, 3, 4);
        show("cube.slice(\"..., 0\")", cube.slice("..., 0"));

        // Rows by index: in any order, and as often as one likes. It is how words become vectors.
        show("m.gather(Tensor.of(2, 0, 2))", m.gather(Tensor.of(2, 0, 2)));
        show("m.indexSelect(1, Tensor.of(1, 3))", m.indexSelect(1, Tensor.of(1, 3))); // columns

        // Rows by mask: where the mask is 1. And elements by mask, which come as a vector.
        Tensor mask = m.slice(":, 0").gt(0);
        show("mask", mask);
        show("m.compress(0, mask)", m.compress(0, mask));
        show("m.maskedSelect(m.gt(6))", m.maskedSelect(m.gt(6)));
        show("m.maskedFill(m.gt(6), -1)", m.maskedFill(m.gt(6), -1));
        show("m.gt(8).nonzero()", m.gt(8).nonzero()); // where the mask is 1

        // In order: the values, or where they were.
        Tensor marks = Tensor.of(3.5, 1, 2.5, 5);
        show("marks.sort(0).values()", marks.sort(0).values());
        show("marks.argsort(0)", marks.argsort(0));
        show("marks.topk(2).indices()", marks.topk(2).indices()); // the two best
    }
}
