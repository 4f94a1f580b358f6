/** The CPU backend: blocks, compiled SIMD kernels and threads. */
@NullMarked
package dev.gradus.backend.cpu;

import org.jspecify.annotations.NullMarked;
