package dev.gradus.nn;

import dev.gradus.expr.Expr;

/** σ(x) = 1 / (1 + e^−x), element by element. */
public final class Sigmoid extends Activation {
    /** A layer without parameters. */
    public Sigmoid() {
        super("Sigmoid", Expr.in(0).sigmoid());
    }
}
