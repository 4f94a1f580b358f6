package dev.gradus.data;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.tensor.Tensor;

/**
 * Some samples together: what a model gets and what it should answer.
 *
 * @param inputs {@code [n, …]}
 * @param targets {@code [n, …]}: numbers, or class indices of dtype INT32
 */
public record Batch(Tensor inputs, Tensor targets) {
    /**
     * Samples.
     *
     * @throws IllegalArgumentException if there are not as many inputs as targets
     */
    public Batch {
        if (inputs.ndim() == 0 || targets.ndim() == 0 || inputs.size(0) != targets.size(0)) {
            throw new IllegalArgumentException(
                    "inputs of shape %s and targets of shape %s: the first axis of both counts the samples, so it must be the same"
                            .formatted(inputs.shape(), targets.shape()));
        }
    }

    /** How many samples there are: the first axis of both. */
    public int size() {
        return inputs.size(0);
    }

    /** The same on the backend of that name. */
    public Batch to(String backendName) {
        Backend target = Backends.get(backendName);
        return new Batch(inputs.to(target), targets.to(target));
    }
}
