package dev.gradus.train;

import dev.gradus.tensor.Tensor;

/**
 * A number that says how good predictions are, such as {@code Metrics::accuracy}. It is computed
 * once over a whole data set, not as a mean of batches: so what is no mean, such as R², is right.
 */
@FunctionalInterface
public interface Metric {
    /**
     * The number.
     *
     * @param prediction of all samples, {@code [n, …]}
     * @param target of all samples, {@code [n, …]}
     */
    double of(Tensor prediction, Tensor target);
}
