package dev.gradus.text;

import java.util.Arrays;

/**
 * UTF-8 of any Java string and back. Half of a surrogate pair that stands alone, which UTF-8 has no
 * bytes for, is written as the three bytes it would have if it were a character ("generalised
 * UTF-8", or WTF-8), so that nothing is lost.
 */
final class Utf8 {
    private static final int CONTINUATION_BITS = 6;

    private Utf8() {}

    static byte[] encode(String text) {
        byte[] bytes = new byte[3 * text.length()];
        int n = 0;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c < 0x80) {
                bytes[n++] = (byte) c;
                continue;
            }
            int shift = c < 0x800 ? 6 : c < 0x10000 ? 12 : 18;
            int lead = shift == 6 ? 0xC0 : shift == 12 ? 0xE0 : 0xF0;
            bytes[n++] = (byte) (lead | (c >> shift));
            while (shift > 0) {
                shift -= CONTINUATION_BITS;
                bytes[n++] = (byte) (0x80 | ((c >> shift) & 0x3F));
            }
        }
        return Arrays.copyOf(bytes, n);
    }

    /**
     * Decodes bytes as they come. What can be no character becomes U+FFFD, one for each longest
     * start of a character, as the Unicode Standard recommends (section 3.9).
     */
    static final class Decoder {
        private int character;
        private int missing;
        private int least;
        private int most;

        void next(byte b, StringBuilder out) {
            int value = b & 0xFF;
            if (missing > 0) {
                if (value >= least && value <= most) {
                    character = (character << CONTINUATION_BITS) | (value & 0x3F);
                    least = 0x80;
                    most = 0xBF;
                    missing--;
                    if (missing == 0) {
                        out.appendCodePoint(character);
                    }
                    return;
                }
                end(out);
            }
            if (value < 0x80) {
                out.append((char) value);
            } else if (value >= 0xC2 && value <= 0xF4) {
                missing = value < 0xE0 ? 1 : value < 0xF0 ? 2 : 3;
                character = value & (0x3F >> missing);
                // No character has a longer form than it needs, or is above U+10FFFF.
                least = value == 0xE0 ? 0xA0 : value == 0xF0 ? 0x90 : 0x80;
                most = value == 0xF4 ? 0x8F : 0xBF;
            } else {
                out.append('\uFFFD');
            }
        }

        /** No byte follows. */
        void end(StringBuilder out) {
            if (missing > 0) {
                out.append('\uFFFD');
                missing = 0;
            }
        }
    }
}
