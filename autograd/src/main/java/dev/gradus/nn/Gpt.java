package dev.gradus.nn;

import dev.gradus.autograd.Mode;
import dev.gradus.autograd.Tape;
import dev.gradus.backend.Backend;
import dev.gradus.shape.DType;
import dev.gradus.shape.Slice;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

/**
 * A transformer that says which token comes next: GPT-2 (Radford et al. 2019), as nanoGPT trains
 * it. Token ids {@code [b, t]} of INT32 → logits {@code [b, t, vocabulary]}; those at place i
 * depend on the tokens 0 … i.
 *
 * <p>h = tokens[ids] + positions[0 … t − 1], dropout; then {@code layers} causal {@link
 * TransformerBlock}s with the norm in front and the tanh-GELU, four times as wide inside; then
 * logits = norm(h) · tokensᵀ. The head is the table of tokens once more ("tied"), as in GPT-2.
 *
 * <p>Weights start normal with deviation 0.02, those whose result is added to the residual sum
 * ({@code attention.output}, {@code feedForward.linear2}) with 0.02 / √(2 · layers); biases start
 * 0. The layers inside are {@code tokens}, {@code positions}, {@code dropout}, {@code block0},
 * {@code block1}, … and {@code norm}.
 *
 * <p>To train, compare the logits with the ids one place further: {@code
 * Losses.crossEntropy(gpt.apply(ids), next)}. To use, {@link #generate}.
 */
public final class Gpt extends Layer {
    private static final double DEVIATION = 0.02;

    /**
     * The sizes of a {@link Gpt}.
     *
     * @param vocabulary how many tokens there are
     * @param context how many places a sequence has at most
     * @param layers how many blocks
     * @param heads how many heads a block's attention has, which must divide the width
     * @param width the length of a token's vector
     * @param dropout the chance with which an element becomes 0 in training
     */
    public record Config(
            int vocabulary, int context, int layers, int heads, int width, double dropout) {
        /** Checks the numbers. */
        public Config {
            if (vocabulary < 1 || context < 1 || layers < 1 || heads < 1 || width < 1) {
                throw new IllegalArgumentException(
                        "Gpt: vocabulary "
                                + vocabulary
                                + ", context "
                                + context
                                + ", layers "
                                + layers
                                + ", heads "
                                + heads
                                + " and width "
                                + width
                                + " must all be at least 1");
            }
            if (width % heads != 0) {
                throw new IllegalArgumentException(
                        "Gpt: " + heads + " heads cannot share a width of " + width + " equally");
            }
            Dropout.check("Gpt", dropout);
        }
    }

    private final Config config;
    private final Embedding tokens;
    private final PositionalEmbedding positions;
    private final Dropout dropout;
    private final TransformerBlock[] blocks;
    private final LayerNorm norm;

    /** A model with first weights from {@link Generator#current}. */
    public Gpt(Config config) {
        this.config = config;
        int width = config.width();
        tokens = child("tokens", new Embedding(config.vocabulary(), width));
        positions = child("positions", new PositionalEmbedding(config.context(), width));
        dropout = child("dropout", new Dropout(config.dropout()));
        blocks = new TransformerBlock[config.layers()];
        for (int i = 0; i < blocks.length; i++) {
            var block =
                    new TransformerBlock(
                            width,
                            config.heads(),
                            4 * width,
                            TransformerBlock.Norm.PRE,
                            GELU.tanh(),
                            config.dropout());
            blocks[i] = child("block" + i, block);
        }
        norm = child("norm", new LayerNorm(width));
        initialise();
    }

    private void initialise() {
        double residual = DEVIATION / Math.sqrt(2.0 * config.layers());
        slots().forEach((path, slot) -> {
            int[] shape = slot.value().shape().toArray();
            if (path.endsWith(".bias")) {
                slot.set(Tensor.zeros(shape));
            } else if (shape.length == 2) { // the scales of the layer norms are vectors
                boolean added =
                        path.endsWith("attention.output.weight")
                                || path.endsWith("feedForward.linear2.weight");
                slot.set(Initializers.normal(0, added ? residual : DEVIATION, shape));
            }
        });
    }

    /** The sizes. */
    public Config config() {
        return config;
    }

    /**
     * The logits of the next token at each place: ids {@code [b, t]} → {@code [b, t, vocabulary]}.
     *
     * @throws IllegalArgumentException if the ids are not INT32 {@code [b, t]}, or t is larger than
     *     the context
     * @throws IndexOutOfBoundsException if an id is not in the vocabulary; names it and its place
     */
    @Override
    public Tensor apply(Tensor ids) {
        return logits(hidden(ids, null));
    }

