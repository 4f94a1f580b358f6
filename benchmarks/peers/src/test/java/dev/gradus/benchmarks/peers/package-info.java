/** Tests of the peers, each in a process of its own, and of the table of ratios. */
@NullMarked
package dev.gradus.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
