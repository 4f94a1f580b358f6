package dev.gradus.tensor;

/**
 * What {@link Tensor#sort} and {@link Tensor#topk} give.
 *
 * @param values the elements in order; differentiable: a gradient goes to where an element was
 * @param indices where each was along the axis, INT32, of the same shape: {@code x.gather(axis,
 *     indices)} is {@code values}
 */
public record Sorted(Tensor values, Tensor indices) {}
