/** Text: tokenizers, and language models that read and write it. */
@NullMarked
package dev.gradus.text;

import org.jspecify.annotations.NullMarked;
