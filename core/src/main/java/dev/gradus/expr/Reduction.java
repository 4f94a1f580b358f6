package dev.gradus.expr;

/** How a reduction joins elements; each starts from its neutral element. */
public enum Reduction {
    /** The sum, from 0. */
    SUM(Fn.ADD, 0),
    /** The product, from 1. */
    PROD(Fn.MUL, 1),
    /** The largest, from −∞; NaN if any is. */
    MAX(Fn.MAX, Double.NEGATIVE_INFINITY),
    /** The smallest, from +∞; NaN if any is. */
    MIN(Fn.MIN, Double.POSITIVE_INFINITY);

    private final Fn fn;
    private final double start;

    Reduction(Fn fn, double start) {
        this.fn = fn;
        this.start = start;
    }

    /** The function that joins two elements. */
    public Fn fn() {
        return fn;
    }

    /** The neutral element; for ints it is cut to the nearest int. */
    public double start() {
        return start;
    }
}
