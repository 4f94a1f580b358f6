package dev.gradus.nn;

import dev.gradus.autograd.Parameter;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * y = x·W + b, for {@code [.., in] → [.., out]}.
 *
 * <p>The parameter {@code weight} is {@code [in, out]}, as in the formula: PyTorch's, transposed.
 * {@code bias} is {@code [out]}. Both start uniform between ±1/√in, as in PyTorch.
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
        weight = parameter("weight", uniform(bound, in, out));
        this.bias = bias ? parameter("bias", uniform(bound, out)) : null;
    }

    private static Tensor uniform(double bound, int... shape) {
        return Tensor.rand(shape).mul(2 * bound).sub(bound);
    }

    @Override
    public Tensor apply(Tensor x) {
        if (x.ndim() == 0 || x.size(-1) != in) {
            throw new IllegalArgumentException(
                    this + ": input of shape " + x.shape() + " must end in " + in);
        }
        Tensor product = x.matmul(weight.value());
        return bias == null ? product : product.add(bias.value());
    }

    @Override
    public String toString() {
        return "Linear(" + in + ", " + out + (bias == null ? ", false)" : ")");
    }
}
