package dev.gradus.data;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.ZipException;

/**
 * Reads IDX, the format of the MNIST files: two zero bytes, a byte for the type of the elements, a
 * byte for the number of axes, the size of each axis as a 32-bit number, and then the elements row
 * by row; all big-endian. Plain or compressed by gzip.
 *
 * <p>Bytes (0x08 unsigned, 0x09 signed), shorts (0x0B) and ints (0x0C) become INT32, floats (0x0D)
 * FLOAT32 and doubles (0x0E) FLOAT64.
 */
public final class Idx {
    /** Memory is taken as bytes arrive, so that a header alone can't ask for much. */
    private static final int FIRST_ROOM = 1 << 20;

    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;

    /** The types of the format. */
    private enum Code {
        UNSIGNED_BYTE(0x08, 1, DType.INT32),
        BYTE(0x09, 1, DType.INT32),
        SHORT(0x0B, 2, DType.INT32),
        INT(0x0C, 4, DType.INT32),
        FLOAT(0x0D, 4, DType.FLOAT32),
        DOUBLE(0x0E, 8, DType.FLOAT64);

        private final int code;
        private final int bytes;
        private final DType dtype;

        Code(int code, int bytes, DType dtype) {
            this.code = code;
            this.bytes = bytes;
            this.dtype = dtype;
        }
    }

    private Idx() {}

    /**
     * The tensor in a file.
     *
     * @throws IOException if the file can't be read, is no IDX file, or is shorter or longer than
     *     its header says
     */
    public static Tensor read(Path file) throws IOException {
        try (InputStream in = Opened.file(file)) {
            return read(new DataInputStream(in));
        } catch (Malformed e) {
            throw new IOException(file + " is no whole IDX file: " + e.getMessage(), e);
        } catch (EOFException | ZipException e) {
            throw new IOException(file + " can't be unpacked: " + e.getMessage(), e);
        }
    }

    /** What is wrong with a file. */
    private static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message);
        }
    }

    private static Tensor read(DataInputStream in) throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
            throw new Malformed(
                    "it starts with %s, not with two zero bytes, a type and a number of axes"
                            .formatted(hex(magic)));
        }
        Code code = code(magic[2]);
        int[] shape = new int[magic[3] & 0xFF];
        long elements = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            byte[] size = in.readNBytes(4);
            if (size.length < 4) {
                throw new Malformed(
                        "it ends within the sizes of its %d axes, at offset %d"
                                .formatted(shape.length, 4 + 4 * axis + size.length));
            }
            shape[axis] = ByteBuffer.wrap(size).getInt();
            if (shape[axis] < 0) {
                throw new Malformed(
                        "axis %d has the size %d (offset %d)"
                                .formatted(axis, shape[axis] & 0xFFFFFFFFL, 4 + 4 * axis));
            }
            elements = Math.min(elements * shape[axis], 1L << 32);
        }
        if (elements > MOST_ELEMENTS / code.bytes) {
            throw new Malformed(
                    "shape %s of %s is more than a Java array holds"
                            .formatted(Arrays.toString(shape), code));
        }
        byte[] bytes = content(in, (int) elements * code.bytes, shape);
        return tensor(code, bytes, (int) elements).reshape(shape);
    }

    private static Code code(byte number) throws Malformed {
        for (Code code : Code.values()) {
            if (code.code == number) {
                return code;
            }
        }
        throw new Malformed(
                "the type 0x%02X at offset 2 is none of 08, 09, 0B, 0C, 0D and 0E"
                        .formatted(number));
    }

    private static byte[] content(InputStream in, int size, int[] shape) throws IOException {
        byte[] bytes = new byte[Math.min(size, FIRST_ROOM)];
        int got = 0;
        while (true) {
            got += in.readNBytes(bytes, got, bytes.length - got);
            if (got < bytes.length) {
                throw new Malformed(
                        "shape %s takes %d bytes after the header, and there are %d"
                                .formatted(Arrays.toString(shape), size, got));
            }
            if (got == size) {
                break;
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(size, 2L * got));
        }
        if (in.read() >= 0) {
            throw new Malformed(
                    "shape %s takes %d bytes after the header, and there are more"
                            .formatted(Arrays.toString(shape), size));
        }
        return bytes;
    }

    private static Tensor tensor(Code code, byte[] bytes, int elements) {
        ByteBuffer in = ByteBuffer.wrap(bytes); // big-endian
        return switch (code.dtype) {
            case INT32 -> {
                int[] values = new int[elements];
                for (int i = 0; i < elements; i++) {
                    values[i] =
                            switch (code.bytes) {
                                case 1 -> code == Code.BYTE ? bytes[i] : bytes[i] & 0xFF;
                                case 2 -> in.getShort(2 * i);
                                default -> in.getInt(4 * i);
                            };
                }
                yield Tensor.of(values);
            }
            case FLOAT32 -> {
                float[] values = new float[elements];
                in.asFloatBuffer().get(values);
                yield Tensor.of(values);
            }
            case FLOAT64 -> {
                double[] values = new double[elements];
                in.asDoubleBuffer().get(values);
                yield Tensor.of(values, DType.FLOAT64);
            }
        };
    }

    private static String hex(byte[] bytes) {
        return bytes.length == 0 ? "nothing" : HexFormat.ofDelimiter(" ").formatHex(bytes);
    }
}
