package dev.gradus.io;

import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of an npy file: magic, version, a length, and a Python dictionary such as {@code
 * {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }}, padded to a multiple of 64 bytes.
 *
 * @param length its bytes; 0 for one that is yet to be written
 */
record NpyHeader(Npy.Format format, Shape shape, int length) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** NumPy itself reads no longer one without being told to. */
    private static final int MAX_BYTES = 10_000;

    private static final int ALIGNMENT = 64;

    /** An entry of the dictionary; no more of Python than NumPy writes for a plain array. */
    private static final Pattern ENTRY =
            Pattern.compile(
                    "\\s*(['\"])(\\w+)\\1\\s*:\\s*"
                            + "(?:(['\"])([^'\"]*)\\3|(True|False)|\\(([\\d,\\sL]*)\\))"
                            + "\\s*(,|$)");

    // ------------------------------------------------------------------ reading

    static NpyHeader read(InputStream in, String what) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        ByteBuffer bytes = ByteBuffer.wrap(start);
        if (start.length < MAGIC.length + 2
                || !bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
            throw new IOException(
                    what + ": is no npy file, which begins with \\x93NUMPY and a version");
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > 3 || start[MAGIC.length + 1] != 0) {
            throw new IOException(
                    what
                            + ": has version "
                            + version
                            + "."
                            + start[MAGIC.length + 1]
                            + " of the npy format; 1.0, 2.0 and 3.0 are read");
        }
        byte[] size = in.readNBytes(version == 1 ? 2 : 4);
        ByteBuffer little = ByteBuffer.wrap(size).order(ByteOrder.LITTLE_ENDIAN);
        if (size.length < (version == 1 ? 2 : 4)) {
            throw new IOException(what + ": ends in its header");
        }
        long length = version == 1 ? Short.toUnsignedInt(little.getShort()) : little.getInt();
        if (length < 0 || length > MAX_BYTES) {
            throw new IOException(
                    what
                            + ": says that its header has "
                            + (length & 0xffffffffL)
                            + " bytes; at most "
                            + MAX_BYTES
                            + " are read");
        }
        byte[] text = in.readNBytes((int) length);
        if (text.length < length) {
            throw new IOException(what + ": ends in its header");
        }
        int all = start.length + size.length + text.length;
        return parse(new String(text, StandardCharsets.UTF_8).strip(), version, all, what);
    }

    private static NpyHeader parse(String text, int version, int length, String what)
            throws IOException {
        String descr = null;
        Boolean fortran = null;
        int[] dims = null;
        if (!text.startsWith("{") || !text.endsWith("}")) {
            throw error(what, text);
        }
        String inside = text.substring(1, text.length() - 1).strip();
        Matcher entry = ENTRY.matcher(inside);
        int at = 0;
        while (at < inside.length()) {
            if (!entry.region(at, inside.length()).lookingAt()) {
                throw error(what, text);
            }
            String key = entry.group(2);
            if (key.equals("descr") && descr == null && entry.group(4) != null) {
                descr = entry.group(4);
            } else if (key.equals("fortran_order") && fortran == null && entry.group(5) != null) {
                fortran = entry.group(5).equals("True");
            } else if (key.equals("shape") && dims == null && entry.group(6) != null) {
                dims = dims(entry.group(6), what);
            } else {
                throw error(what, text);
            }
            at = entry.end();
        }
        if (descr == null || fortran == null || dims == null) {
            throw error(what, text);
        }
        Shape shape;
        try {
            shape = Shape.of(dims);
        } catch (IllegalArgumentException e) {
            throw new IOException(what + ": " + e.getMessage(), e);
        }
        StoredType type = type(descr);
        if (type == null) {
            throw new IOException(
                    what
                            + ": has elements of type '"
                            + descr
                            + "'; those that are read are f8, f4, f2, i8, i4, u1 and b1, little- or"
                            + " big-endian");
        }
        ByteOrder order = descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return new NpyHeader(new Npy.Format(type, order, fortran, version), shape, length);
    }

    private static IOException error(String what, String text) {
        return new IOException(
                what
                        + ": the header must be {'descr': '<f4', 'fortran_order': False, 'shape':"
                        + " (2, 3)} or the like, with a plain type, not "
                        + text.substring(0, Math.min(200, text.length())));
    }

    /** What is between the brackets of a shape; Python 2 wrote an L behind a long one. */
    private static int[] dims(String text, String what) throws IOException {
        String[] parts = text.isBlank() ? new String[0] : text.split(",");
        if (parts.length > 64) {
            throw new IOException(what + ": has more than 64 axes");
        }
        int[] dims = new int[parts.length];
        for (int i = 0; i < dims.length; i++) {
            String number = parts[i].strip();
            try {
                dims[i] =
                        Integer.parseInt(
                                number.endsWith("L")
                                        ? number.substring(0, number.length() - 1)
                                        : number);
            } catch (NumberFormatException e) {
                throw new IOException(
                        what + ": shape (" + text + ") has a size that an int does not hold", e);
            }
        }
        return dims;
    }

    /** The type that NumPy calls so, or null. */
    private static @Nullable StoredType type(String descr) {
        for (StoredType type : StoredType.values()) {
            for (ByteOrder order :
                    new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
                if (descr.equals(descr(type, order))) {
                    return type;
                }
            }
        }
        return null;
    }

    // ------------------------------------------------------------------ writing

    private static @Nullable String descr(StoredType type, ByteOrder order) {
        String first = type.itemSize() == 1 ? "|" : order == ByteOrder.BIG_ENDIAN ? ">" : "<";
        return switch (type) {
            case F64, F32, F16 -> first + "f" + type.itemSize();
            case I64, I32 -> first + "i" + type.itemSize();
            case U8 -> first + "u1";
            case BOOL -> first + "b1";
            case BF16 -> null;
        };
    }

    byte[] toBytes() {
        var dims = new StringBuilder();
        for (int d : shape.toArray()) {
            dims.append(d).append(shape.rank() == 1 ? "," : ", ");
        }
        if (shape.rank() > 1) {
            dims.setLength(dims.length() - 2);
        }
        String text =
                "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }"
                        .formatted(
                                descr(format.type(), format.order()),
                                format.fortran() ? "True" : "False",
                                dims);
        int start = MAGIC.length + 2 + (format.version() == 1 ? 2 : 4);
        int all = Math.ceilDiv(start + text.length() + 1, ALIGNMENT) * ALIGNMENT;
        var out = new ByteArrayOutputStream();
        out.writeBytes(MAGIC);
        out.write(format.version());
        out.write(0);
        ByteBuffer size = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(all - start);
        out.write(size.array(), 0, start - MAGIC.length - 2);
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        while (out.size() < all - 1) {
            out.write(' ');
        }
        out.write('\n');
        return out.toByteArray();
    }
}
