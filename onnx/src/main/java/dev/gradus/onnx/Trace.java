package dev.gradus.onnx;

import static java.util.Collections.newSetFromMap;

import dev.gradus.autograd.Slot;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.View;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Primitive;
import dev.gradus.tensor.Recorder;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * One run of a model without a tape, thus as it is used: each operation that depends on an input or
 * a slot, as data. What depends on neither is a constant.
 */
final class Trace extends Recorder {
    /** Where a value comes from. */
    sealed interface Source {
        record Input(int index) implements Source {}

        record Stored(String path) implements Source {}

        record Constant() implements Source {}

        record Result(int step) implements Source {}
    }

    /** A tensor that the model read or made. */
    record Value(Source source, Tensor tensor, boolean dependsOnInput) {}

    /**
     * An operation that the model performed.
     *
     * @param name the operation's
     * @param place the line that performed it
     * @param inputs which values it read
     */
    record Step(Primitive does, String name, Place place, List<Integer> inputs, int result) {
        /** As {@code matmul at Linear.java:82}. */
        @Override
        public String toString() {
            return name + " at " + place;
        }
    }

    /** A line of a program, in which class. */
    record Place(String type, String line) {
        private static final StackWalker WALKER =
                StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
        private static final Set<String> BENEATH =
                Set.of("dev.gradus.tensor", "dev.gradus.autograd");

        /** The innermost one of a layer or a user. */
        static Place now() {
            return WALKER.walk(frames ->
                    frames.dropWhile(f -> isBeneath(f.getDeclaringClass()))
                            .findFirst()
                            .map(f ->
                                    new Place(
                                            f.getDeclaringClass().getSimpleName(),
                                            f.getFileName() + ":" + f.getLineNumber()))
                            .orElseThrow());
        }

        private static boolean isBeneath(Class<?> type) {
            return List.of(Trace.class, Place.class, Onnx.class).contains(type)
                    || type.getPackageName().startsWith("java.")
                    || type.getPackageName().startsWith("jdk.")
                    || BENEATH.contains(type.getPackageName());
        }

        @Override
        public String toString() {
            return line;
        }
    }

    private final List<Value> values = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Map<View, Integer> ids = new IdentityHashMap<>();

    /** Memory whose contents depend on an input. */
    private final Set<Buffer> dependent = newSetFromMap(new IdentityHashMap<>());

    private @Nullable Recorder former;
    private int result;

    private Trace() {}

    /** Runs a model on tensors that nobody else has. */
    static Trace of(Map<String, Slot> slots, Tensor[] inputs, Function<Tensor[], Tensor> model) {
        var trace = new Trace();
        trace.former = Recorder.install(trace);
        try {
            slots.forEach(
                    (path, slot) -> trace.addOnce(new Source.Stored(path), slot.value(), false));
            for (int i = 0; i < inputs.length; i++) {
                trace.add(new Source.Input(i), inputs[i], true);
            }
            Tensor y = Objects.requireNonNull(model.apply(inputs), "onnx: the model gave null");
            trace.result = trace.idOf("the model", y);
        } finally {
            Recorder.install(trace.former);
        }
        return trace;
    }

    List<Value> values() {
        return values;
    }

    List<Step> steps() {
        return steps;
    }

    /** Which value the model gave. */
    int result() {
        return result;
    }

    private void addOnce(Source source, Tensor t, boolean dependsOnInput) {
        if (!ids.containsKey(t.view())) { // one slot under two paths
            add(source, t, dependsOnInput);
        }
    }

    private int add(Source source, Tensor t, boolean dependsOnInput) {
        values.add(new Value(source, t, dependsOnInput));
        alias(t, values.size() - 1);
        return values.size() - 1;
    }

    /** A tensor that is a value; a detached one has its view. */
    private void alias(Tensor t, int id) {
        ids.put(t.view(), id);
        if (values.get(id).dependsOnInput()) {
            dependent.add(t.view().buffer());
        }
    }

    private int idOf(String reader, Tensor t) {
        Integer id = ids.get(t.view());
        if (id != null) {
            return id;
        }
        if (dependent.contains(t.view().buffer())) {
            throw new IllegalStateException(
                    "onnx: "
                            + reader
                            + " reads a tensor of shape "
                            + t.shape()
                            + " that no operation made of the model's input");
        }
        return add(new Source.Constant(), t, false);
    }

    @Override
    public void record(Op op, Tensor[] inputs, Tensor made, Tensor... extras) {
        boolean isConstant = true;
        for (Tensor t : inputs) {
            Integer id = ids.get(t.view());
            boolean isLeaf = id == null || values.get(id).source() instanceof Source.Constant;
            isConstant &= isLeaf && !dependent.contains(t.view().buffer());
        }
        if (isConstant) {
            return;
        }
        Primitive does = Primitive.of(op);
        if (does == null) {
            Integer id = ids.get(Primitive.byParts(op, inputs).view());
            if (id == null) {
                throw new IllegalArgumentException(
                        "onnx: "
                                + op.name()
                                + " at "
                                + Place.now()
                                + " cannot be exported: it is random, or not made of tensor"
                                + " operations that a file can hold. Write it as such, or leave it"
                                + " out of the exported model");
            }
            alias(made, id);
            return;
        }
        List<Integer> from = new ArrayList<>();
        boolean depends = false;
        for (Tensor t : inputs) {
            int id = idOf(op.name(), t);
            from.add(id);
            depends |= values.get(id).dependsOnInput();
        }
        int id = add(new Source.Result(steps.size()), made, depends);
        steps.add(new Step(does, op.name(), Place.now(), List.copyOf(from), id));
    }

    /** What a program does with numbers of the input is in no operation, so it would be lost. */
    @Override
    public void read(String how, Tensor t) {
        if (dependent.contains(t.view().buffer())) {
            throw new IllegalArgumentException(
                    "onnx: "
                            + Place.now()
                            + " takes the numbers of a tensor of shape "
                            + t.shape()
                            + " by "
                            + how
                            + ", and they depend on the model's input: a file holds operations on"
                            + " tensors alone, not what a program does with numbers. Use tensor"
                            + " operations that stay on tensors (sorting and selecting by values"
                            + " do not), or leave this out of the exported model");
        }
    }

    @Override
    public void own(Tensor... made) {}

    @Override
    public boolean isNested() {
        return false;
    }

    @Override
    public boolean accepts(Object owner) {
        return former != null && former.accepts(owner);
    }
}
