package dev.gradus.nn;

import dev.gradus.autograd.Parameter;
import dev.gradus.tensor.Tensor;

/**
 * Adds a learned vector for each place in a sequence: x {@code [.., t, width]} → x + rows 0 … t − 1
 * of the parameter {@code weight}, {@code [maxLength, width]}, which is normal with mean 0 and
 * deviation 0.02 at first, as in GPT-2 (Radford et al. 2019).
 */
public final class PositionalEmbedding extends Layer {
    private final int maxLength;
    private final int width;
    private final Parameter weight;

    /** Places for sequences of at most that length. */
    public PositionalEmbedding(int maxLength, int width) {
        this.maxLength = maxLength;
        this.width = width;
        Positions.check(this, maxLength, width);
        weight = parameter("weight", Initializers.normal(0, 0.02, maxLength, width));
    }

    /** The table, {@code [maxLength, width]}. */
    public Parameter weight() {
        return weight;
    }

    /**
     * The sum of a sequence and its places.
     *
     * @throws IllegalArgumentException if it is longer than maxLength; names both lengths
     */
    @Override
    public Tensor apply(Tensor x) {
        return apply(x, 0);
    }

    /** The sum of a sequence and the places from number {@code first} on. */
    Tensor apply(Tensor x, int first) {
        return Positions.add(this, x, weight.value(), first);
    }

    @Override
    public String toString() {
        return "PositionalEmbedding(" + maxLength + ", " + width + ")";
    }
}
