package dev.gradus.autograd;

import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gradients by watched tensors and by parameters. They belong to the tape that gave them; {@link
 * #keep} makes a copy that outlives it, which is how gradients are accumulated over several tapes:
 *
 * <pre>{@code
 * total = total.add(tape.gradients(loss)).keep();
 * }</pre>
 */
public final class Gradients {
    /** In the order in which the tape met them, so sums are reproducible. */
    private record Entry(@Nullable Parameter parameter, Tensor tensor, @Nullable Tensor gradient) {
        /** What stays the same from tape to tape. */
        Object by() {
            return parameter != null ? parameter : tensor;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Map<Object, Integer> index = new IdentityHashMap<>();

    Gradients() {}

    /** No gradients yet: where a sum over several tapes starts. */
    public static Gradients none() {
        return new Gradients();
    }

    /** A parameter's gradient can be asked for by the parameter, and by the tensor it held. */
    void put(@Nullable Parameter parameter, Tensor tensor, @Nullable Tensor gradient) {
        Integer known = parameter == null ? null : index.get(parameter);
        int at = known == null ? entries.size() : known;
        if (known == null) {
            entries.add(new Entry(parameter, tensor, gradient));
        } else {
            // It was updated while the tape was open: its newest value counts.
            index.remove(entries.get(at).tensor);
            entries.set(at, new Entry(parameter, tensor, gradient));
        }
        index.put(tensor, at);
        if (parameter != null) {
            index.put(parameter, at);
        }
    }

    /**
     * The gradient by a watched tensor, of its shape; zeros if the result does not depend on it.
     *
     * @throws IllegalArgumentException if the tape did not watch it
     */
    public Tensor of(Tensor watched) {
        return orZeros(watched, "this tensor of shape " + watched.shape(), "watched");
    }

    /**
     * The gradient by a parameter, of its shape; zeros if the result does not depend on it.
     *
     * @throws IllegalArgumentException if it was not used while the tape was open, or is frozen
     */
    public Tensor of(Parameter parameter) {
        return orZeros(parameter, "the parameter " + parameter.name(), "used, and not frozen,");
    }

    private Tensor orZeros(Object by, String what, String needed) {
        Integer at = index.get(by);
        if (at == null) {
            throw new IllegalArgumentException(
                    "no gradient by "
                            + what
                            + ": it was not "
                            + needed
                            + " while the tape was open"
                            + (by instanceof Tensor
                                    ? "; Tape.watch(x) opens a tape that watches x, tape.track(x)"
                                            + " adds it to one"
                                    : ""));
        }
        Entry entry = entries.get(at);
        return entry.gradient != null ? entry.gradient : entry.tensor.zerosLike();
    }

    /** Whether the result depends on a parameter. */
    public boolean has(Parameter parameter) {
        Integer at = index.get(parameter);
        return at != null && entries.get(at).gradient != null;
    }

    /** The sum, entry by entry; what only one of them has stays as it is. */
    public Gradients add(Gradients other) {
        var sum = new Gradients();
        for (Entry e : entries) {
            Integer at = other.index.get(e.by());
            Tensor theirs = at == null ? null : other.entries.get(at).gradient;
            sum.put(e.parameter, e.tensor, plus(e.gradient, theirs));
        }
        for (Entry e : other.entries) {
            if (!index.containsKey(e.by())) {
                sum.put(e.parameter, e.tensor, e.gradient);
            }
        }
        return sum;
    }

    private static @Nullable Tensor plus(@Nullable Tensor a, @Nullable Tensor b) {
        return a == null ? b : b == null ? a : a.add(b);
    }

    /** All of them times a number. */
    public Gradients scale(double factor) {
        return each(t -> t.mul(factor));
    }

    /** All of them times a scalar tensor. */
    public Gradients scale(Tensor factor) {
        return each(t -> t.mul(factor));
    }

    /** A copy that no tape owns. */
    public Gradients keep() {
        return each(Tensor::keep);
    }

    /** The L2 norm of all of them as one vector: √Σ g², a scalar tensor. */
    public Tensor norm() {
        Tensor sum = null;
        for (Entry e : entries) {
            if (e.gradient != null) {
                Tensor squares = e.gradient.square().sum();
                sum = sum == null ? squares : sum.add(squares);
            }
        }
        if (sum == null) {
            throw new IllegalStateException("norm: there is no gradient");
        }
        return sum.sqrt();
    }

    private Gradients each(java.util.function.UnaryOperator<Tensor> f) {
        var result = new Gradients();
        for (Entry e : entries) {
            result.put(e.parameter, e.tensor, e.gradient == null ? null : f.apply(e.gradient));
        }
        return result;
    }
}
