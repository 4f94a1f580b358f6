package dev.gradus.nn;

import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.io.SafeTensors;
import dev.gradus.tensor.Tensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A part of a model: what it computes, its slots (parameters and statistics) and the layers inside
 * it, each under a name. A layer registers them in its constructor:
 *
 * <pre>{@code
 * final class Gated extends Layer {
 *     private final Linear inner;
 *     private final Parameter gain;
 *
 *     Gated(int features) {
 *         inner = child("inner", new Linear(features, features));
 *         gain = parameter("gain", Tensor.ones(features));
 *     }
 *
 *     public Tensor apply(Tensor x) {
 *         return x.add(inner.apply(x).tanh().mul(gain.value()));
 *     }
 * }
 * }</pre>
 */
public abstract class Layer {
    private final Map<String, Slot> own = new LinkedHashMap<>();
    private final Map<String, Layer> children = new LinkedHashMap<>();

    /** A layer that has registered nothing yet. */
    protected Layer() {}

    /** A layer without parameters that computes a function, such as {@code Tensor::abs}. */
    public static Layer of(UnaryOperator<Tensor> function) {
        return new Lambda(function);
    }

    /** What {@link #of} makes. */
    private static final class Lambda extends Layer {
        private final UnaryOperator<Tensor> function;

        Lambda(UnaryOperator<Tensor> function) {
            this.function = Objects.requireNonNull(function, "function");
        }

        @Override
        public Tensor apply(Tensor x) {
            return function.apply(x);
        }
    }

    /**
     * The result for one input. A layer of several inputs has an {@code apply} of its own instead.
     *
     * @throws UnsupportedOperationException if this layer does not take one tensor
     */
    public Tensor apply(Tensor x) {
        throw new UnsupportedOperationException(
                getClass().getSimpleName()
                        + " has no apply for a single tensor; call the apply that it declares");
    }

    // ------------------------------------------------------------------ registration

    /** Registers a layer inside this one, and returns it. */
    protected final <L extends Layer> L child(String name, L layer) {
        checkName(name);
        children.put(name, Objects.requireNonNull(layer, name));
        return layer;
    }

    /** Makes and registers a trainable slot with a first value. */
    protected final Parameter parameter(String name, Tensor init) {
        return own(new Parameter(name, init));
    }

    /** Makes and registers a slot that is not trained, such as a running mean. */
    protected final Slot slot(String name, Tensor init) {
        return own(new Slot(name, init));
    }

    private <S extends Slot> S own(S slot) {
        checkName(slot.name());
        own.put(slot.name(), slot);
        return slot;
    }

    private void checkName(String name) {
        if (name.isEmpty() || name.contains(".")) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName()
                            + ": \""
                            + name
                            + "\" is no name: it must not be empty or contain a dot, which"
                            + " separates the names of a path");
        }
        if (own.containsKey(name) || children.containsKey(name)) {
            throw new IllegalArgumentException(
                    getClass().getSimpleName() + " has a \"" + name + "\" already");
        }
    }

    // ------------------------------------------------------------------ what is inside

    /**
     * All trainable slots in the order of {@link #slots}, frozen ones too; one that two layers
     * share counts once.
     */
    public final List<Parameter> parameters() {
        return slots().values().stream()
                .filter(Parameter.class::isInstance)
                .map(Parameter.class::cast)
                .distinct()
                .toList();
    }

    /**
     * All slots by their paths, such as {@code 0.weight} or {@code query.bias}: those of a layer in
     * the order of their registration, then those of the layers inside it.
     */
    public final Map<String, Slot> slots() {
        Map<String, Slot> all = new LinkedHashMap<>();
        collect("", all);
        return all;
    }

    private void collect(String path, Map<String, Slot> into) {
        own.forEach((name, slot) -> into.put(path + name, slot));
        children.forEach((name, layer) -> layer.collect(path + name + ".", into));
    }

    /** Moves all slots to the backend of that name. */
    public final void to(String backend) {
        Backend target = Backends.get(backend);
        slots().values().forEach(slot -> slot.to(target));
    }

    /**
     * Makes all parameters constants: no gradient, no update. Statistics still move in training.
     */
    public final void freeze() {
        parameters().forEach(Parameter::freeze);
    }

    /** Makes all parameters trainable again. */
    public final void unfreeze() {
        parameters().forEach(Parameter::unfreeze);
    }

    // ------------------------------------------------------------------ files

    /**
     * Writes all slots into a safetensors file by their names in {@link #slots}, as a whole or not
     * at all ({@link dev.gradus.io.AtomicFile}). A slot under two names is written under both.
     */
    public final void save(Path path) throws IOException {
        SafeTensors.save(path, stateDict(Naming.GRADUS));
    }

    /**
     * Gives all slots the tensors that {@link #save} wrote.
     *
     * @throws IOException if the file cannot be read, or is not a safetensors file
     * @throws IllegalArgumentException as {@link #loadStateDict}; the model is as it was
     */
    public final void load(Path path) throws IOException {
        load(path, Naming.GRADUS);
    }

    /** {@link #load(Path)} for a file with other names, such as one of PyTorch. */
    public final void load(Path path, Naming naming) throws IOException {
        StateDict.load(this, SafeTensors.load(path), naming, true, path.toString());
    }

    /**
     * Loads what is both in the model and in the file, and tells what is in one of them only. A
     * tensor of another shape is an error all the same.
     */
    public final Unmatched loadLenient(Path path, Naming naming) throws IOException {
        return StateDict.load(this, SafeTensors.load(path), naming, false, path.toString());
    }

    /** What slots hold now, by name; an update makes such a tensor stale. */
    public final Map<String, Tensor> stateDict(Naming naming) {
        return StateDict.of(this, naming);
    }

    /**
     * Gives slots copies of these tensors, each on its slot's backend, a floating one in its slot's
     * type. Either everything fits, or nothing changes.
     *
     * @param strict whether a tensor for which there is no slot, or a slot for which there is no
     *     tensor, is an error
     * @return which there are; nothing where {@code strict}
     * @throws IllegalArgumentException if something does not fit; lists what is missing, what is
     *     unexpected, and what has another shape or dtype
     */
    public final Unmatched loadStateDict(
            Map<String, Tensor> tensors, Naming naming, boolean strict) {
        return StateDict.load(this, tensors, naming, strict, "the state dict");
    }

    /**
     * What is in the model or in a file only.
     *
     * @param missing slots for which there was no tensor; they are as they were
     * @param unexpected tensors for which there is no slot
     */
    public record Unmatched(List<String> missing, List<String> unexpected) {}

    /** The layer's own slots by name. */
    final Map<String, Slot> own() {
        return own;
    }

    /** The layers directly inside by name. */
    final Map<String, Layer> children() {
        return children;
    }

    /**
     * A table, one line a layer: its path, its type, the shapes of its own slots, and the number of
     * elements of its own parameters; then the totals, in which a shared slot counts once.
     */
    public final String summary() {
        return Summary.of(this);
    }

    /** The layer and those inside it, one a line, as PyTorch prints a module. */
    @Override
    public String toString() {
        var text = new StringBuilder(getClass().getSimpleName()).append('(');
        children.forEach((name, layer) ->
                text.append("\n  (")
                        .append(name)
                        .append("): ")
                        .append(layer.toString().replace("\n", "\n  ")));
        return text.append(children.isEmpty() ? ")" : "\n)").toString();
    }
}
