/** Pictures for the lessons, written as PNG and SVG files without a window. */
@NullMarked
package dev.gradus.examples.plot;

import org.jspecify.annotations.NullMarked;
