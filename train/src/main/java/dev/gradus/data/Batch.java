package dev.gradus.data;

import dev.gradus.tensor.Tensor;

/**
 * Some samples together: what a model gets and what it should answer.
 *
 * @param inputs {@code [n, …]}
 * @param targets {@code [n, …]}: numbers, or class indices of dtype INT32
 */
public record Batch(Tensor inputs, Tensor targets) {
    /** How many samples there are: the first axis of both. */
    public int size() {
        return inputs.size(0);
    }
}
