package dev.gradus.train;

import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * What a model made of a batch.
 *
 * @param loss its mean over the samples, of shape []
 * @param samples how many samples that mean is over, which is its weight beside other batches: of
 *     tokens that fill up a sequence those that count
 * @param prediction {@code [n, …]}, if there are metrics to compute
 * @param target {@code [n, …]}, what the metrics compare it with
 */
public record Outcome(
        Tensor loss, int samples, @Nullable Tensor prediction, @Nullable Tensor target) {
    /**
     * Checks what it says.
     *
     * @throws IllegalArgumentException if the loss is no scalar, or of no sample
     */
    public Outcome {
        if (loss.ndim() != 0) {
            throw new IllegalArgumentException(
                    "a batch has one loss, a tensor of shape [], and not one of shape %s; take its mean()"
                            .formatted(loss.shape()));
        }
        if (samples < 1) {
            throw new IllegalArgumentException(
                    "a loss is the mean over at least 1 sample, not over " + samples);
        }
    }

    /** A loss without what metrics need. */
    public Outcome(Tensor loss, int samples) {
        this(loss, samples, null, null);
    }
}
