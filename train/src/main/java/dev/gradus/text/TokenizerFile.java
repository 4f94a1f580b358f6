package dev.gradus.text;

import dev.gradus.io.AtomicFile;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Files of tokenizers: lines of text, the first of which says what it is. */
final class TokenizerFile {
    private TokenizerFile() {}

    /** What is wrong with a line of such a file. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(int line, String what) {
            super("line " + line + " " + what);
        }
    }

    static Tokenizer load(Path file) throws IOException {
        try {
            List<String> lines = Files.readAllLines(file);
            String first = lines.isEmpty() ? "" : lines.getFirst();
            return switch (first) {
                case CharTokenizer.HEADER -> CharTokenizer.read(lines);
                case BytePairTokenizer.HEADER -> BytePairTokenizer.read(lines);
                default ->
                        throw new Malformed(
                                1,
                                "is neither '%s' nor '%s'"
                                        .formatted(CharTokenizer.HEADER, BytePairTokenizer.HEADER));
            };
        } catch (Malformed | CharacterCodingException e) {
            String what = e instanceof Malformed ? String.valueOf(e.getMessage()) : "not UTF-8";
            throw new IOException(file + " is no file of a tokenizer: " + what, e);
        }
    }

    static void write(Path file, Stream<String> lines) throws IOException {
        String text = lines.collect(Collectors.joining("\n", "", "\n"));
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
