package dev.gradus.nn;

import dev.gradus.autograd.Scope;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import java.util.Arrays;

/**
 * Tokens that a {@link Gpt} adds to a prompt, one at a time and without end; what {@link
 * Gpt#generate} gives. The prompt is read in one pass. While all that was said fits into the
 * context, a token costs one token's work. Then the window slides, as in nanoGPT: each token
 * depends on the {@code context} tokens before it, and since their places all change, it costs a
 * pass over the window.
 *
 * <p>It is for one thread at a time; the model is for any number.
 */
public final class Generation {
    private final Gpt model;
    private final Sampling sampling;
    private final Generator generator;

    /** The last tokens, as many as there are or as the context has places. */
    private final int[] window;

    private int length;

    /** How many of the window's tokens the cache has not seen; they are its last. */
    private int unread;

    private KeyValueCache cache;

    Generation(Gpt model, int[] prompt, Sampling sampling, Generator generator) {
        int context = model.config().context();
        if (prompt.length == 0 || prompt.length > context) {
            throw new IllegalArgumentException(
                    prompt.length == 0
                            ? "generate: the prompt is empty; at least one token is what the first"
                                    + " new one depends on"
                            : "generate: a prompt of "
                                    + prompt.length
                                    + " tokens is longer than the context, "
                                    + context
                                    + "; the last "
                                    + context
                                    + " are all that the model would see");
        }
        this.model = model;
        this.sampling = sampling;
        this.generator = generator;
        window = Arrays.copyOf(prompt, context);
        length = prompt.length;
        unread = length;
        cache = model.cache();
    }

    /**
     * The id of the next token.
     *
     * @throws IndexOutOfBoundsException if the prompt holds an id that is not in the vocabulary
     * @throws IllegalArgumentException if the logits are not numbers
     * @throws IllegalStateException if a tape is open in this thread
     */
    public int next() {
        int[] ids = Arrays.copyOfRange(window, length - unread, length);
        double[] logits = logits(ids);
        int token = sampling.choose(logits, generator);
        if (length < window.length) {
            window[length++] = token;
            unread = 1;
        } else {
            System.arraycopy(window, 1, window, 0, length - 1);
            window[length - 1] = token;
            unread = length;
            cache = model.cache();
        }
        return token;
    }

    private double[] logits(int[] ids) {
        try (var _ = Scope.start()) {
            Tensor batch = Tensor.of(ids).unsqueeze(0);
            return model.next(batch.to(model.backend()), cache).toArray();
        }
    }

    /** The next tokens. */
    public int[] next(int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = next();
        }
        return tokens;
    }
}
