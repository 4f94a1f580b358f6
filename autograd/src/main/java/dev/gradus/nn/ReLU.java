package dev.gradus.nn;

import dev.gradus.expr.Expr;

/** max(x, 0), element by element (Nair and Hinton 2010). */
public final class ReLU extends Activation {
    /** A layer without parameters. */
    public ReLU() {
        super("ReLU", Expr.in(0).relu());
    }
}
