/** JMH benchmarks of operations, matrix products and training steps. */
@NullMarked
package dev.gradus.benchmarks;

import org.jspecify.annotations.NullMarked;
