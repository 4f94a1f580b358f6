package dev.gradus.data;

import dev.gradus.tensor.Tensor;

/** Samples that are in memory as two tensors, one row each. */
public final class TensorDataset implements Dataset {
    private final Batch all;

    /**
     * Samples.
     *
     * @param inputs {@code [n, …]}
     * @param targets {@code [n, …]}: numbers, or class indices of dtype INT32
     * @throws IllegalArgumentException if there are not as many inputs as targets
     */
    public TensorDataset(Tensor inputs, Tensor targets) {
        all = new Batch(inputs, targets);
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public Batch get(int... indices) {
        Indices.check(indices, size());
        return new Batch(rows(all.inputs(), indices), rows(all.targets(), indices));
    }

    private static Tensor rows(Tensor table, int[] indices) {
        return table.gather(Tensor.of(indices).to(table.backend()));
    }

    /** All inputs, {@code [n, …]}. */
    public Tensor inputs() {
        return all.inputs();
    }

    /** All targets, {@code [n, …]}. */
    public Tensor targets() {
        return all.targets();
    }
}
