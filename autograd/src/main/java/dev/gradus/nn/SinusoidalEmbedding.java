package dev.gradus.nn;

import dev.gradus.autograd.Slot;
import dev.gradus.tensor.Tensor;

/**
 * Adds waves that tell the places in a sequence apart (Vaswani et al. 2017): x {@code [.., t,
 * width]} → x + rows 0 … t − 1 of the table {@code [maxLength, width]} that holds, for place p,
 *
 * <p>sin(p / 10000^(j / width)) in column j where j is even, and
 *
 * <p>cos(p / 10000^((j − 1) / width)) where it is odd.
 *
 * <p>The table is a slot, {@code positions}, so that it moves with the model; it is not trained.
 */
public final class SinusoidalEmbedding extends Layer {
    private final int maxLength;
    private final int width;
    private final Slot positions;

    /** Places for sequences of at most that length. */
    public SinusoidalEmbedding(int maxLength, int width) {
        this.maxLength = maxLength;
        this.width = width;
        Positions.check(this, maxLength, width);
        positions = slot("positions", Tensor.of(waves(maxLength, width)));
    }

    private static double[][] waves(int maxLength, int width) {
        double[][] table = new double[maxLength][width];
        for (int p = 0; p < maxLength; p++) {
            for (int j = 0; j < width; j++) {
                int even = j - j % 2;
                double angle = p / Math.pow(10000, (double) even / width);
                table[p][j] = j == even ? Math.sin(angle) : Math.cos(angle);
            }
        }
        return table;
    }

    /**
     * The sum of a sequence and its places.
     *
     * @throws IllegalArgumentException if it is longer than maxLength; names both lengths
     */
    @Override
    public Tensor apply(Tensor x) {
        return Positions.add(this, x, positions.value(), 0);
    }

    @Override
    public String toString() {
        return "SinusoidalEmbedding(" + maxLength + ", " + width + ")";
    }
}
