/** Optimizers: what turns gradients into new parameters. */
@NullMarked
package dev.gradus.optim;

import org.jspecify.annotations.NullMarked;
