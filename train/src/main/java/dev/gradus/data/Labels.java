package dev.gradus.data;

import dev.gradus.tensor.Tensor;

import java.util.List;

/**
 * The class of each sample.
 *
 * @param indices {@code [n]}, INT32: which of the names
 * @param names of the classes
 */
public record Labels(Tensor indices, List<String> names) {
    /** Classes. */
    public Labels {
        names = List.copyOf(names);
    }
}
