package dev.gradus.autograd;

import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Derivatives of functions, as mathematics writes them; operations with a gradient of one's own;
 * and checkpoints, which trade time for memory.
 *
 * <p>The derivatives are those by the function's argument: where the function reads the same tensor
 * in another way, or a {@link Parameter}, that is a constant, and where the result does not depend
 * on the argument they are zeros. With a tape open they are recorded by it, so that they can be
 * differentiated again, and belong to it; without one they are nobody's, and layers compute as they
 * do in use ({@link Mode#EVAL}).
 */
public final class Autograd {
    private Autograd() {}

    // ------------------------------------------------------------------ derivatives

    /** What {@link #valueAndGradient} gives. */
    public record ValueAndGradient(Tensor value, Tensor gradient) {}

    /** What {@link #valueAndGradients} gives: a gradient for each argument. */
    public record ValueAndGradients(Tensor value, List<Tensor> gradients) {}

    /** f(x) and {@link Gradients#of(UnaryOperator, Tensor)} by one evaluation. */
    public static ValueAndGradient valueAndGradient(UnaryOperator<Tensor> f, Tensor x) {
        List<Tensor> all = Functions.gradients("valueAndGradient", t -> f.apply(t[0]), x);
        return new ValueAndGradient(all.get(0), all.get(1));
    }

    /** The same for a scalar function of several tensors. */
    public static ValueAndGradients valueAndGradients(Function<Tensor[], Tensor> f, Tensor... x) {
        List<Tensor> all = Functions.gradients("valueAndGradients", f, x);
        return new ValueAndGradients(all.get(0), all.subList(1, all.size()));
    }

    /**
     * The matrix of all first derivatives: {@code x: [in…], f(x): [out…] → [out…, in…]}, ∂f(x)ᵢ/∂xⱼ
     * at [i, j]. Costs a backward pass for each element of f(x).
     *
     * @throws IllegalArgumentException if x or f(x) is of an integer type
     */
    public static Tensor jacobian(UnaryOperator<Tensor> f, Tensor x) {
        return Functions.jacobian("jacobian", f, x);
    }

    /**
     * The second derivatives of a scalar function: {@code x: [in…] → [in…, in…]}, ∂²f/∂xᵢ∂xⱼ at [i,
     * j]. Costs a backward pass over the gradient for each element of x; for products {@link #hvp}
     * is cheaper.
     *
     * @throws IllegalArgumentException if x is of an integer type, or f(x) is no floating scalar
     */
    public static Tensor hessian(UnaryOperator<Tensor> f, Tensor x) {
        return Functions.jacobian("hessian", gradient("hessian", f), x);
    }

    /**
     * The vector-Jacobian product cᵀJ, the gradient of Σ c · f(x): {@code x: [in…], cotangent:
     * [out…] → [in…]}.
     *
     * @param cotangent of the shape and dtype of f(x)
     * @throws IllegalArgumentException if it is not, or x or f(x) is of an integer type
     */
    public static Tensor vjp(UnaryOperator<Tensor> f, Tensor x, Tensor cotangent) {
        return Functions.vjp("vjp", "the cotangent", f, x, cotangent);
    }

    /**
     * The Jacobian-vector product J t, how f(x) moves when x moves along t: {@code x, tangent:
     * [in…] → [out…]}. It is found by two reverse passes: cᵀJ is linear in c, and the derivative of
     * cᵀJ t by c is J t.
     *
     * @param tangent of the shape and dtype of x
     * @throws IllegalArgumentException if it is not, or x or f(x) is of an integer type
     */
    public static Tensor jvp(UnaryOperator<Tensor> f, Tensor x, Tensor tangent) {
        return Functions.jvp("jvp", f, x, tangent);
    }

    /**
     * The Hessian-vector product H v of a scalar function, the gradient of ∇f · v, without the
     * Hessian: {@code x, v: [in…] → [in…]}.
     *
     * @param v of the shape and dtype of x
     * @throws IllegalArgumentException if it is not, x is of an integer type, or f(x) is no
     *     floating scalar
     */
    public static Tensor hvp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
        return Functions.vjp("hvp", "v", gradient("hvp", f), x, v);
    }

    private static UnaryOperator<Tensor> gradient(String name, UnaryOperator<Tensor> f) {
        return x -> Functions.gradients(name, t -> f.apply(t[0]), x).get(1);
    }

    // ------------------------------------------------------------------ custom operations

    /** The backward pass of an operation, as {@link Op#vjp}. */
    @FunctionalInterface
    public interface Vjp {
        /** A cotangent for each input, of its shape and dtype; null for no dependence. */
        @Nullable Tensor[] vjp(Op.Saved saved, Tensor g);
    }

    /**
     * A differentiable operation with a gradient of one's own, performed by {@link Op#apply}:
     *
     * <pre>{@code
     * static final Op ROUND =            // straight through: as if it were the identity
     *         Autograd.custom("round", x -> x[0].round(), (saved, g) -> new Tensor[] {g});
     *
     * Tensor y = Op.apply(ROUND, x);
     * }</pre>
     *
     * <p>The same by a record, where the operation has settings, is {@code record Scale(double by)
     * implements Op}. {@link GradCheck} tells whether the gradient is that of the forward pass.
     *
     * @param name what messages call it
     * @param forward makes the result, a new tensor or an input; operations inside are not recorded
     * @param vjp the cotangents of the inputs, by tensor operations, so that they can be
     *     differentiated again; a wrong number, shape or dtype is an error that names the operation
     */
    public static Op custom(String name, Function<Tensor[], Tensor> forward, Vjp vjp) {
        return new Custom(
                Objects.requireNonNull(name, "custom: the name is null"),
                Objects.requireNonNull(forward, "custom: the forward pass is null"),
                Objects.requireNonNull(vjp, "custom: the vjp is null"));
    }

    private record Custom(String name, Function<Tensor[], Tensor> function, Vjp backward)
            implements Op {
        @Override
        public Tensor forward(Tensor... x) {
            return function.apply(x);
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            return backward.vjp(saved, g);
        }
    }

    // ------------------------------------------------------------------ checkpoints

    /**
     * f(x), of which the open tape keeps the inputs only; its backward pass runs f again for what
     * lies in between (Chen et al. 2016, <em>Training Deep Nets with Sublinear Memory Cost</em>).
     * So a stack of n layers needs the memory of n inputs and the inside of one layer, for a second
     * forward pass:
     *
     * <pre>{@code
     * for (TransformerBlock block : blocks) {
     *     x = Autograd.checkpoint(block::apply, x);
     * }
     * }</pre>
     *
     * <p>The result and the gradients are what they are without it: by the argument, by {@link
     * Parameter}s that f reads, and by tensors known to the tape that f uses. In the second run
     * random numbers from {@link Generator#current} are the same, and slots hold what they held and
     * stay as they are, so that a batch norm counts a batch once. Whatever else f changes happens
     * twice, and tensors that f stores somewhere end with the run. Without an open tape this is
     * f(x).
     *
     * @throws IllegalStateException in the backward pass, if f does something else when it runs
     *     again, or a parameter was updated in between
     */
    public static Tensor checkpoint(UnaryOperator<Tensor> f, Tensor x) {
        return Checkpoint.apply(caller(), t -> f.apply(t[0]), x);
    }

    /** The same for a function of several tensors, which may be integers, such as a mask. */
    @SuppressWarnings(
            "overloads") // a lambda of an array and one of a tensor differ by their bodies
    public static Tensor checkpoint(Function<Tensor[], Tensor> f, Tensor... x) {
        return Checkpoint.apply(caller(), f, x);
    }

    private static CallSite caller() {
        return CallSite.outside(Autograd.class);
    }
}
