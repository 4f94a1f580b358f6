/** Files of tensors: safetensors, npy and npz. */
@NullMarked
package dev.gradus.io;

import org.jspecify.annotations.NullMarked;
