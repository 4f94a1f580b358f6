/** Runnable lessons and the command line that starts them. */
@NullMarked
package dev.gradus.examples;

import org.jspecify.annotations.NullMarked;
