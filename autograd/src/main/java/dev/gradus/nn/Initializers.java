package dev.gradus.nn;

import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

/**
 * First values for parameters, from {@link Generator#current}: {@code
 * linear.weight().set(Initializers.xavierUniform(in, out))}.
 *
 * <p>A layer's result keeps the size of its input, on average, if the variance of its weights fits
 * the number of inputs that it adds up. {@code in} and {@code out} are the axes of a {@link
 * Linear}'s weight, {@code [in, out]}.
 */
public final class Initializers {
    private Initializers() {}

    /** Uniform between ±√(6 / in), for ReLU (He et al. 2015): {@code [in, out]}. */
    public static Tensor kaimingUniform(int in, int out) {
        double bound = Math.sqrt(6.0 / in);
        return uniform(-bound, bound, in, out);
    }

    /** Normal with deviation √(2 / in), for ReLU (He et al. 2015): {@code [in, out]}. */
    public static Tensor kaimingNormal(int in, int out) {
        return normal(0, Math.sqrt(2.0 / in), in, out);
    }

    /**
     * Uniform between ±√(6 / (in + out)), for tanh and the like (Glorot and Bengio 2010): {@code
     * [in, out]}.
     */
    public static Tensor xavierUniform(int in, int out) {
        double bound = Math.sqrt(6.0 / ((double) in + out));
        return uniform(-bound, bound, in, out);
    }

    /**
     * Normal with deviation √(2 / (in + out)), for tanh and the like (Glorot and Bengio 2010):
     * {@code [in, out]}.
     */
    public static Tensor xavierNormal(int in, int out) {
        return normal(0, Math.sqrt(2.0 / ((double) in + out)), in, out);
    }

    /** Normal with a mean and a standard deviation. */
    public static Tensor normal(double mean, double deviation, int... shape) {
        return Tensor.randn(shape).mul(deviation).add(mean);
    }

    /** Uniform in low … high. */
    public static Tensor uniform(double low, double high, int... shape) {
        return Tensor.rand(shape).mul(high - low).add(low);
    }

    /** Zeros. */
    public static Tensor zeros(int... shape) {
        return Tensor.zeros(shape);
    }
}
