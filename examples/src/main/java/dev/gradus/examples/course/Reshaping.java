package dev.gradus.examples.course;

import dev.gradus.shape.Layout;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

import java.util.Arrays;

/** The same numbers under another shape, and how they lie in memory. */
@Command(
        name = "reshape",
        description = "Reshape, flatten, transpose; row-major order and strides, looked at.")
final class Reshaping extends Lesson {
    @Override
    protected void teach() {
        Tensor v = Tensor.arange(12);
        Tensor m = v.reshape(3, 4);
        show("m", m);
        show("v.reshape(2, -1).shape()", v.reshape(2, -1).shape()); // -1: what is left
        show("v.reshape(2, 3, 2)", v.reshape(2, 3, 2));
        show("m.flatten()", m.flatten());
        show("m.t()", m.t());

        // Reshape reads the numbers row by row and writes them row by row: it is no transpose.
        show("m.reshape(4, 3)", m.reshape(4, 3));

        // Memory is one long row. A stride says how far the next element along an axis is (NumPy
        // counts bytes, Gradus elements); the last axis of a fresh tensor has stride 1: row-major.
        show("m.layout().strides()", Arrays.toString(m.layout().strides()));
        show("m.layout().position(2, 1)", m.layout().position(2, 1)); // 2 · 4 + 1 · 1

        // So a transpose moves nothing: it exchanges strides. A slice moves nothing either.
        Layout transposed = m.t().layout();
        show("m.t().layout().strides()", Arrays.toString(transposed.strides()));
        show("m.t().layout().isContiguous()", transposed.isContiguous());
        Layout sliced = m.slice("1:, ::2").layout();
        show("m.slice(\"1:, ::2\").layout().strides()", Arrays.toString(sliced.strides()));
        show("m.slice(\"1:, ::2\").layout().offset()", sliced.offset());
        // A row that broadcasting repeats has stride 0: it is there once.
        Layout repeated = v.slice(":4").expand(3, 4).layout();
        show(
                "v.slice(\":4\").expand(3, 4).layout().strides()",
                Arrays.toString(repeated.strides()));

        // Read in order, a transposed matrix gives its columns; here reshape has to copy.
        show("m.t().flatten()", m.t().flatten());

        // More axes: any order, and axes of size 1 that come and go.
        Tensor images = Tensor.zeros(8, 28, 20, 3); // batch, height, width, colour
        show("images.permute(0, 3, 1, 2).shape()", images.permute(0, 3, 1, 2).shape());
        show("images.transpose(1, 2).shape()", images.transpose(1, 2).shape());
        show("images.reshape(8, -1).shape()", images.reshape(8, -1).shape());
        show("v.unsqueeze(0).shape()", v.unsqueeze(0).shape()); // one row
        show("v.unsqueeze(-1).shape()", v.unsqueeze(-1).shape()); // one column
        show("v.unsqueeze(0).squeeze(0).shape()", v.unsqueeze(0).squeeze(0).shape());
        show("Tensor.concat(0, m, m).shape()", Tensor.concat(0, m, m).shape());
        show("Tensor.stack(0, m, m).shape()", Tensor.stack(0, m, m).shape());
        show("m.flip(0)", m.flip(0));
        show("m.repeat(2, 1).shape()", m.repeat(2, 1).shape());
        show("m.split(2, 1).get(1)", m.split(2, 1).get(1));
    }
}
