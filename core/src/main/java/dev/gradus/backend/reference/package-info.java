/**
 * The reference backend: plain loops in double precision, the readable specification of every
 * operation.
 */
@NullMarked
package dev.gradus.backend.reference;

import org.jspecify.annotations.NullMarked;
