package dev.gradus.nn;

import dev.gradus.expr.Expr;
import dev.gradus.tensor.Tensor;

import java.util.Objects;

/**
 * A function of one number, applied element by element: any shape → the same shape. Being data, an
 * expression, it needs no kernel and no derivative of its own, and a {@link Linear} in front
 * performs it in the same pass. A new one is one line:
 *
 * <pre>{@code
 * final class Mish extends Activation {
 *     Mish() {
 *         super("Mish", Expr.in(0).mul(Expr.in(0).softplus().tanh()));
 *     }
 * }
 * }</pre>
 */
public abstract class Activation extends Layer {
    private final String name;
    private final Expr expr;

    /**
     * An activation.
     *
     * @param name how it prints, and what error messages call it
     * @param expr of input 0 alone, without run-time scalars
     * @throws IllegalArgumentException if the expression reads anything else
     */
    protected Activation(String name, Expr expr) {
        this.name = Objects.requireNonNull(name, "name");
        this.expr = Objects.requireNonNull(expr, "expr");
        var program = expr.program();
        if (program.inputs() != 1 || program.scalars() > 0) {
            throw new IllegalArgumentException(
                    name
                            + ": an activation is an expression of Expr.in(0) alone, without"
                            + " run-time scalars; this one reads "
                            + program.inputs()
                            + " inputs and "
                            + program.scalars()
                            + " scalars");
        }
    }

    /** The function, of input 0. */
    public final Expr expr() {
        return expr;
    }

    @Override
    public final Tensor apply(Tensor x) {
        return Tensor.map(name, expr, x);
    }

    @Override
    public String toString() {
        return name + "()";
    }
}
