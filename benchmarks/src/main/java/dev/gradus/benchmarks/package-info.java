/** Timings: workloads as a user writes them, and JMH benchmarks of what they are made of. */
@NullMarked
package dev.gradus.benchmarks;

import org.jspecify.annotations.NullMarked;
