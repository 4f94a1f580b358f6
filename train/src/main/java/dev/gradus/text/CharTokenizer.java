package dev.gradus.text;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A token for each different character. A character is a code point: an emoji is one, and so is
 * half of a surrogate pair that stands alone.
 */
public final class CharTokenizer implements Tokenizer {
    static final String HEADER = "gradus characters 1";

    private final int[] characters;
    private final @Nullable Integer replacement;

    private CharTokenizer(int[] characters, @Nullable Integer replacement) {
        this.characters = characters;
        this.replacement = replacement;
    }

    /**
     * The characters of a text, in the order of their code points.
     *
     * @throws IllegalArgumentException if the text is empty
     */
    public static CharTokenizer of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("CharTokenizer: the text has no characters");
        }
        return new CharTokenizer(text.codePoints().sorted().distinct().toArray(), null);
    }

    /**
     * The same with a character that stands for all that are not known, which are an error else. It
     * becomes a token if it is none yet.
     *
     * @param codePoint such as {@code '?'} or {@code '\uFFFD'}
     */
    public CharTokenizer withReplacement(int codePoint) {
        if (!Character.isValidCodePoint(codePoint)) {
            throw new IllegalArgumentException("%d is no code point".formatted(codePoint));
        }
        int[] all =
                IntStream.concat(Arrays.stream(characters), IntStream.of(codePoint))
                        .sorted()
                        .distinct()
                        .toArray();
        return new CharTokenizer(all, codePoint);
    }

    @Override
    public int vocabularySize() {
        return characters.length;
    }

    @Override
    public int[] encode(String text) {
        int[] tokens = new int[text.codePointCount(0, text.length())];
        int count = 0;
        for (int at = 0; at < text.length(); count++) {
            int character = text.codePointAt(at);
            tokens[count] = token(character, at);
            at += Character.charCount(character);
        }
        return tokens;
    }

    private int token(int character, int at) {
        int token = Arrays.binarySearch(characters, character);
        if (token >= 0) {
            return token;
        }
        if (replacement != null) {
            return Arrays.binarySearch(characters, replacement);
        }
        throw new IllegalArgumentException(
                "the character %s (U+%04X) at index %d is none of the %d that this tokenizer knows; withReplacement('?') would read it as a '?'"
                        .formatted(
                                Character.toString(character), character, at, characters.length));
    }

    @Override
    public TextStream stream() {
        return new TextStream() {
            @Override
            public String next(int token) {
                BytePairTokenizer.checkToken(token, characters.length);
                return Character.toString(characters[token]);
            }

            @Override
            public String end() {
                return "";
            }
        };
    }

    /**
     * {@inheritDoc}
     *
     * <p>A text file: the line {@code gradus characters 1}, a line {@code replacement} with a code
     * point or {@code none}, and a line with the code point of each character, all in hexadecimal.
     */
    @Override
    public void save(Path file) throws IOException {
        String unknown = replacement == null ? "none" : Integer.toHexString(replacement);
        TokenizerFile.write(
                file,
                Stream.concat(
                        Stream.of(HEADER, "replacement " + unknown),
                        Arrays.stream(characters).mapToObj(Integer::toHexString)));
    }

    /** Reads what {@link #save} wrote. */
    static CharTokenizer read(List<String> lines) throws TokenizerFile.Malformed {
        int[] characters = new int[Math.max(0, lines.size() - 2)];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = codePoint(lines.get(i + 2), i + 3);
            if (i > 0 && characters[i] <= characters[i - 1]) {
                throw new TokenizerFile.Malformed(i + 3, "is not above the code point before it");
            }
        }
        if (characters.length == 0 || !lines.get(1).startsWith("replacement ")) {
            throw new TokenizerFile.Malformed(2, "has no replacement, or no character follows");
        }
        String unknown = lines.get(1).substring("replacement ".length());
        if (unknown.equals("none")) {
            return new CharTokenizer(characters, null);
        }
        int replacement = codePoint(unknown, 2);
        if (Arrays.binarySearch(characters, replacement) < 0) {
            throw new TokenizerFile.Malformed(
                    2, "has a replacement that is none of the characters");
        }
        return new CharTokenizer(characters, replacement);
    }

    private static int codePoint(String hex, int line) throws TokenizerFile.Malformed {
        try {
            int value = Integer.parseInt(hex, 16);
            if (Character.isValidCodePoint(value)) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new TokenizerFile.Malformed(line, "is no code point: '" + hex + "'");
    }
}
