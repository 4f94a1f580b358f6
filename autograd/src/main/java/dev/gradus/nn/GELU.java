package dev.gradus.nn;

import dev.gradus.expr.Expr;

/**
 * x · Φ(x), where Φ(x) is the chance that a standard normal number is below x; element by element
 * (Hendrycks and Gimpel 2016). The exact form, PyTorch's default, is
 *
 * <p>x · ½ (1 + erf(x / √2)),
 *
 * <p>and the tanh form, which GPT-2 was trained with and which differs from it by at most 0.0005,
 *
 * <p>x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³))).
 */
public final class GELU extends Activation {
    private final String text;

    /** The exact form. */
    public GELU() {
        this("GELU()", Expr.in(0).gelu());
    }

    private GELU(String text, Expr expr) {
        this.text = text;
        super("GELU", expr);
    }

    /** The tanh form. */
    public static GELU tanh() {
        return new GELU("GELU(tanh)", Expr.in(0).geluTanh());
    }

    @Override
    public String toString() {
        return text;
    }
}
