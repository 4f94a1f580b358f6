package dev.gradus.autograd;

import dev.gradus.backend.Backend;
import dev.gradus.expr.Program;
import dev.gradus.tensor.InPlace;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A named mutable place that holds a tensor: a parameter, a running statistic, an optimizer's
 * moment. Slots are what is saved, loaded, moved between backends and updated; tensors never
 * change.
 */
public class Slot {
    private final String name;
    private volatile Tensor value;

    /** What gives the next value, once somebody looks. */
    private volatile @Nullable Supplier<Tensor> later;

    /** A slot with a copy of a first value. */
    public Slot(String name, Tensor value) {
        this.name = name;
        this.value = value.keep();
    }

    /** What it is called where it was made, such as {@code weight}. */
    public final String name() {
        return name;
    }

    /** The tensor it holds now. An update makes this handle stale; {@link Tensor#keep} copies. */
    public Tensor value() {
        return valueFor(Tape.current());
    }

    /** What a tape of this thread, or none, sees. */
    final Tensor valueFor(@Nullable Tape tape) {
        return SlotsSeen.read(tape, this, settled());
    }

    /**
     * Holds a copy of another tensor from now on, which is thereby moved out of any tape.
     *
     * @throws IllegalArgumentException if the shape or dtype is another one
     */
    public final void set(Tensor next) {
        check(next);
        hold(next.keep());
    }

    /**
     * {@link #set} for many slots as one: copies are made for all, on each slot's own backend,
     * before the first slot changes. So either all of them hold what was given, or, where a tensor
     * does not fit or memory runs out, none.
     *
     * @throws IllegalArgumentException if a shape or dtype is another one than the slot's
     */
    public static void setAll(Map<Slot, Tensor> next) {
        Map<Slot, Tensor> copies = new LinkedHashMap<>();
        next.forEach((slot, tensor) -> {
            slot.check(tensor);
            Backend backend = slot.settled().backend();
            copies.put(slot, tensor.detach().to(backend).keep());
        });
        copies.forEach(Slot::hold);
    }

    private void hold(Tensor copy) {
        if (!SlotsSeen.write(this, settled(), copy)) {
            value = copy;
        }
    }

    /**
     * Holds a copy of what a supplier gives, which is asked when somebody looks at the slot: so
     * what changes in every step and is only looked at to be saved costs nothing, and no device
     * waits.
     *
     * @param next of this slot's shape and dtype, on any backend
     */
    public final void setLater(Supplier<Tensor> next) {
        later = next;
    }

    /** Whether nobody has looked at, or set, the slot since {@link #setLater}. */
    public final boolean isPending() {
        return later != null;
    }

    private Tensor settled() {
        Supplier<Tensor> supplier = later;
        if (supplier != null) {
            Tensor next = supplier.get();
            check(next);
            value = next.to(value.backend()).keep();
            later = null;
        }
        return value;
    }

    private void check(Tensor next) {
        if (!next.shape().equals(value.shape()) || next.dtype() != value.dtype()) {
            throw new IllegalArgumentException(
                    "slot "
                            + name
                            + " holds "
                            + value.dtype()
                            + " of shape "
                            + value.shape()
                            + ", not "
                            + next.dtype()
                            + " of shape "
                            + next.shape()
                            + (next.ndim() == 2 && next.t().shape().equals(value.shape())
                                    ? "; its t() would fit"
                                    : ""));
        }
    }

    /** Moves the tensor to another backend. */
    public final void to(Backend backend) {
        value = settled().detach().to(backend).keep();
    }

    /**
     * Overwrites slots in place, as one kernel: slot k becomes output k of a program over the
     * slots' values and then the inputs, all of one shape.
     *
     * @param because why older handles are stale, such as "was updated by Adam.step"; asked only
     *     for a message
     */
    public static void update(
            Program program,
            Slot[] slots,
            Tensor[] inputs,
            double[] scalars,
            Supplier<String> because) {
        updateEach(program, new Slot[][] {slots}, new Tensor[][] {inputs}, scalars, because);
    }

    /**
     * {@link #update} for several groups of slots, each of a shape of its own, as one call where
     * the backend has one for it; the dtype and the backend are the same for all.
     */
    public static void updateEach(
            Program program,
            Slot[][] slots,
            Tensor[][] inputs,
            double[] scalars,
            Supplier<String> because) {
        Tensor[][] targets = new Tensor[slots.length][];
        for (int g = 0; g < slots.length; g++) {
            targets[g] = new Tensor[slots[g].length];
            for (int i = 0; i < slots[g].length; i++) {
                targets[g][i] = slots[g][i].settled();
            }
        }
        IntFunction<String> whole = g -> "held `" + slots[g][0].name + "`, which " + because.get();
        Tensor[][] renewed = InPlace.updateEach(program, targets, inputs, scalars, whole);
        for (int g = 0; g < slots.length; g++) {
            for (int i = 0; i < slots[g].length; i++) {
                slots[g][i].value = renewed[g][i];
            }
        }
    }

    @Override
    public String toString() {
        return name + " " + value.shape();
    }
}
