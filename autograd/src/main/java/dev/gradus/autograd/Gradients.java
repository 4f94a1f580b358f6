package dev.gradus.autograd;

import dev.gradus.expr.Expr;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Gradients by watched tensors and by parameters. They belong to the tape that gave them, as does
 * what is computed from them while it is open; {@link #keep} makes a copy that outlives it, which
 * is how gradients are accumulated over several tapes:
 *
 * <pre>{@code
 * total = total.add(tape.gradients(loss)).keep();
 * }</pre>
 */
public final class Gradients {
    /** How many numbers one kernel adds up. */
    private static final int MOST_TERMS = 15;

    private static final Expr SQUARE = Expr.in(0).square();

    private static final Expr PRODUCT = Expr.in(0).mul(Expr.in(1));

    /** Of a norm, which may be 0. */
    private static final Expr RECIPROCAL = Expr.ONE.div(Expr.in(0).add(1e-6));

    /** In the order in which the tape met them, so sums are reproducible. */
    private record Entry(@Nullable Parameter parameter, Tensor tensor, @Nullable Tensor gradient) {
        /** What stays the same from tape to tape. */
        Object by() {
            return parameter != null ? parameter : tensor;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final IdentityIndex<Entry> index = new IdentityIndex<>();

    Gradients() {}

    /** No gradients yet: where a sum over several tapes starts. */
    public static Gradients none() {
        return new Gradients();
    }

    /**
     * The gradient of a scalar function at x, of x's shape: zeros if the function does not depend
     * on its argument.
     *
     * <pre>{@code
     * Tensor slope = Gradients.of(x -> x.square().sum(), Tensor.of(1.0, 2)); // [2, 4]
     * }</pre>
     *
     * <p>It is that by the argument: where the function reads x in another way, or a {@link
     * Parameter}, that is a constant. With a tape open it is recorded, and can be differentiated
     * again; without one it is nobody's, and as layers are in use ({@link Mode#EVAL}) what is
     * differentiated is the function that x would be given to here. {@link Autograd} has more of
     * this form.
     *
     * @throws IllegalArgumentException if x is of an integer type, or the result is no floating
     *     scalar
     */
    public static Tensor of(UnaryOperator<Tensor> f, Tensor x) {
        return Functions.gradients("Gradients.of", t -> f.apply(t[0]), x).get(1);
    }

    /**
     * The gradients of a scalar function of several tensors by each of them, in their order; see
     * {@link #of(UnaryOperator, Tensor)}.
     */
    @SuppressWarnings(
            "overloads") // a lambda of an array and one of a tensor differ by their bodies
    public static List<Tensor> of(Function<Tensor[], Tensor> f, Tensor... x) {
        List<Tensor> all = Functions.gradients("Gradients.of", f, x);
        return all.subList(1, all.size());
    }

    /** A parameter's gradient can be asked for by the parameter, and by the tensor it held. */
    void put(@Nullable Parameter parameter, Tensor tensor, @Nullable Tensor gradient) {
        var entry = new Entry(parameter, tensor, gradient);
        Entry known = index.get(entry.by());
        if (known == null) {
            entries.add(entry);
        } else {
            // It was updated while the tape was open: its newest value counts.
            entries.set(entries.indexOf(known), entry);
        }
        index.put(entry.by(), entry);
    }

    /**
     * The gradient by a watched tensor, of its shape; zeros if the result does not depend on it.
     *
     * @throws IllegalArgumentException if the tape did not watch it
     */
    public Tensor of(Tensor watched) {
        return orZeros(watched);
    }

    /**
     * The gradient by a parameter, of its shape; zeros if the result does not depend on it.
     *
     * @throws IllegalArgumentException if it was not used while the tape was open, or is frozen
     */
    public Tensor of(Parameter parameter) {
        return orZeros(parameter);
    }

    private Tensor orZeros(Object by) {
        Entry entry = find(by);
        if (entry == null) {
            throw new IllegalArgumentException(
                    "no gradient by "
                            + (by instanceof Tensor t
                                    ? "this tensor of shape "
                                            + t.shape()
                                            + ": it was not watched while the tape was open;"
                                            + " Tape.watch(x) opens a tape that watches x,"
                                            + " tape.track(x) adds it to one"
                                    : "the parameter "
                                            + ((Parameter) by).name()
                                            + ": it was not used, and not frozen, while the tape"
                                            + " was open"));
        }
        return entry.gradient != null ? entry.gradient : entry.tensor.zerosLike();
    }

    /** The gradient by a watched tensor; null if the result does not depend on it. */
    @Nullable Tensor orNull(Tensor watched) {
        Entry entry = find(watched);
        return entry == null ? null : entry.gradient;
    }

    private @Nullable Entry find(Object by) {
        Entry known = index.get(by);
        for (int i = 0; known == null && i < entries.size(); i++) {
            known = entries.get(i).tensor == by ? entries.get(i) : null; // a parameter's
        }
        return known;
    }

    /** Whether the result depends on a parameter. */
    public boolean has(Parameter parameter) {
        Entry entry = index.get(parameter);
        return entry != null && entry.gradient != null;
    }

    /** The sum, entry by entry; what only one of them has stays as it is. */
    public Gradients add(Gradients other) {
        var sum = new Gradients();
        for (Entry e : entries) {
            Entry found = other.index.get(e.by());
            Tensor theirs = found == null ? null : found.gradient;
            sum.put(e.parameter, e.tensor, plus(e.gradient, theirs));
        }
        for (Entry e : other.entries) {
            if (index.get(e.by()) == null) {
                sum.put(e.parameter, e.tensor, e.gradient);
            }
        }
        return sum;
    }

    private static @Nullable Tensor plus(@Nullable Tensor a, @Nullable Tensor b) {
        return a == null ? b : b == null ? a : owned(a.add(b));
    }

    /** All of them times a number. */
    public Gradients scale(double factor) {
        return each(t -> owned(t.mul(factor)));
    }

    /** All of them times a scalar tensor. */
    public Gradients scale(Tensor factor) {
        return each(t -> owned(t.mul(factor)));
    }

    /** A copy that no tape owns. */
    public Gradients keep() {
        return each(Tensor::keep);
    }

    /** The L2 norm of all of them as one vector: √Σ g², a scalar tensor. */
    public Tensor norm() {
        List<Tensor> squares = new ArrayList<>();
        for (Entry e : entries) {
            if (e.gradient != null) {
                squares.add(owned(Tensor.sum("norm", SQUARE, new int[0], false, e.gradient)));
            }
        }
        if (squares.isEmpty()) {
            throw new IllegalStateException("norm: there is no gradient");
        }
        // Numbers one by one would be a launch each.
        Tensor sum = squares.getFirst();
        for (int from = 1; from < squares.size(); from += MOST_TERMS) {
            int end = Math.min(squares.size(), from + MOST_TERMS);
            List<Tensor> terms = new ArrayList<>(List.of(sum));
            terms.addAll(squares.subList(from, end));
            Expr total = Expr.in(0);
            for (int i = 1; i < terms.size(); i++) {
                total = total.add(Expr.in(i));
            }
            sum = owned(Tensor.map("norm", total, terms.toArray(Tensor[]::new)));
        }
        return owned(sum.sqrt());
    }

    /**
     * Each element held within −limit … limit; NaN stays NaN (PyTorch's {@code clip_grad_value_}).
     *
     * @param limit at least 0
     */
    public Gradients clipValue(double limit) {
        checkLimit("clipValue", limit);
        return each(t -> owned(t.clip(-limit, limit)));
    }

    /**
     * All of them scaled down together, such that their {@link #norm} is at most the limit: times
     * limit/(norm + 1e-6), or 1 if that is above 1 (PyTorch's {@code clip_grad_norm_}). No number
     * is read from the device, so nothing waits.
     *
     * <p>If an element is infinite the finite ones become 0 and it NaN; if one is NaN, all do.
     *
     * <p>All gradients count, those of tensors that a tape watched too.
     *
     * @param limit at least 0
     */
    public Gradients clipNorm(double limit) {
        checkLimit("clipNorm", limit);
        if (entries.stream().allMatch(e -> e.gradient == null)) {
            return this;
        }
        Tensor inverse = owned(Tensor.map("clipNorm", RECIPROCAL, norm()));
        Tensor factor = owned(owned(inverse.mul(limit)).clip(0, 1));
        return scaledBy(factor);
    }

    /** Computed from gradients inside a tape it is the tape's to give back, as they are. */
    private static Tensor owned(Tensor computed) {
        Tape tape = Tape.current();
        return tape == null ? computed : tape.own(computed);
    }

    /** As one call for all. */
    private Gradients scaledBy(Tensor factor) {
        List<Tensor[]> groups = new ArrayList<>();
        for (Entry e : entries) {
            if (e.gradient != null) {
                groups.add(new Tensor[] {e.gradient, owned(factor.to(e.gradient.dtype()))});
            }
        }
        Tensor[] scaled = Op.mapEach("scale", PRODUCT, groups.toArray(Tensor[][]::new));
        var next = Arrays.asList(scaled).iterator();
        return each(t -> owned(next.next()));
    }

    private static void checkLimit(String name, double limit) {
        if (!(limit >= 0)) {
            throw new IllegalArgumentException(
                    name + ": the limit must be a number at least 0, not " + limit);
        }
    }

    private Gradients each(UnaryOperator<Tensor> f) {
        var result = new Gradients();
        for (Entry e : entries) {
            result.put(e.parameter, e.tensor, e.gradient == null ? null : f.apply(e.gradient));
        }
        return result;
    }
}
