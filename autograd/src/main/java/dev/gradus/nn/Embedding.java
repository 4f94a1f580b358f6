package dev.gradus.nn;

import dev.gradus.autograd.Parameter;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import java.util.Arrays;

/**
 * A learned vector for each of {@code count} tokens: ids {@code [..]} of INT32 → {@code [..,
 * width]}. The parameter {@code weight} is {@code [count, width]}, normal with mean 0 and deviation
 * 1 at first, as in PyTorch.
 */
public final class Embedding extends Layer {
    private final int count;
    private final int width;
    private final Parameter weight;

    /** A table of so many rows of that width. */
    public Embedding(int count, int width) {
        if (count < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "Embedding(" + count + ", " + width + "): both sizes must be at least 1");
        }
        this.count = count;
        this.width = width;
        weight = parameter("weight", Initializers.normal(0, 1, count, width));
    }

    /** The table, {@code [count, width]}. */
    public Parameter weight() {
        return weight;
    }

    /**
     * The vectors of tokens.
     *
     * @throws IllegalArgumentException if the ids are not INT32
     * @throws IndexOutOfBoundsException if an id is not in 0 … count − 1; names it and its place
     */
    @Override
    public Tensor apply(Tensor ids) {
        if (ids.dtype() != DType.INT32) {
            throw new IllegalArgumentException(
                    this
                            + ": the ids must be INT32, not "
                            + ids.dtype()
                            + "; ids.to(DType.INT32) converts them");
        }
        Tensor table = weight.value();
        try {
            return table.gather(ids);
        } catch (IndexOutOfBoundsException e) {
            throw explained(
                    ids, e); // the ids are looked at here only once they are known to be bad
        }
    }

    private IndexOutOfBoundsException explained(Tensor ids, IndexOutOfBoundsException e) {
        int[] values = ids.toIntArray();
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0 || values[i] >= count) {
                var better =
                        new IndexOutOfBoundsException(
                                this
                                        + ": id "
                                        + values[i]
                                        + " at "
                                        + Arrays.toString(ids.shape().indexOf(i))
                                        + " is not in 0 … "
                                        + (count - 1)
                                        + "; the table has "
                                        + count
                                        + " rows");
                better.initCause(e);
                return better;
            }
        }
        return e;
    }

    @Override
    public String toString() {
        return "Embedding(" + count + ", " + width + ")";
    }
}
