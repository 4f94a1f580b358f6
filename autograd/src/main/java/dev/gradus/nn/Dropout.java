package dev.gradus.nn;

import dev.gradus.autograd.Mode;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

/**
 * In training ({@link Mode#TRAIN}) each element becomes 0 with chance p and the others are divided
 * by 1 − p, so that the mean stays; in use nothing happens (Srivastava et al. 2014). Any shape →
 * the same shape.
 */
public final class Dropout extends Layer {
    private final double p;

    /**
     * A dropout.
     *
     * @param p the chance with which an element becomes 0, at least 0 and below 1
     * @throws IllegalArgumentException if it is not
     */
    public Dropout(double p) {
        check("Dropout(" + p + ")", p);
        this.p = p;
    }

    /** Throws, in the name of a layer, unless this is a chance of dropping. */
    static void check(String layer, double p) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException(
                    layer
                            + ": the dropout is the chance with which an element becomes 0; it must"
                            + " be at least 0 and below 1, not "
                            + p);
        }
    }

    /** A chance of dropping in training, else 0. */
    static double now(double p) {
        return switch (Mode.current()) {
            case TRAIN -> p;
            case EVAL -> 0;
        };
    }

    @Override
    public Tensor apply(Tensor x) {
        double chance = now(p);
        return chance == 0 ? x : Functional.dropout(x, chance);
    }

    @Override
    public String toString() {
        return "Dropout(" + p + ")";
    }
}
