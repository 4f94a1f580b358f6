/** Tokenizers: text to numbers and back. */
@NullMarked
package dev.gradus.text;

import org.jspecify.annotations.NullMarked;
