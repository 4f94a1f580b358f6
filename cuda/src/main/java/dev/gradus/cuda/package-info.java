/**
 * The backend {@code cuda}: NVIDIA GPUs through JCuda, JCublas and NVRTC. Found by {@link
 * java.util.ServiceLoader}; nothing depends on it.
 */
@NullMarked
package dev.gradus.cuda;

import org.jspecify.annotations.NullMarked;
