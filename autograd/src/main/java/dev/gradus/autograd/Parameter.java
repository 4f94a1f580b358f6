package dev.gradus.autograd;

import dev.gradus.tensor.Tensor;

/** A trainable slot: using its value while a tape is open makes its gradient available. */
public final class Parameter extends Slot {
    private volatile boolean frozen;

    /**
     * A parameter with a copy of its first value.
     *
     * @throws IllegalArgumentException if that is of an integer type, which has no gradient
     */
    public Parameter(String name, Tensor value) {
        if (!value.dtype().isFloating()) {
            throw new IllegalArgumentException(
                    "parameter "
                            + name
                            + ": "
                            + value.dtype()
                            + " has no gradient; convert it with to(DType.FLOAT32), or write its"
                            + " numbers with a decimal point");
        }
        super(name, value);
    }

    /** The value, which this thread's open tape watches from now on, unless it is frozen. */
    @Override
    public Tensor value() {
        Tape tape = Tape.current();
        Tensor value = valueFor(tape);
        if (tape != null && !frozen) {
            tape.track(this, value);
        }
        return value;
    }

    /** From now on a constant: no gradient, no update. */
    public void freeze() {
        frozen = true;
    }

    /** Trainable again. */
    public void unfreeze() {
        frozen = false;
    }

    /** Whether it is a constant for now. */
    public boolean isFrozen() {
        return frozen;
    }
}
