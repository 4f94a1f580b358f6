/**
 * The workloads of {@code gradus bench} on libtorch, OpenBLAS and DJL, and a table of the ratios.
 */
@NullMarked
package dev.gradus.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
