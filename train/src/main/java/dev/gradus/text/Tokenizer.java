package dev.gradus.text;

import java.io.IOException;
import java.nio.file.Path;

/** Text to numbers and back. A token is a number in 0 … vocabularySize − 1. */
public interface Tokenizer {
    /** How many different tokens there are. */
    int vocabularySize();

    /**
     * The tokens of a text.
     *
     * @throws IllegalArgumentException if the text has something that no token stands for
     */
    int[] encode(String text);

    /**
     * The text of tokens.
     *
     * @throws IllegalArgumentException if a number is no token
     */
    default String decode(int... tokens) {
        TextStream stream = stream();
        var text = new StringBuilder();
        for (int token : tokens) {
            text.append(stream.next(token));
        }
        return text.append(stream.end()).toString();
    }

    /** Decodes token by token, to show a text while it is made. */
    TextStream stream();

    /** Writes the tokenizer to a file, which {@link #load} reads. */
    void save(Path file) throws IOException;

    /**
     * Reads a {@link CharTokenizer} or a {@link BytePairTokenizer} that was saved.
     *
     * @throws IOException if the file can't be read or is no such file; names the line
     */
    static Tokenizer load(Path file) throws IOException {
        return TokenizerFile.load(file);
    }

    /** A text that comes token by token. */
    interface TextStream {
        /**
         * What is certain of the text after one more token: nothing while a character is
         * incomplete.
         *
         * @throws IllegalArgumentException if the number is no token
         */
        String next(int token);

        /** What is left at the end: U+FFFD if a character is incomplete, or else nothing. */
        String end();
    }
}
