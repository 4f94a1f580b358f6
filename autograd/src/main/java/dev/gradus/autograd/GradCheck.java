package dev.gradus.autograd;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import java.util.function.Function;

/**
 * Compares gradients with central differences, in FLOAT64 along random directions: for a function
 * f, a random cotangent s and a random direction v, the tape's ⟨∇⟨s, f(x)⟩, v⟩ must equal (⟨s, f(x
 * + hv)⟩ − ⟨s, f(x − hv)⟩) / 2h. One number checks the whole Jacobian.
 */
public final class GradCheck {
    private static final double STEP = 1e-5;

    private GradCheck() {}

    /**
     * Checks first and second derivatives.
     *
     * @param f of any number of tensors, differentiable in a neighbourhood of them
     * @param x where; integer tensors are passed on as they are
     * @throws IllegalStateException if they differ; the message has both numbers
     */
    public static void check(Function<Tensor[], Tensor> f, Tensor... x) {
        check(2, 1e-6, f, x);
    }

    /**
     * Checks derivatives up to an order.
     *
     * @param order 1 or 2
     * @param tolerance of |difference| / (1 + |value|), for the first order; 100 times that for the
     *     second
     */
    public static void check(
            int order, double tolerance, Function<Tensor[], Tensor> f, Tensor... x) {
        Tensor[] at = new Tensor[x.length];
        for (int i = 0; i < x.length; i++) {
            at[i] = x[i].dtype().isFloating() ? x[i].to(DType.FLOAT64).keep() : x[i];
        }
        Generator random = new Generator(1);
        Tensor y = f.apply(at);
        Tensor seed = like(random, y);
        Tensor[] direction = directions(random, at);
        Function<Tensor[], Tensor> scalar = z -> f.apply(z).mul(seed).sum();
        compare("first", tolerance, scalar, at, direction);
        if (order > 1) {
            Tensor[] inner = directions(random, at);
            Function<Tensor[], Tensor> derivative = z -> along(scalar, z, inner);
            compare("second", 100 * tolerance, derivative, at, direction);
        }
    }

    private static void compare(
            String order,
            double tolerance,
            Function<Tensor[], Tensor> f,
            Tensor[] x,
            Tensor[] direction) {
        double exact = value(z -> along(f, z, direction), x);
        double numeric =
                (value(f, moved(x, direction, STEP)) - value(f, moved(x, direction, -STEP)))
                        / (2 * STEP);
        if (!(Math.abs(exact - numeric) <= tolerance * (1 + Math.abs(numeric)))) {
            throw new IllegalStateException(
                    "the "
                            + order
                            + " derivative is wrong: the tape says "
                            + exact
                            + ", differences say "
                            + numeric);
        }
    }

    /** A scalar function's value; the tape gives back what was needed on the way. */
    private static double value(Function<Tensor[], Tensor> f, Tensor[] x) {
        try (Tape _ = Tape.nested(floating(x))) {
            return f.apply(x).item();
        }
    }

    /** The directional derivative of a scalar function, recorded by the tape outside. */
    private static Tensor along(Function<Tensor[], Tensor> f, Tensor[] x, Tensor[] direction) {
        try (Tape tape = Tape.nested(floating(x))) {
            Tensor y = f.apply(x);
            Tensor sum = y.zerosLike();
            if (tape.hasSeen(y)) {
                Gradients gradients = tape.gradients(y);
                for (int i = 0; i < x.length; i++) {
                    if (x[i].dtype().isFloating()) {
                        sum = sum.add(gradients.of(x[i]).mul(direction[i]).sum());
                    }
                }
            }
            return sum;
        }
    }

    private static Tensor[] floating(Tensor[] x) {
        return java.util.Arrays.stream(x)
                .filter(t -> t.dtype().isFloating())
                .toArray(Tensor[]::new);
    }

    private static Tensor[] directions(Generator random, Tensor[] x) {
        return java.util.Arrays.stream(x).map(t -> like(random, t)).toArray(Tensor[]::new);
    }

    private static Tensor like(Generator random, Tensor t) {
        return random.randn(t.shape().toArray()).to(t.backend()).to(t.dtype());
    }

    private static Tensor[] moved(Tensor[] x, Tensor[] direction, double step) {
        Tensor[] to = new Tensor[x.length];
        for (int i = 0; i < x.length; i++) {
            to[i] = x[i].dtype().isFloating() ? x[i].add(direction[i].mul(step)) : x[i];
        }
        return to;
    }
}
