package dev.gradus.examples;

import dev.gradus.data.TextFiles;
import dev.gradus.text.BytePairTokenizer;
import dev.gradus.text.CharTokenizer;
import dev.gradus.text.Tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A text as tokens, its last tenth held out.
 *
 * @param characters how long the text is
 * @param checksum of the text
 */
record TrainingText(
        Tokenizer tokenizer, int[] train, int[] heldOut, int characters, String checksum) {
    /** Which part of the text is trained on, as in nanoGPT. */
    private static final double TRAIN = 0.9;

    /**
     * Reads files, one after the other.
     *
     * @param vocabulary how many tokens byte pair encoding makes
     * @throws IOException if one can't be read, or is not UTF-8
     * @throws IllegalArgumentException if there is too little text to train on
     */
    static TrainingText read(List<Path> files, GptOptions.Kind kind, int vocabulary)
            throws IOException {
        var all = new StringBuilder();
        for (Path file : files) {
            all.append(TextFiles.read(file));
        }
        return of(all.toString(), kind, vocabulary);
    }

    static TrainingText of(String text, GptOptions.Kind kind, int vocabulary) {
        int cut = (int) (TRAIN * text.length());
        if (cut > 0 && Character.isLowSurrogate(text.charAt(cut))) {
            cut++;
        }
        String train = text.substring(0, cut);
        // A character of the held-out part alone is a token too: what it is like is not learned,
        // but it can be read. Byte pairs are found in what is trained on.
        Tokenizer tokenizer =
                switch (kind) {
                    case CHAR -> CharTokenizer.of(text);
                    case BPE -> BytePairTokenizer.train(train, vocabulary);
                };
        var crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return new TrainingText(
                tokenizer,
                tokenizer.encode(train),
                tokenizer.encode(text.substring(cut)),
                text.length(),
                Long.toHexString(crc.getValue()));
    }
}
