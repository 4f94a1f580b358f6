package dev.gradus.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

    /** Writes beside, then renames: a reader sees the old file or the new one, whole. */
    static void write(Path file, Stream<String> lines) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path beside = Files.createTempFile(folder, "." + file.getFileName(), ".part");
        try {
            Files.writeString(beside, lines.collect(Collectors.joining("\n", "", "\n")));
            Files.move(
                    beside,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
