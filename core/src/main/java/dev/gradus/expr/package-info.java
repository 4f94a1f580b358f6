/** Element-wise expressions as data, with their symbolic derivatives. */
@NullMarked
package dev.gradus.expr;

import org.jspecify.annotations.NullMarked;
