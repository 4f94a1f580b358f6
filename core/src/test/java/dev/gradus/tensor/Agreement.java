package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.gradus.shape.DType;

/** Whether a backend's result is the reference's, to a tolerance. */
final class Agreement {
    private Agreement() {}

    /**
     * Checks shape, dtype and every element: NaN for NaN, the sign of a zero, and |difference| ≤
     * tolerance · magnitude. A tolerance of 0 asks for the same numbers.
     *
     * @param magnitude what an error is relative to: the expected result, or that for absolute
     *     values
     */
    static void check(
            String what, Tensor expected, Tensor found, double tolerance, Tensor magnitude) {
        assertEquals(expected.shape(), found.shape(), what);
        assertEquals(expected.dtype(), found.dtype(), what);
        double[] e = expected.toArray();
        double[] f = found.toArray();
        double[] m = magnitude.toArray();
        for (int i = 0; i < e.length; i++) {
            if (!agree(e[i], f[i], tolerance, m[i], expected.dtype())) {
                fail(
                        "%s: element %d of %s is %s, the reference says %s (difference %.3g of %.3g)"
                                .formatted(
                                        what,
                                        i,
                                        expected.shape(),
                                        f[i],
                                        e[i],
                                        Math.abs(e[i] - f[i]),
                                        Math.abs(m[i])));
            }
        }
    }

    /** The same with errors relative to the expected result. */
    static void check(String what, Tensor expected, Tensor found, double tolerance) {
        check(what, expected, found, tolerance, expected);
    }

    private static boolean agree(
            double expected, double found, double tolerance, double magnitude, DType dtype) {
        if (Double.compare(expected, found) == 0) {
            return true;
        }
        if (tolerance == 0 || Double.isNaN(expected) || Double.isNaN(found)) {
            return false;
        }
        double largest = dtype == DType.FLOAT64 ? Double.MAX_VALUE : Float.MAX_VALUE;
        double smallest = dtype == DType.FLOAT64 ? Double.MIN_VALUE : Float.MIN_VALUE;
        if (Double.isInfinite(expected) || Double.isInfinite(found)) {
            // At the edge of the range rounding decides between the largest number and infinity.
            return expected * found > 0
                    && Math.min(Math.abs(expected), Math.abs(found)) >= largest * (1 - tolerance);
        }
        if (expected == 0 && found == 0) {
            return magnitude > 0; // a sum that cancelled: its sign is left open
        }
        double scale = Math.max(Math.abs(magnitude), Math.abs(expected));
        return Math.abs(expected - found) <= tolerance * scale + 2 * smallest;
    }
}