    // ------------------------------------------------------------------ generating

    /** An empty cache for one generation. */
    public KeyValueCache cache() {
        return new KeyValueCache(blocks.length);
    }

    /**
     * The logits at places that come after those in a cache: the ids of the new places, {@code [b,
     * t]} → {@code [b, t, vocabulary]}, to rounding what {@link #apply(Tensor)} gives at these
     * places of the whole sequences, for the work of t places. The new places are in the cache
     * afterwards; after an error the cache is as before.
     *
     * @throws IllegalArgumentException as {@link #apply(Tensor)}; if there are more places than the
     *     context has, or b is another one than before; or if the cache is another model's
     * @throws IllegalStateException if a tape is open: a cache outlives what a tape records
     */
    public Tensor apply(Tensor ids, KeyValueCache cache) {
        return logits(hidden(ids, cache));
    }

    /** {@link #apply(Tensor, KeyValueCache)} at the last place alone: {@code [b, vocabulary]}. */
    Tensor next(Tensor ids, KeyValueCache cache) {
        return logits(hidden(ids, cache).slice(Slice.ALL, Slice.at(-1)));
    }

    /**
     * Tokens after a prompt, one at a time, with a cache of their own: any number of threads may do
     * so at once.
     *
     * @param prompt the ids of at least one token, at most as many as the context has places
     * @param sampling how each token is chosen
     * @param generator gives the random numbers; one seed, one text
     */
    public Generation generate(int[] prompt, Sampling sampling, Generator generator) {
        return new Generation(this, prompt, sampling, generator);
    }

    // ------------------------------------------------------------------ both

    private Tensor hidden(Tensor ids, @Nullable KeyValueCache cache) {
        int before = cache == null ? 0 : cache.length();
        check(ids, before);
        if (cache != null) {
            check(ids, cache);
        }
        Tensor x = dropout.apply(positions.apply(tokens.apply(ids), before));
        for (int i = 0; i < blocks.length; i++) {
            x = cache == null ? blocks[i].apply(x, null, true) : blocks[i].apply(x, cache, i);
        }
        if (cache != null) {
            cache.commit(ids.size(1));
        }
        return norm.apply(x);
    }

    private Tensor logits(Tensor x) {
        return x.matmul(tokens.weight().value().t());
    }

    /** Where the parameters are. */
    Backend backend() {
        return tokens.weight().value().backend();
    }

    private void check(Tensor ids, int before) {
        if (ids.dtype() != DType.INT32 || ids.ndim() != 2) {
            throw new IllegalArgumentException(
                    this
                            + ": the ids must be INT32 [b, t], not "
                            + ids.dtype()
                            + " of shape "
                            + ids.shape()
                            + (ids.ndim() == 1 ? "; unsqueeze(0) makes a batch of one" : ""));
        }
        if (before + ids.size(1) > config.context()) {
            throw new IllegalArgumentException(
                    this
                            + ": ids of shape "
                            + ids.shape()
                            + (before == 0 ? "" : " after " + before + " places")
                            + " do not fit into a context of "
                            + config.context()
                            + " places; take the last ones"
                            + (before == 0 ? "" : " and a new cache"));
        }
    }

    private void check(Tensor ids, KeyValueCache cache) {
        Tape tape = Tape.current();
        if (tape != null) {
            throw new IllegalStateException(
                    this
                            + ": "
                            + tape
                            + " is open, in mode "
                            + Mode.current()
                            + "; a cache is for use without a tape");
        }
        if (cache.layers() != blocks.length) {
            throw new IllegalArgumentException(
                    this + ": " + cache + " is another model's; cache() makes one");
        }
        if (cache.batch() != -1 && cache.batch() != ids.size(0)) {
            throw new IllegalArgumentException(
                    this
                            + ": ids of shape "
                            + ids.shape()
                            + " after a cache of "
                            + cache.batch()
                            + " sequences");
        }
    }

    /** Its name and size; the layers inside are in {@link #summary}. */
    @Override
    public String toString() {
        return "Gpt("
                + config.layers()
                + " layers, "
                + config.heads()
                + " heads, width "
                + config.width()
                + ", context "
                + config.context()
                + ", vocabulary "
                + config.vocabulary()
                + ")";
    }
}
