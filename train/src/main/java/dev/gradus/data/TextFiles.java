package dev.gradus.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads files of text in UTF-8, plain or compressed by gzip. */
public final class TextFiles {
    private TextFiles() {}

    /** What to do with bytes that are not UTF-8. */
    public enum Malformed {
        /** An error that names their place. */
        REPORT,
        /** Each becomes U+FFFD, the replacement character. */
        REPLACE
    }

    /**
     * The whole text of a file.
     *
     * @throws IOException if it can't be read, or is not UTF-8: names the offset of the first byte
     *     that is wrong
     */
    public static String read(Path file) throws IOException {
        return read(file, Malformed.REPORT);
    }

    /** The whole text of a file, with a choice for bytes that are not UTF-8. */
    public static String read(Path file, Malformed malformed) throws IOException {
        byte[] bytes;
        try (InputStream in = Opened.file(file)) {
            bytes = in.readAllBytes();
        }
        return switch (malformed) {
            case REPLACE -> new String(bytes, StandardCharsets.UTF_8);
            case REPORT -> strict(file, bytes);
        };
    }

    private static String strict(Path file, byte[] bytes) throws IOException {
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length); // no byte makes more than one char
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            int offset = in.position();
            throw new IOException(
                    "%s is not UTF-8: the byte 0x%02X at offset %d%s; convert the file, or read it with Malformed.REPLACE"
                            .formatted(
                                    file,
                                    bytes[offset],
                                    offset,
                                    offset + result.length() >= bytes.length
                                            ? " begins a character that the file's end cuts off"
                                            : " can't be there"));
        }
        decoder.flush(out);
        return out.flip().toString();
    }
}
