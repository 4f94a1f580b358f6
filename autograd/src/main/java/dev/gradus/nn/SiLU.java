package dev.gradus.nn;

import dev.gradus.expr.Expr;

/**
 * x · σ(x) = x / (1 + e^−x), element by element (Elfwing, Uchibe and Doya 2018); also named swish.
 */
public final class SiLU extends Activation {
    /** A layer without parameters. */
    public SiLU() {
        super("SiLU", Expr.in(0).silu());
    }
}
