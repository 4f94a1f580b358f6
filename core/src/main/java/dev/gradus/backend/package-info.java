/**
 * What a device implements: the few methods through which tensors compute, and the memory they live
 * in.
 */
@NullMarked
package dev.gradus.backend;

import org.jspecify.annotations.NullMarked;
