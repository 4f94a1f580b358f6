package dev.gradus.backend;

/** What {@link Backend#random} draws. */
public enum Distribution {
    /** Uniform in [0, 1). */
    UNIFORM,
    /** Normal with mean 0 and deviation 1. */
    NORMAL
}
