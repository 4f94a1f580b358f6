/** The trainer, metrics and checkpoints. */
@NullMarked
package dev.gradus.train;

import org.jspecify.annotations.NullMarked;
