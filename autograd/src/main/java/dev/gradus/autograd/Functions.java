package dev.gradus.autograd;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How derivatives of functions are found: each opens a tape of its own and closes it. */
final class Functions {
    private Functions() {}

    /** A function of arguments, performed on a tape of its own. */
    private record Run(Tape tape, Tensor[] x, Tensor y) {
        /** The gradient of Σ seed · y by argument i; zeros for no dependence. */
        Tensor pull(@Nullable Tensor seed, int i) {
            return tape.hasSeen(y) ? tape.gradients(y, seed).of(x[i]) : x[i].zerosLike();
        }

        List<Tensor> pullAll() {
            if (!tape.hasSeen(y)) {
                return Arrays.stream(x).map(Tensor::zerosLike).toList();
            }
            Gradients gradients = tape.gradients(y);
            return Arrays.stream(x).map(gradients::of).toList();
        }
    }

    private static CallSite caller() {
        return CallSite.outside(List.of(Functions.class, Autograd.class, Gradients.class));
    }

    /** Performs f on a tape, makes tensors from it, closes the tape. */
    private static List<Tensor> run(
            String name,
            Function<Tensor[], Tensor> f,
            Function<Run, List<Tensor>> then,
            Tensor... x) {
        for (Tensor t : x) {
            if (!t.dtype().isFloating()) {
                throw new IllegalArgumentException(
                        name
                                + ": an argument is "
                                + t.dtype()
                                + " of shape "
                                + t.shape()
                                + ", by which nothing can be differentiated; convert it with"
                                + " to(DType.FLOAT32), or let f read it without being an"
                                + " argument");
            }
        }
        boolean alone = Tape.current() == null;
        Tensor[] arguments = Argument.of(x);
        try (Tape tape = Tape.inside(caller(), null)) {
            tape.track(arguments);
            Tensor y = f.apply(arguments);
            if (y == null || !y.dtype().isFloating()) {
                throw new IllegalArgumentException(
                        name
                                + ": f gave "
                                + (y == null ? "null" : y.dtype() + " of shape " + y.shape())
                                + ", which has no derivative; it must give a floating tensor");
            }
            List<Tensor> results = then.apply(new Run(tape, arguments, y));
            return alone ? results.stream().map(Tensor::keep).toList() : results;
        }
    }

    /** The value of a scalar function, then its gradients. */
    static List<Tensor> gradients(String name, Function<Tensor[], Tensor> f, Tensor... x) {
        return run(
                name,
                f,
                run -> {
                    if (run.y.size() != 1) {
                        throw new IllegalArgumentException(
                                name
                                        + ": f gave shape "
                                        + run.y.shape()
                                        + ", not a scalar; reduce it with sum() or mean(), or use"
                                        + " Autograd.jacobian, or Autograd.vjp");
                    }
                    return Stream.concat(Stream.of(run.y), run.pullAll().stream()).toList();
                },
                x);
    }

    /** The Jacobian, a row for each element of the result. */
    static Tensor jacobian(String name, Function<Tensor, Tensor> f, Tensor x) {
        return run(
                        name,
                        t -> f.apply(t[0]),
                        run -> {
                            Tensor y = run.y;
                            Shape shape = after(y.shape(), x.shape());
                            if (!run.tape.hasSeen(y) || shape.size() == 0) {
                                return List.of(zeros(x, shape));
                            }
                            Tensor[] rows = new Tensor[y.size()];
                            for (int i = 0; i < rows.length; i++) {
                                double[] unit = new double[rows.length];
                                unit[i] = 1;
                                Tensor seed =
                                        Tensor.of(unit, y.dtype())
                                                .to(y.backend())
                                                .reshape(y.shape().toArray());
                                rows[i] = run.pull(seed, 0);
                            }
                            return List.of(Tensor.stack(0, rows).reshape(shape.toArray()));
                        },
                        x)
                .get(0);
    }

    private static Shape after(Shape a, Shape b) {
        return Shape.of(
                IntStream.concat(Arrays.stream(a.toArray()), Arrays.stream(b.toArray())).toArray());
    }

    private static Tensor zeros(Tensor like, Shape shape) {
        return Tensor.zeros(shape.toArray()).to(like.dtype()).to(like.backend());
    }

    static Tensor vjp(
            String name, String what, Function<Tensor, Tensor> f, Tensor x, Tensor cotangent) {
        return run(
                        name,
                        t -> f.apply(t[0]),
                        run -> {
                            checkLike(name, what, cotangent, "what it multiplies", run.y);
                            return List.of(run.pull(cotangent, 0));
                        },
                        x)
                .get(0);
    }

    /**
     * vjp is linear in the cotangent, so its derivative by that, along the tangent, is the jvp: two
     * reverse passes make a forward one.
     */
    static Tensor jvp(String name, Function<Tensor, Tensor> f, Tensor x, Tensor tangent) {
        checkLike(name, "the tangent", tangent, "x", x);
        boolean alone = Tape.current() == null;
        try (Tape linear = Tape.inside(caller(), null)) {
            List<Tensor> pair =
                    run(
                            name,
                            t -> f.apply(t[0]),
                            run -> {
                                Tensor u = run.y.zerosLike();
                                linear.track(u);
                                return List.of(u, run.pull(u, 0));
                            },
                            x);
            Tensor u = pair.get(0);
            Tensor pulled = pair.get(1);
            Tensor result = u;
            if (linear.hasSeen(pulled)) {
                result = linear.gradients(pulled, tangent).of(u);
            }
            return alone ? result.keep() : result;
        }
    }

    static void checkLike(String name, String what, Tensor t, String other, Tensor like) {
        if (!t.shape().equals(like.shape()) || t.dtype() != like.dtype()) {
            throw new IllegalArgumentException(
                    name
                            + ": "
                            + what
                            + " is "
                            + t.dtype()
                            + " of shape "
                            + t.shape()
                            + ", and "
                            + other
                            + " "
                            + like.dtype()
                            + " of shape "
                            + like.shape()
                            + "; they must be alike");
        }
    }
}
