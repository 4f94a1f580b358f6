package dev.gradus.text;

import dev.gradus.nn.Generation;
import dev.gradus.nn.Gpt;
import dev.gradus.nn.Sampling;
import dev.gradus.tensor.Generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A {@link Gpt} and the {@link Tokenizer} that it was trained with: text in, text out. In a folder
 * they are three files: {@code config.json}, {@code tokenizer.txt} and {@code model.safetensors}.
 *
 * <p>Loaded once, it serves any number of threads at once, each of which gets the bits that it
 * would get alone:
 *
 * <pre>{@code
 * LanguageModel model = LanguageModel.load(Path.of("out/gpt"));
 * String text = model.generate("public ", 200, new Sampling(0.8), new Generator(7));
 * }</pre>
 */
public final class LanguageModel {
    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.txt";
    private static final String WEIGHTS = "model.safetensors";

    private final Gpt gpt;
    private final Tokenizer tokenizer;

    /**
     * A model and its tokenizer.
     *
     * @throws IllegalArgumentException if they differ in the size of the vocabulary
     */
    public LanguageModel(Gpt gpt, Tokenizer tokenizer) {
        if (gpt.config().vocabulary() != tokenizer.vocabularySize()) {
            throw new IllegalArgumentException(
                    "LanguageModel: the model has a vocabulary of %d tokens, the tokenizer of %d"
                            .formatted(gpt.config().vocabulary(), tokenizer.vocabularySize()));
        }
        this.gpt = gpt;
        this.tokenizer = tokenizer;
    }

    /** The model. */
    public Gpt gpt() {
        return gpt;
    }

    /** The tokenizer. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    // ------------------------------------------------------------------ files

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IOException if the folder or one of the three files is not there, damaged, or does
     *     not fit the others; names the file
     */
    public static LanguageModel load(Path folder) throws IOException {
        for (String name : List.of(CONFIG, TOKENIZER, WEIGHTS)) {
            if (!Files.isRegularFile(folder.resolve(name))) {
                throw new IOException(
                        "%s is not the folder of a language model: it has no %s"
                                .formatted(folder, name));
            }
        }
        try {
            var gpt = new Gpt(GptConfigFile.read(folder.resolve(CONFIG)));
            var model = new LanguageModel(gpt, Tokenizer.load(folder.resolve(TOKENIZER)));
            gpt.load(folder.resolve(WEIGHTS));
            return model;
        } catch (IllegalArgumentException e) {
            throw new IOException(folder + " does not fit together: " + e.getMessage(), e);
        }
    }

    /** Writes the three files into a folder, which is made if need be; the weights last. */
    public void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        GptConfigFile.write(folder.resolve(CONFIG), gpt.config());
        tokenizer.save(folder.resolve(TOKENIZER));
        gpt.save(folder.resolve(WEIGHTS));
    }

    // ------------------------------------------------------------------ generating

    /**
     * The text of so many tokens after a prompt, without the prompt.
     *
     * @param prompt at least one token, at most as many as the context has places
     * @param sampling how each token is chosen
     * @param generator gives the random numbers; one seed, one text
     * @throws IllegalArgumentException if the prompt is empty or too long, or has characters that
     *     the tokenizer does not know
     */
    public String generate(String prompt, int tokens, Sampling sampling, Generator generator) {
        var text = new StringBuilder();
        generate(prompt, tokens, sampling, generator, text::append);
        return text.toString();
    }

    /** The same, piece by piece as it is made: about a token each, and whole characters always. */
    public void generate(
            String prompt,
            int tokens,
            Sampling sampling,
            Generator generator,
            Consumer<String> pieces) {
        Generation generation = gpt.generate(tokenizer.encode(prompt), sampling, generator);
        Tokenizer.TextStream stream = tokenizer.stream();
        for (int i = 0; i < tokens; i++) {
            pieces.accept(stream.next(generation.next()));
        }
        pieces.accept(stream.end());
    }
}
