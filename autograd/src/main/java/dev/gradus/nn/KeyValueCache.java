package dev.gradus.nn;

import dev.gradus.shape.Slice;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * The keys and values that a {@link Gpt}'s attention has computed of the places so far, so that the
 * next place costs the work of one. {@code gpt.apply(tokens, cache)} reads it and adds to it.
 *
 * <p>A cache belongs to whoever generates and not to the model: many threads generate from one
 * model at once, each with a cache of its own. It is not for several threads, and it is worthless
 * once the model's parameters change.
 */
public final class KeyValueCache {
    /** Keys at 2i and values at 2i + 1 for layer i, {@code [b, at least length, width]}. */
    private final @Nullable Tensor[] layers;

    private int length;

    /** An empty one for so many layers. */
    KeyValueCache(int layers) {
        this.layers = new Tensor[2 * layers];
    }

    /** How many places are in it. */
    public int length() {
        return length;
    }

    /** How many layers it is for. */
    int layers() {
        return layers.length / 2;
    }

    /** How many sequences are in it, −1 while it is empty. */
    int batch() {
        Tensor first = layers[0];
        return length == 0 || first == null ? -1 : first.size(0);
    }

    /** Entry i with what comes after its {@link #length} places; {@code [b, t, width]}. */
    Tensor append(int i, Tensor next) {
        Tensor old = layers[i];
        // What lies behind the length was left by a call that failed before it could commit.
        Tensor all =
                length == 0 || old == null
                        ? next
                        : Tensor.concat(1, old.slice(Slice.ALL, Slice.to(length)), next);
        // A scope gives back at its end what was computed in it, and the cache goes on.
        Tensor kept = all.view().buffer().owner() == null ? all : all.keep();
        layers[i] = kept;
        return kept;
    }

    /** For new places x {@code [b, t, width]}: each may attend to itself and those before. */
    Tensor mask(Tensor x) {
        int end = length + x.size(1);
        return Tensor.arange(end).le(Tensor.arange(length, end).unsqueeze(1)).to(x.backend());
    }

    /** Says that all layers have got so many new places. */
    void commit(int places) {
        length += places;
    }

    @Override
    public String toString() {
        return "KeyValueCache(" + layers() + " layers, length " + length + ")";
    }
}
