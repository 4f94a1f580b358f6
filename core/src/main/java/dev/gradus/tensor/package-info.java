/**
 * The tensor: an immutable n-dimensional array with NumPy-like operations and PyTorch-like names.
 */
@NullMarked
package dev.gradus.tensor;

import org.jspecify.annotations.NullMarked;
