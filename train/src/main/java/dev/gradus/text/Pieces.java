package dev.gradus.text;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Cuts a text into the pieces that a token never reaches over: words, up to three digits, other
 * signs, each with the blank before it, and white space. Without that, the most frequent pairs
 * would be parts of sentences, such as "e t".
 */
final class Pieces {
    /** Pieces are cut at so many characters, so that no text takes quadratic time. */
    private static final int MOST = 32;

    /** No piece is longer in UTF-8: a blank, and characters of four bytes. */
    static final int MOST_BYTES = 1 + 4 * MOST;

    /** White space before a word leaves it its last blank. */
    private static final Pattern PIECE =
            Pattern.compile(
                    String.join(
                                    "|",
                                    " ?[\\p{L}\\p{M}]{1,MOST}",
                                    " ?\\p{N}{1,3}",
                                    " ?[^\\s\\p{L}\\p{M}\\p{N}]{1,MOST}",
                                    "\\s{1,MOST}(?!\\S)",
                                    "\\s")
                            .replace("MOST", Integer.toString(MOST)),
                    Pattern.UNICODE_CHARACTER_CLASS);

    private Pieces() {}

    /** The pieces, which together are the text. */
    static Stream<String> of(String text) {
        return PIECE.matcher(text).results().map(MatchResult::group);
    }
}
