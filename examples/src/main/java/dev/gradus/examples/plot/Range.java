package dev.gradus.examples.plot;

import java.util.DoubleSummaryStatistics;
import java.util.stream.DoubleStream;

/**
 * A stretch of an axis, from {@code low} to {@code high}.
 *
 * @param low the smaller end, finite
 * @param high the larger end, finite
 */
public record Range(double low, double high) {
    /** Values beyond this count as infinite. A diverged training run gets there. */
    static final double LARGEST = 1e300;

    /** A range shorter than this, or than a billionth of its ends, has no room for ticks. */
    private static final double SHORTEST = 1e-290;

    /**
     * Checks the ends.
     *
     * @throws IllegalArgumentException unless both are finite (within ±1e301) and low &lt; high by
     *     more than a billionth of their size
     */
    public Range {
        double size = Math.max(Math.abs(low), Math.abs(high));
        if (!(size <= 10 * LARGEST) || high - low < shortest(size)) {
            throw new IllegalArgumentException(
                    "Range(%s, %s): needs finite ends with low < high, not closer than a billionth"
                                    .formatted(low, high)
                            + " of their size");
        }
    }

    /** Whether {@code value} has a place on an axis. */
    static boolean drawable(double value) {
        return Math.abs(value) <= LARGEST;
    }

    /**
     * The range of the drawable values with {@code margin} of its length added at both ends; a
     * wider one around values that are all the same, and 0..1 where there is none.
     */
    static Range around(DoubleStream values, double margin) {
        DoubleSummaryStatistics all = values.filter(Range::drawable).summaryStatistics();
        if (all.getCount() == 0) {
            return new Range(0, 1);
        }
        double length = all.getMax() - all.getMin();
        double size = Math.max(Math.abs(all.getMin()), Math.abs(all.getMax()));
        double added = margin * length;
        if (length < shortest(size)) {
            added = size < SHORTEST ? 1 : 0.1 * size;
        }
        return new Range(all.getMin() - added, all.getMax() + added);
    }

    private static double shortest(double size) {
        return Math.max(SHORTEST, 1e-9 * size);
    }

    double length() {
        return high - low;
    }

    /** The place at {@code fraction} of the way: 0 is low, 1 is high. */
    double at(double fraction) {
        return low + fraction * length();
    }

    /** Where {@code value} lies: 0 at low, 1 at high, outside 0..1 when outside. */
    double fraction(double value) {
        return (value - low) / length();
    }
}
