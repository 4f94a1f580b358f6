package dev.gradus.nn;

import dev.gradus.autograd.Parameter;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * y = x·W + b, for {@code [.., in] → [.., out]}.
 *
 * <p>The parameter {@code weight} is {@code [in, out]}, as in the formula: PyTorch's, transposed.
 * {@code bias} is {@code [out]}. Both start uniform between ±1/√in, as in PyTorch; another start is
 * set, as by {@code linear.weight().set(Initializers.xavierUniform(in, out))}.
 */
public final class Linear extends Layer {
    private final int in;
    private final int out;
    private final Parameter weight;
    private final @Nullable Parameter bias;

    /** A linear layer with a bias. */
    public Linear(int in, int out) {
        this(in, out, true);
    }

    /** A linear layer, with a bias or without. */
    public Linear(int in, int out, boolean bias) {
        if (in < 1 || out < 1) {
            throw new IllegalArgumentException(
                    "Linear(" + in + ", " + out + "): both sizes must be at least 1");
        }
        this.in = in;
        this.out = out;
        double bound = 1 / Math.sqrt(in);
        weight = parameter("weight", Initializers.uniform(-bound, bound, in, out));
        this.bias = bias ? parameter("bias", Initializers.uniform(-bound, bound, out)) : null;
    }

    /** The weight, {@code [in, out]}. */
    public Parameter weight() {
        return weight;
    }

    /**
     * The bias, {@code [out]}.
     *
     * @throws IllegalStateException if the layer was made without one
     */
    public Parameter bias() {
        if (bias == null) {
            throw new IllegalStateException(this + " was made without a bias");
        }
        return bias;
    }

    @Override
    public Tensor apply(Tensor x) {
        check(x);
        return Functional.linear(x, weight.value(), bias == null ? null : bias.value());
    }

    /** f(x·W + b) in one pass: the numbers that f would give as the next layer. */
    public Tensor apply(Tensor x, Activation f) {
        check(x);
        Tensor b = bias == null ? null : bias.value();
        return Functional.linear(x, weight.value(), b, f.expr());
    }

    private void check(Tensor x) {
        if (x.ndim() == 0 || x.size(-1) != in) {
            throw new IllegalArgumentException(
                    this + ": input of shape " + x.shape() + " must end in " + in + hint(x));
        }
    }

    /** The usual slips: a picture that was not flattened, a matrix that was not transposed. */
    private String hint(Tensor x) {
        long size = 1;
        for (int axis = x.ndim() - 1; axis >= 0; axis--) {
            size *= x.size(axis);
            if (size == in && axis < x.ndim() - 1) {
                return "; reshape(-1, " + in + ") flattens the axes from " + axis + " on";
            }
        }
        return x.ndim() == 2 && x.size(0) == in ? "; did you mean x.t()?" : "";
    }

    @Override
    public String toString() {
        return "Linear(" + in + ", " + out + (bias == null ? ", false)" : ")");
    }
}
