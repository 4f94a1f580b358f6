package dev.gradus.tensor;

/**
 * What {@link Tensor#uniqueWithCounts} gives of a tensor x.
 *
 * @param values the k different values in ascending order, [k], a constant
 * @param inverse for each element of x which value it is, INT32, of x's shape: {@code
 *     values.gather(inverse)} equals x
 * @param counts how often each value is there, INT32 [k]
 */
public record Unique(Tensor values, Tensor inverse, Tensor counts) {}
