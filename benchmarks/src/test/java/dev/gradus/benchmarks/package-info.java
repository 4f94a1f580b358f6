/** Tests of what the timings time, and of their command line. */
@NullMarked
package dev.gradus.benchmarks;

import org.jspecify.annotations.NullMarked;
