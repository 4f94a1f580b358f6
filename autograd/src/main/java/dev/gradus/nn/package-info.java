/** Layers, parameters, losses and initializers. */
@NullMarked
package dev.gradus.nn;

import org.jspecify.annotations.NullMarked;
