package dev.gradus.tensor;

import org.jspecify.annotations.Nullable;

/** What {@link Op#apply} tells about each operation of its thread; a tape is one. */
public abstract class Recorder {
    private static final ThreadLocal<Context> CONTEXT = ThreadLocal.withInitial(Context::new);

    /** In an operation's forward pass, whose own steps are nobody's business. */
    boolean isPaused;

    /** One thread's state. */
    private static final class Context {
        private @Nullable Recorder recorder;
    }

    /**
     * An operation was performed.
     *
     * @param extras what else it computed for its backward pass
     */
    public abstract void record(Op op, Tensor[] inputs, Tensor result, Tensor... extras);

    /** The memory of these tensors is new, and was made by no operation: it is the recorder's. */
    public abstract void own(Tensor... made);

    /**
     * Whether what is recorded may be differentiated more than once, so that a fused operation has
     * to be recorded as its parts.
     */
    public abstract boolean isNested();

    /** Whether memory with this owner may be used while this recorder is the current one. */
    public abstract boolean accepts(Object owner);

    /**
     * The values of a tensor are about to be used by something that is no operation: read into an
     * array, or copied by {@link Tensor#keep}.
     */
    public void read(String how, Tensor t) {}

    /** The current recorder of the calling thread, or null. */
    public static @Nullable Recorder current() {
        return CONTEXT.get().recorder;
    }

    /** Makes a recorder, or none, the current one of the calling thread; returns the former. */
    public static @Nullable Recorder install(@Nullable Recorder recorder) {
        Context context = CONTEXT.get();
        Recorder former = context.recorder;
        context.recorder = recorder;
        return former;
    }
}
