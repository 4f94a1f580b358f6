package dev.gradus.nn;

import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

/**
 * Which query may attend to which key: 1 = may, 0 = may not. Masks combine by product, such as
 * {@code Masks.causal(t).mul(Masks.padding(lengths, t))}.
 */
public final class Masks {
    private Masks() {}

    /** Place i may attend to places 0 … i: {@code [t, t]}. */
    public static Tensor causal(int t) {
        return Functional.causalMask(t, t);
    }

    /**
     * Nobody may attend to what only fills a shorter sequence up: {@code [b, 1, 1, s]}, for b
     * sequences, the axis of the heads and that of the queries.
     *
     * @param lengths the true length of each sequence
     * @param s the length to which they are filled up
     * @throws IllegalArgumentException if a length is not in 0 … s; names it and its number
     */
    public static Tensor padding(int[] lengths, int s) {
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] < 0 || lengths[i] > s) {
                throw new IllegalArgumentException(
                        "Masks.padding: the length of sequence "
                                + i
                                + " must be in 0 … "
                                + s
                                + ", not "
                                + lengths[i]);
            }
        }
        return Tensor.arange(s).lt(Tensor.of(lengths).reshape(lengths.length, 1, 1, 1));
    }
}
