package dev.gradus.autograd;

import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import java.util.Arrays;

/**
 * A function's argument as a tensor of its own: so the gradient by it is that by the argument, also
 * where the function reaches the same tensor in another way, or gets it twice.
 */
record Argument() implements Op {
    private static final Op ARGUMENT = new Argument();

    static Tensor[] of(Tensor... x) {
        return Arrays.stream(x).map(t -> Op.apply(ARGUMENT, t)).toArray(Tensor[]::new);
    }

    @Override
    public String name() {
        return "argument";
    }

    @Override
    public Tensor forward(Tensor... x) {
        return x[0];
    }

    @Override
    public Tensor[] vjp(Saved saved, Tensor g) {
        return new Tensor[] {g};
    }
}
