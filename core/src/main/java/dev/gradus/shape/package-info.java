/**
 * Shapes, layouts and dtypes: the arithmetic on dimensions, strides and offsets that every tensor
 * needs.
 */
@NullMarked
package dev.gradus.shape;

import org.jspecify.annotations.NullMarked;
