package dev.gradus.autograd;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Buffer;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Recorder;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Gives back at its end the memory of what was computed while it was open, without recording
 * anything: for a model that is used and not trained.
 *
 * <pre>{@code
 * try (var scope = Scope.start()) {
 *     double[] probabilities = model.apply(x).softmax(-1).toArray();
 * }
 * }</pre>
 *
 * <p>Without one, the garbage collector gives the memory back. On a device that is late: the
 * collector sees small handles and knows nothing of the memory behind them. {@link Tensor#keep}
 * takes a copy out of a scope; values that a slot is set to are copies anyway. A tape inside a
 * scope is as always; a scope inside a tape is an error, as the tape needs what was computed.
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<CallSites> OPENINGS =
            ThreadLocal.withInitial(() -> new CallSites(Scope.class));

    private record Owned(Backend backend, Buffer buffer) {}

    private final CallSite openedAt = OPENINGS.get().next();
    private final Thread thread = Thread.currentThread();
    private final @Nullable Recorder former;
    private final Owner recorder = new Owner();
    private final List<Owned> owned = new ArrayList<>();
    private boolean closed;

    private Scope() {
        Tape tape = Tape.current();
        if (tape != null) {
            throw new IllegalStateException(
                    tape
                            + " is open in this thread, and gives back the memory itself; a scope"
                            + " belongs outside of tapes");
        }
        former = Recorder.install(recorder);
    }

    /** Opens a scope in this thread; it may be inside another one. */
    public static Scope start() {
        return new Scope();
    }

    /** Gives the memory back. Closing twice does nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (thread != Thread.currentThread()) {
            throw new IllegalStateException(
                    this
                            + " was opened by the thread "
                            + thread.getName()
                            + " and is closed there");
        }
        if (Recorder.current() != recorder) {
            throw new IllegalStateException(
                    this + " has a tape or a scope inside that is still open");
        }
        closed = true;
        Recorder.install(former);
        for (Owned o : owned) {
            o.buffer.invalidate(() -> "was given back when " + this + " closed");
            o.backend.release(o.buffer);
        }
        owned.clear();
    }

    /** As {@code the scope opened at Serve.java:12}. */
    @Override
    public String toString() {
        return "the scope opened at " + openedAt;
    }

    /** Takes the memory of every result. */
    private final class Owner extends Recorder {
        @Override
        public void record(Op op, Tensor[] inputs, Tensor result, Tensor... extras) {
            for (Tensor t : inputs) {
                if (t.view().buffer() == result.view().buffer()) {
                    return; // a view of what belongs to somebody already
                }
            }
            own(result);
            own(extras);
        }

        @Override
        public void own(Tensor... made) {
            for (Tensor t : made) {
                Buffer buffer = t.view().buffer();
                if (buffer.owner() == null) {
                    buffer.setOwner(Scope.this);
                    owned.add(new Owned(t.backend(), buffer));
                }
            }
        }

        @Override
        public boolean isNested() {
            return false;
        }

        @Override
        public boolean accepts(Object owner) {
            return owner == Scope.this || (former != null && former.accepts(owner));
        }
    }
}
