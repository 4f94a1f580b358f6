package dev.gradus.autograd;

import dev.gradus.backend.Buffer;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Recorder;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

// Longer than other files: opening, recording, the backward pass and giving back belong together.

/**
 * The record of the operations executed in a thread while it is open; walked backwards it gives
 * gradients (reverse-mode automatic differentiation; Griewank and Walther, <em>Evaluating
 * Derivatives</em>). Only what depends on a watched tensor or on a {@link Parameter} is recorded.
 *
 * <pre>{@code
 * try (var tape = Tape.watch(x, y)) {
 *     Tensor loss = x.add(y).square().mean();
 *     IO.println(tape.gradients(loss).of(x));
 * }
 * }</pre>
 *
 * <p>The tape owns the memory of the results it recorded and of its backward passes: when it closes
 * they are given back, and a tensor that outlives it is stale and says so. {@link Tensor#keep} and
 * {@link Gradients#keep} take values out.
 */
public final class Tape implements AutoCloseable {
    private static final boolean ALWAYS_DETECTS_ANOMALIES = Boolean.getBoolean("gradus.anomaly");
    private static final ThreadLocal<CallSites> OPENINGS =
            ThreadLocal.withInitial(() -> new CallSites(Tape.class));

    /** Around this one: when this closes, the memory is its. */
    private final @Nullable Tape outer;

    /**
     * What else records what happens here: the tape around this one, unless this is inside its
     * backward pass, or it shall see a {@link Checkpoint} only.
     */
    private final @Nullable Tape recordedBy;

    private final @Nullable Recorder former;
    private final Mode mode;

    /** In the function of a checkpoint: what the slots hold. */
    private final @Nullable SlotsSeen slotsSeen;

    private final Thread thread = Thread.currentThread();
    private final CallSite openedAt;
    private final Recording recording = new Recording();
    private final Backward backward = new Backward(true);

    private final IdentityIndex<Node> nodes = new IdentityIndex<>();
    private final IdentityIndex<Node> parameters = new IdentityIndex<>();
    private final List<Node> order = new ArrayList<>();
    private final Memory memory = new Memory(this);
    private boolean detectsAnomalies = ALWAYS_DETECTS_ANOMALIES;
    private boolean closed;

    private Tape(Mode mode, CallSite openedAt, @Nullable SlotsSeen slotsSeen) {
        this.mode = mode;
        this.openedAt = openedAt;
        this.slotsSeen = slotsSeen;
        outer = current();
        former = Recorder.install(recording);
        recordedBy = isScratch() ? null : recorderOf(former);
        detectsAnomalies |= outer != null && outer.detectsAnomalies;
    }

    /** The tape that records what is done under a recorder: of a backward pass, the outer one. */
    private static @Nullable Tape recorderOf(@Nullable Recorder recorder) {
        return switch (recorder) {
            case Recording r -> r.tape();
            case Backward b -> b.tape().recordedBy;
            case null, default -> null;
        };
    }

    // ------------------------------------------------------------------ opening and closing

    /** Opens a tape in training mode. */
    public static Tape start() {
        return open(Mode.TRAIN, OPENINGS.get().next());
    }

    /** Opens a tape in a mode: EVAL gives gradients of a model as it is used. */
    public static Tape start(Mode mode) {
        return open(mode, OPENINGS.get().next());
    }

    /** Opens a tape and watches tensors. */
    public static Tape watch(Tensor... tensors) {
        return open(Mode.TRAIN, OPENINGS.get().next()).tracking(tensors);
    }

    /**
     * Opens a tape inside the open one, and watches tensors. The outer tape goes on recording, the
     * inner one's backward pass too, which gives derivatives of derivatives; the inner one's memory
     * passes to it.
     */
    public static Tape nested(Tensor... tensors) {
        Tape outer = current();
        Mode mode = outer == null ? Mode.TRAIN : outer.mode;
        return new Tape(mode, OPENINGS.get().next(), null).tracking(tensors);
    }

    /** {@link #nested} in the present mode, for the library's own use. */
    static Tape inside(CallSite openedAt, @Nullable SlotsSeen slotsSeen) {
        return new Tape(Mode.current(), openedAt, slotsSeen);
    }

