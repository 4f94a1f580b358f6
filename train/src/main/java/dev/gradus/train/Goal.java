package dev.gradus.train;

/** Which way a number gets better. */
public enum Goal {
    /** Less is better, as of a loss. */
    MINIMISE,
    /** More is better, as of an accuracy. */
    MAXIMISE;

    /** Whether a value is better than the best so far by more than a margin; NaN is not. */
    boolean isBetter(double value, double best, double margin) {
        if (Double.isNaN(best)) {
            return !Double.isNaN(value);
        }
        return switch (this) {
            case MINIMISE -> value < best - margin;
            case MAXIMISE -> value > best + margin;
        };
    }
}
