package dev.gradus.nn;

import dev.gradus.expr.Expr;

/** The hyperbolic tangent, element by element. */
public final class Tanh extends Activation {
    /** A layer without parameters. */
    public Tanh() {
        super("Tanh", Expr.in(0).tanh());
    }
}
