package dev.gradus.backend;

import dev.gradus.shape.DType;

import org.jspecify.annotations.Nullable;

import java.util.function.Supplier;

/**
 * A run of elements in a device's memory. A backend extends it with the memory itself.
 *
 * <p>The <em>stamp</em> is raised when the contents stop meaning what they meant: the memory was
 * given back, or was written in place. A tensor remembers the stamp it saw, so that reading it
 * later is either right or an error that says why. The <em>owner</em> is what will give the memory
 * back; null stands for the garbage collector.
 */
public abstract class Buffer {
    private final DType dtype;
    private final int size;
    private int stamp;
    private Supplier<String> staleBecause = () -> "";
    private @Nullable Object owner;

    /** A buffer of {@code size} elements. */
    protected Buffer(DType dtype, int size) {
        this.dtype = dtype;
        this.size = size;
    }

    /** The type of the elements. */
    public final DType dtype() {
        return dtype;
    }

    /** The number of elements. */
    public final int size() {
        return size;
    }

    /** How often the contents changed their meaning. */
    public final int stamp() {
        return stamp;
    }

    /**
     * Makes every tensor that saw the contents stale; {@code because} says why ("was …") if asked.
     */
    public final void invalidate(Supplier<String> because) {
        staleBecause = because;
        stamp++;
    }

    /** Why the last invalidation happened. */
    public final String staleBecause() {
        return staleBecause.get();
    }

    /** What gives this memory back; null is the garbage collector. */
    public final @Nullable Object owner() {
        return owner;
    }

    /** Hands the memory to a new owner. */
    public final void setOwner(@Nullable Object owner) {
        this.owner = owner;
    }
}
