package dev.gradus.nn;

import dev.gradus.shape.Slice;
import dev.gradus.tensor.Tensor;

/** What the embeddings of places have in common. */
final class Positions {
    private Positions() {}

    static void check(Layer layer, int maxLength, int width) {
        if (maxLength < 1 || width < 1) {
            throw new IllegalArgumentException(layer + ": both sizes must be at least 1");
        }
    }

    /** x {@code [.., t, width]} + t rows of a table, from row {@code first} on. */
    static Tensor add(Layer layer, Tensor x, Tensor table, int first) {
        int maxLength = table.size(0);
        if (x.ndim() < 2 || x.size(-1) != table.size(1)) {
            throw new IllegalArgumentException(
                    layer
                            + ": input of shape "
                            + x.shape()
                            + " must be [.., t, "
                            + table.size(1)
                            + "]");
        }
        int length = x.size(-2);
        if (length > maxLength) {
            throw new IllegalArgumentException(
                    layer
                            + ": the sequences in an input of shape "
                            + x.shape()
                            + " have length "
                            + length
                            + ", and there are places for "
                            + maxLength);
        }
        return x.add(table.slice(Slice.range(first, first + length)));
    }
}
