package dev.gradus.autograd;

import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Recorder;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * A function of which the tape keeps the inputs only, and which its backward pass runs again (Chen
 * et al. 2016). Its inputs are the function's arguments, then whatever else it was found to depend
 * on: parameters, and tensors that the tape has seen.
 *
 * @param arguments how many of the inputs are arguments
 * @param slots what the slots held
 * @param random the generator as it was
 */
record Checkpoint(
        Function<Tensor[], Tensor> f,
        int arguments,
        SlotsSeen slots,
        Generator random,
        CallSite calledAt)
        implements Op {

    static Tensor apply(CallSite calledAt, Function<Tensor[], Tensor> f, Tensor... x) {
        if (Tape.current() == null) {
            return checked(f.apply(x));
        }
        SlotsSeen slots = SlotsSeen.first();
        var op = new Checkpoint(f, x.length, slots, Generator.current().copy(), calledAt);
        Tensor[] arguments = Argument.of(x);
        List<Tensor> inputs = new ArrayList<>(List.of(arguments));
        Tensor result;
        try (Tape tape = Tape.inside(calledAt, slots)) {
            Tensor[] known = Arrays.stream(arguments).filter(tape::isKnown).toArray(Tensor[]::new);
            tape.track(known);
            result = checked(f.apply(arguments));
            if (!tape.hasSeen(result)) {
                return result;
            }
            result = result.detach();
            List<Tensor> leaves = tape.leaves();
            inputs.addAll(leaves.subList(known.length, leaves.size()));
            tape.leaveToOuter(result);
        }
        Recorder outside = Objects.requireNonNull(Recorder.current());
        outside.record(op, inputs.toArray(Tensor[]::new), result);
        return result;
    }

    private static Tensor checked(@Nullable Tensor result) {
        return Objects.requireNonNull(result, "checkpoint: the function gave null");
    }

    @Override
    public String name() {
        return "checkpoint";
    }

    /** The function again, with the same random numbers. */
    @Override
    public Tensor forward(Tensor... x) {
        Tensor[] arguments = Arrays.copyOf(x, this.arguments);
        Tensor[] result = new Tensor[1];
        random.copy().with(() -> result[0] = checked(f.apply(arguments)));
        return result[0];
    }

    @Override
    public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
        Tensor[] x = new Tensor[saved.inputs()];
        Arrays.setAll(x, saved::input);
        @Nullable Tensor[] grads = new @Nullable Tensor[x.length];
        try (Tape tape = Tape.inside(calledAt, slots.forAnotherRun())) {
            for (int i = 0; i < x.length; i++) {
                if (saved.needs(i)) {
                    tape.track(x[i]);
                }
            }
            Tensor y = forward(x);
            if (!y.shape().equals(g.shape()) || y.dtype() != g.dtype()) {
                throw new IllegalStateException(
                        "the function made "
                                + g.dtype()
                                + " of shape "
                                + g.shape()
                                + " at first, and "
                                + y.dtype()
                                + " of shape "
                                + y.shape()
                                + " when it ran again; it must do the same each time");
            }
            if (tape.hasSeen(y)) {
                Gradients gradients = tape.gradients(y, g);
                Arrays.setAll(grads, i -> saved.needs(i) ? gradients.orNull(x[i]) : null);
            }
        }
        return grads;
    }
}