    private static Tape open(Mode mode, CallSite openedAt) {
        Tape open = current();
        if (open != null) {
            throw new IllegalStateException(
                    "a tape is already open in this thread, since "
                            + open.openedAt
                            + ": close it first (open tapes in try-with-resources;"
                            + " Tape.current().close() ends a forgotten one), or use Tape.nested()"
                            + " if one inside the other is meant");
        }
        return new Tape(mode, openedAt, null);
    }

    private Tape tracking(Tensor... tensors) {
        try {
            track(tensors);
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The tape that is open in the calling thread, or null. */
    public static @Nullable Tape current() {
        return switch (Recorder.current()) {
            case Recording r -> r.tape();
            case Backward b -> b.tape();
            case null, default -> null;
        };
    }

    /** Whether layers train while this is open. */
    public Mode mode() {
        return mode;
    }

    /**
     * From now on fails with an {@link ArithmeticException} when the result of a recorded operation
     * or a gradient becomes NaN or infinite, and names the line of the program that performed the
     * operation. Slow: every number is looked at. {@code -Dgradus.anomaly=true} does the same for
     * all tapes of a program.
     *
     * @return this tape, as in {@code try (var tape = Tape.start().detectAnomalies())}
     */
    public Tape detectAnomalies() {
        checkUsable();
        detectsAnomalies = true;
        return this;
    }

    /**
     * The most bytes that this tape owned at once: recorded results and what backward passes made.
     * Parameters, their gradients' sums over several tapes and the optimizer's state come on top.
     */
    public long peakBytes() {
        return memory.peak();
    }

    /** Watches more tensors, so that gradients by them can be asked for. */
    public void track(Tensor... tensors) {
        checkUsable();
        for (Tensor t : tensors) {
            node(t).watched = true;
        }
    }

    /** The value of a parameter is used: its gradient will be asked for. */
    void track(Parameter parameter, Tensor value) {
        Node node = parameters.get(parameter);
        if (node == null || node.tensor != value) {
            node = node(value);
            node.parameter = parameter;
            parameters.put(parameter, node);
        }
        Tape other = isScratch() ? recorderOf(former) : recordedBy;
        if (other != null) {
            other.track(parameter, value);
        }
    }

    private Node node(Tensor t) {
        if (!t.dtype().isFloating()) {
            throw new IllegalArgumentException(
                    "a tensor of "
                            + t.dtype()
                            + ", shape "
                            + t.shape()
                            + ", has no gradient; convert it with to(DType.FLOAT32) first");
        }
        Node known = nodes.get(t);
        if (known != null) {
            return known;
        }
        Node leaf = new Node(t, null, new Tensor[0], new @Nullable Node[0]);
        nodes.put(t, leaf);
        order.add(leaf);
        return leaf;
    }

    /** Gives back the memory, or hands it to the outer tape. Closing twice does nothing. */
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
        if (Recorder.current() != recording) {
            throw new IllegalStateException(
                    this + " has a tape inside that is still open: " + current());
        }
        closed = true;
        Recorder.install(former);
        memory.close(
                outer == null || isScratch() ? null : outer.memory, former instanceof Backward);
        nodes.clear();
        parameters.clear();
        order.clear();
    }

    private void checkUsable() {
        if (closed) {
            throw new IllegalStateException(
                    this + " is closed; what it is asked for belongs inside its try block");
        }
        if (thread != Thread.currentThread()) {
            throw new IllegalStateException(
                    this
                            + " belongs to the thread "
                            + thread.getName()
                            + ", not to "
                            + Thread.currentThread().getName());
        }
    }

    /** As {@code the tape opened at Train.java:12}. */
    @Override
    public String toString() {
        return "the tape opened at " + openedAt;
    }

    // ------------------------------------------------------------------ checkpoints

    /**
     * Whether this only finds out what a checkpoint depends on, and gives back what is made in
     * between.
     */
    private boolean isScratch() {
        return slotsSeen != null && !slotsSeen.again();
    }

    /** Whether a tape that records here, or outside of a checkpoint, has seen a tensor. */
    boolean isKnown(Tensor t) {
        Tape other = isScratch() ? recorderOf(former) : recordedBy;
        return nodes.get(t) != null || (other != null && other.isKnown(t));
    }

    /** What was watched, used or found to be known outside, in this order. */
    List<Tensor> leaves() {
        return order.stream().filter(n -> n.op == null).map(n -> n.tensor).toList();
    }

    /** Leaves the memory of a result to the tape outside; the rest is given back at the end. */
    void leaveToOuter(Tensor result) {
        if (outer != null) {
            memory.leave(result, outer.memory, former instanceof Backward);
        }
    }

    @Nullable Tape outer() {
        return outer;
    }

    @Nullable SlotsSeen slotsSeen() {
        return slotsSeen;
    }

    // ------------------------------------------------------------------ recording

    /**
     * Takes the memory of a result, unless it is that of an input (a view), or is taken already.
     */
    private void ownResult(boolean temporary, Tensor result, Tensor... inputs) {
        Buffer buffer = result.view().buffer();
        for (Tensor t : inputs) {
            if (t.view().buffer() == buffer) {
                return;
            }
        }
        memory.own(result, temporary);
    }

    private boolean isThisOrOuter(Object owner) {
        Tape owning = Memory.tapeOf(owner);
        Tape outermost = this;
        for (Tape t = this; t != null; t = t.outer) {
            if (t == owning) {
                return true;
            }
            outermost = t;
        }
        // A scope may be around them all.
        return outermost.former != null && outermost.former.accepts(owner);
    }

    /** The forward pass. */
    private final class Recording extends Recorder {
        Tape tape() {
            return Tape.this;
        }

        @Override
        public void record(Op op, Tensor[] inputs, Tensor result, Tensor... extras) {
            @Nullable Node[] from = null;
            for (int i = 0; i < inputs.length; i++) {
                Node node = nodes.get(inputs[i]);
                if (node == null && isScratch() && isKnown(inputs[i])) {
                    node = node(inputs[i]);
                }
                if (node != null) {
                    from = from == null ? new @Nullable Node[inputs.length] : from;
                    from[i] = node;
                }
            }
            if (from != null && result.dtype().isFloating()) {
                ownResult(false, result, inputs);
                own(extras);
                Node node = new Node(result, op, inputs, from, extras);
                nodes.put(result, node);
                order.add(node);
                if (detectsAnomalies) {
                    node.line = CallSite.ofUser();
                    Anomaly.checkResult(op, node.line, inputs, result);
                }
            }
            if (recordedBy != null) {
                recordedBy.recording.record(op, inputs, result, extras);
            }
        }

        @Override
        public void own(Tensor... made) {
            for (Tensor t : made) {
                memory.own(t, false);
            }
        }

        @Override
        public boolean isNested() {
            return isScratch() ? former != null && former.isNested() : recordedBy != null;
        }

        @Override
        public boolean accepts(Object owner) {
            return isThisOrOuter(owner);
        }
    }

    /** Takes a tensor's memory, to give it back with the rest, unless it has an owner. */
    Tensor own(Tensor t) {
        memory.own(t, false);
        return t;
    }

    /** A backward pass: this tape owns its memory, outer ones record it. */
    private final class Backward extends Recorder {
        private final boolean tellsOuter;

        /** One that is not told to outer tapes leaves no trace. */
        Backward(boolean tellsOuter) {
            this.tellsOuter = tellsOuter;
        }

        Tape tape() {
            return Tape.this;
        }

        @Override
        public void record(Op op, Tensor[] inputs, Tensor result, Tensor... extras) {
            ownResult(true, result, inputs);
            own(extras);
            if (tellsOuter && recordedBy != null) {
                recordedBy.recording.record(op, inputs, result, extras);
            }
        }

        @Override
        public void own(Tensor... made) {
            for (Tensor t : made) {
                memory.own(t, true);
            }
        }

        @Override
        public boolean isNested() {
            return recordedBy != null;
        }

        @Override
        public boolean accepts(Object owner) {
            return isThisOrOuter(owner);
        }
    }

    // ------------------------------------------------------------------ gradients

    /** Whether a tensor is watched, or depends on something that is. */
    public boolean hasSeen(Tensor t) {
        return nodes.get(t) != null;
    }

    /**
     * The gradients of a scalar by everything watched and every parameter used. May be asked
     * several times until the tape closes.
     *
     * @throws IllegalArgumentException if y has more than one element, is not of a floating type,
     *     or depends on nothing that the tape watches
     */
    public Gradients gradients(Tensor y) {
        checkScalar("gradients", y, ", or give the cotangent it starts from: gradients(y, seed)");
        return gradients(y, null);
    }

    private static void checkScalar(String name, Tensor y, String orElse) {
        if (y.size() != 1) {
            throw new IllegalArgumentException(
                    name
                            + ": shape "
                            + y.shape()
                            + " is not a scalar; reduce it with sum() or mean()"
                            + orElse);
        }
    }

    /**
     * The vector-Jacobian product: the gradients of Σ seed · y.
     *
     * @param seed of y's shape and dtype; null stands for ones
     */
    public Gradients gradients(Tensor y, @Nullable Tensor seed) {
        if (seed != null && (!seed.shape().equals(y.shape()) || seed.dtype() != y.dtype())) {
            throw new IllegalArgumentException(
                    "gradients: the seed is "
                            + seed.dtype()
                            + " of shape "
                            + seed.shape()
                            + ", and y "
                            + y.dtype()
                            + " of shape "
                            + y.shape()
                            + "; they must be alike");
        }
        return walk("gradients", y, seed, backward, (node, g) -> {}, root -> collect());
    }

    /**
     * Walks back from y.
     *
     * @param during is told what the walk computes
     * @param visitor is shown each node with its cotangent
     * @param afterwards makes the result, before cotangents are forgotten
     */
    private <T> T walk(
            String name,
            Tensor y,
            @Nullable Tensor seed,
            Backward during,
            BiConsumer<Node, Tensor> visitor,
            Function<Node, T> afterwards) {
        checkUsable();
        if (Recorder.current() != recording) {
            throw new IllegalStateException(
                    this
                            + " has a tape inside that is still open; close that one first: "
                            + current());
        }
        Node root = nodes.get(y);
        if (root == null) {
            throw new IllegalArgumentException(
                    name
                            + ": "
                            + this
                            + " has not seen this tensor of shape "
                            + y.shape()
                            + (y.dtype().isFloating()
                                    ? ": it does not depend on a watched tensor or a parameter,"
                                            + " or was computed outside; Tape.watch(x) opens a"
                                            + " tape that watches x"
                                    : ": a tensor of " + y.dtype() + " has no gradient"));
        }
        Recorder before = Recorder.install(during);
        try {
            Tensor start = seed;
            if (start == null) {
                start = y.onesLike();
                memory.own(start, true);
            }
            boolean givesBack = recordedBy == null || !during.tellsOuter;
            new BackwardPass(memory, givesBack, detectsAnomalies, visitor).run(order, root, start);
            return afterwards.apply(root);
        } finally {
            order.forEach(n -> n.cotangent = null);
            Recorder.install(before);
        }
    }

    private Gradients collect() {
        var gradients = new Gradients();
        for (Node node : order) {
            if (node.isAskedFor()) {
                gradients.put(node.parameter, node.tensor, node.cotangent);
            }
        }
        return gradients;
    }

    // ------------------------------------------------------------------ looking at it

    /** Everything recorded so far, with copies of the values, and no gradients. */
    public TapeGraph graph() {
        checkUsable();
        return GraphMaker.of(order, Map.of());
    }

    /**
     * What a scalar was computed from, with copies of all values and of the scalar's gradient by
     * each of them, intermediate results too. Makes a backward pass of its own, which leaves no
     * trace on this tape, nor on outer ones. To look at: the copies double the memory.
     *
     * @throws IllegalArgumentException if y has more than one element, is not of a floating type,
     *     or depends on nothing that the tape watches
     */
    public TapeGraph graph(Tensor y) {
        checkScalar("graph", y, "; graph() has any result, without gradients");
        Map<Node, Tensor> gradients = new IdentityHashMap<>();
        return walk(
                "graph",
                y,
                null,
                new Backward(false),
                (node, g) -> gradients.put(node, g.keep()),
                root -> {
                    for (Node node : order) {
                        if (node.cotangent != null) {
                            memory.drop(node.cotangent);
                        }
                    }
                    memory.compact(0);
                    return GraphMaker.of(GraphMaker.leadingTo(root, order), gradients);
                });
    }
}
