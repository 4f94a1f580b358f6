package dev.gradus.io;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One array in a file of NumPy's <a
 * href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">npy</a> format, as
 * {@code np.save} writes and {@code np.load} reads it. {@link Npz} is several.
 *
 * <p>All three versions of the format are read, in C and in Fortran order, little- and big-endian,
 * of the types {@code f8 f4 f2 i8 i4 u1 b1}, which become those of a tensor as {@link StoredType}
 * says.
 */
public final class Npy {
    private Npy() {}

    /**
     * How an array is written.
     *
     * @param type of the elements; NumPy has no BF16
     * @param order of the bytes of an element
     * @param fortran whether the first index runs fastest, instead of the last
     * @param version 1, 2 or 3; every NumPy reads 1
     */
    public record Format(StoredType type, ByteOrder order, boolean fortran, int version) {
        /** Checks type and version. */
        public Format {
            if (type == StoredType.BF16 || version < 1 || version > 3) {
                throw new IllegalArgumentException(
                        "Npy: type "
                                + type
                                + ", version "
                                + version
                                + ": NumPy has no BF16, and the versions are 1, 2 and 3");
            }
        }

        /** As {@code np.save} does on most machines: little-endian, C order, version 1. */
        public static Format of(StoredType type) {
            return new Format(type, ByteOrder.LITTLE_ENDIAN, false, 1);
        }
    }

    /**
     * Reads an array.
     *
     * @throws IOException if the file cannot be read, is not an npy file from end to end, or an
     *     {@code i8} is no int
     */
    public static Tensor load(Path path) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
            return read(in, Files.size(path), path.toString());
        }
    }

    /** Writes a tensor as {@code f4}, {@code f8} or {@code i4}, by the rules of AtomicFile. */
    public static void save(Path path, Tensor tensor) throws IOException {
        save(path, tensor, Format.of(StoredType.of(tensor.dtype())));
    }

    /**
     * Writes a tensor in a format of choice, rounding as {@link SafeTensors#save}.
     *
     * @throws IllegalArgumentException if an integer type or BOOL does not hold an element
     */
    public static void save(Path path, Tensor tensor, Format format) throws IOException {
        AtomicFile.write(path, out -> write(out, tensor, format, "Npy.save"));
    }

    // ------------------------------------------------------------------ for Npz too

    /**
     * Reads an array that takes all of a stream.
     *
     * @param size the stream's bytes, by which no more memory is taken than is needed
     */
    static Tensor read(InputStream in, long size, String what) throws IOException {
        NpyHeader header = NpyHeader.read(in, what);
        StoredType type = header.format().type();
        long expected = header.length() + (long) header.shape().size() * type.itemSize();
        if (expected != size) {
            throw new IOException(
                    what
                            + ": an array of shape "
                            + header.shape()
                            + " and type "
                            + type
                            + " takes "
                            + expected
                            + " bytes with its header, and there are "
                            + size);
        }
        int count = header.shape().size();
        Object array = Elements.array(type.dtype(), count);
        for (int at = 0; at < count; at += Elements.CHUNK) {
            int n = Math.min(Elements.CHUNK, count - at);
            byte[] bytes = in.readNBytes(n * type.itemSize());
            if (bytes.length < n * type.itemSize()) {
                throw new IOException(what + ": ends in the middle of the array");
            }
            MemorySegment segment = MemorySegment.ofArray(bytes);
            Elements.decode(segment, type, header.format().order(), array, at, what);
        }
        if (in.read() >= 0) {
            throw new IOException(what + ": has something behind the array");
        }
        if (!header.format().fortran()) {
            return Elements.tensor(array, type.dtype(), header.shape());
        }
        Shape shape = header.shape();
        Shape stored = Shape.of(reversed(shape.toArray()));
        return reversed(Elements.tensor(array, type.dtype(), stored)).keep();
    }

    /** Writes header and elements. */
    static void write(OutputStream out, Tensor tensor, Format format, String what)
            throws IOException {
        out.write(new NpyHeader(format, tensor.shape(), 0).toBytes());
        Object array = Elements.of(format.fortran() ? reversed(tensor.detach()) : tensor);
        Elements.write(array, format.type(), format.order(), out, what);
    }

    private static Tensor reversed(Tensor tensor) {
        int rank = tensor.ndim();
        return rank < 2 ? tensor : tensor.permute(reversed(IntStream.range(0, rank).toArray()));
    }

    private static int[] reversed(int[] numbers) {
        int[] out = new int[numbers.length];
        Arrays.setAll(out, i -> numbers[numbers.length - 1 - i]);
        return out;
    }
}
