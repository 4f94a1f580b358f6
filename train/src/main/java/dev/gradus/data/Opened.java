package dev.gradus.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens files that may be compressed by gzip, which their first two bytes say, not their name. */
final class Opened {
    private static final int BUFFER = 1 << 16;

    private Opened() {}

    /** The file's content, unpacked if need be. */
    static InputStream file(Path file) throws IOException {
        InputStream raw = Files.newInputStream(file);
        try {
            return unpacked(raw);
        } catch (IOException e) {
            raw.close();
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The same of a stream, which is closed with the result. */
    static InputStream unpacked(InputStream raw) throws IOException {
        BufferedInputStream in = new BufferedInputStream(raw, BUFFER);
        in.mark(2);
        boolean isGzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        if (!isGzip) {
            return in;
        }
        try {
            return new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER);
        } catch (EOFException | ZipException e) {
            throw new IOException("it starts as gzip does, but can't be unpacked (" + e + ")", e);
        }
    }

    /** The same of a stream of text, without the byte order mark that some programs write first. */
    static InputStream utf8(InputStream raw) throws IOException {
        InputStream in = unpacked(raw);
        in.mark(3);
        boolean isMarked = in.read() == 0xEF && in.read() == 0xBB && in.read() == 0xBF;
        if (!isMarked) {
            in.reset();
        }
        return in;
    }
}
