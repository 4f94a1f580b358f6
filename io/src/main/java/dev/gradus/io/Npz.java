package dev.gradus.io;

import dev.gradus.tensor.Tensor;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Named arrays in a file of NumPy's npz format: a zip archive with an {@code NAME.npy} for each, as
 * {@code np.savez} writes and {@code np.load} reads it.
 */
public final class Npz {
    private static final String TAIL = ".npy";

    /** A zip bomb makes a thousandfold of itself; arrays seldom a tenfold. */
    private static final int RATIO = 200;

    private static final long ALWAYS = 1L << 24;

    /** No two runs write the same tensors differently. */
    private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    /**
     * All arrays of a file in its order. They may take 200 times the file's size, or 16 MiB; more
     * is taken for an attack (a zip bomb).
     *
     * @throws IOException if the file cannot be read, an array is no whole npy file, a name comes
     *     twice, or the arrays take too much
     */
    public static Map<String, Tensor> load(Path path) throws IOException {
        return load(path, Math.max(ALWAYS, RATIO * Files.size(path)));
    }

    /** {@link #load(Path)} with another limit of the bytes that all arrays together may take. */
    public static Map<String, Tensor> load(Path path, long maxBytes) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(path.toFile())) {
            long total = 0;
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                String what = path + ": " + name;
                long size = entry.getSize();
                total += size;
                if (size < 0 || total < 0 || total > maxBytes) {
                    throw new IOException(
                            what
                                    + ": takes "
                                    + size
                                    + " bytes, "
                                    + total
                                    + " with the arrays before it, and the limit is "
                                    + maxBytes
                                    + "; load(path, maxBytes) sets another one for a file that you"
                                    + " trust");
                }
                if (!name.endsWith(TAIL)) {
                    throw new IOException(what + " is no array; an npz file has *.npy alone");
                }
                String key = name.substring(0, name.length() - TAIL.length());
                if (tensors.put(key, read(zip, entry, what)) != null) {
                    throw new IOException(what + " is there twice");
                }
            }
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw new IOException(path + ": is no valid zip file: " + e.getMessage(), e);
        }
        return tensors;
    }

    private static Tensor read(ZipFile zip, ZipEntry entry, String what) throws IOException {
        var crc = new CRC32();
        try (InputStream raw = zip.getInputStream(entry);
                InputStream in = new BufferedInputStream(new CheckedInputStream(raw, crc))) {
            Tensor tensor = Npy.read(in, entry.getSize(), what);
            if (crc.getValue() != entry.getCrc()) {
                throw new IOException(what + ": the checksum is wrong: the file is damaged");
            }
            return tensor;
        }
    }

    /** Writes tensors uncompressed, as {@code np.savez}, by the rules of {@link AtomicFile}. */
    public static void save(Path path, Map<String, Tensor> tensors) throws IOException {
        save(path, tensors, false);
    }

    /** Writes tensors, compressed or not, as F32, F64 and I32. */
    public static void save(Path path, Map<String, Tensor> tensors, boolean compress)
            throws IOException {
        save(path, tensors, compress, (name, t) -> Npy.Format.of(StoredType.of(t.dtype())));
    }

    /**
     * Writes tensors, each in a format of choice.
     *
     * @param formats the format for a name and its tensor
     * @throws IllegalArgumentException if an integer type or BOOL does not hold an element
     */
    public static void save(
            Path path,
            Map<String, Tensor> tensors,
            boolean compress,
            BiFunction<String, Tensor, Npy.Format> formats)
            throws IOException {
        AtomicFile.write(
                path,
                out -> {
                    var zip = new ZipOutputStream(out);
                    zip.setLevel(compress ? Deflater.DEFAULT_COMPRESSION : Deflater.NO_COMPRESSION);
                    for (Map.Entry<String, Tensor> e : tensors.entrySet()) {
                        String name = e.getKey();
                        var entry = new ZipEntry(name + TAIL);
                        entry.setTimeLocal(TIME);
                        zip.putNextEntry(entry);
                        Tensor tensor = e.getValue();
                        String what = "Npz.save: \"" + name + "\"";
                        Npy.write(zip, tensor, formats.apply(name, tensor), what);
                        zip.closeEntry();
                    }
                    zip.close();
                });
    }
}
