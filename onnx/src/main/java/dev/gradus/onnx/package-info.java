/** Models as ONNX files, which other runtimes read. */
@NullMarked
package dev.gradus.onnx;

import org.jspecify.annotations.NullMarked;
