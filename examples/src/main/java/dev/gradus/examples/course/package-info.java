/** The course: one lesson a topic, and what every lesson shares. */
@NullMarked
package dev.gradus.examples.course;

import org.jspecify.annotations.NullMarked;
