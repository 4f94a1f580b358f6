/** Data sets, and what makes minibatches of them. */
@NullMarked
package dev.gradus.data;

import org.jspecify.annotations.NullMarked;
