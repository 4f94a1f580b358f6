/** The tape that records operations and walks backwards to give gradients. */
@NullMarked
package dev.gradus.autograd;

import org.jspecify.annotations.NullMarked;
