package dev.gradus.io;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Named tensors in a file of the <a href="https://huggingface.co/docs/safetensors">safetensors</a>
 * format, which PyTorch's and Hugging Face's users have: eight bytes with the length of a JSON
 * header, the header, then the elements, row-major and little-endian.
 *
 * <p>{@link #load} reads a whole file. {@link #open} maps it into memory, so that names and shapes
 * cost nothing and one tensor of many can be read:
 *
 * <pre>{@code
 * try (SafeTensors file = SafeTensors.open(path)) {
 *     Tensor weight = file.tensor("head.weight");
 * }
 * }</pre>
 *
 * <p>What is stored as F16, BF16, I64, U8 or BOOL becomes one of the three types of a tensor, as
 * {@link StoredType} says. An open file may be read by many threads at once. It must not be cut
 * short meanwhile; that it is replaced, as {@link #save} does, is no harm.
 */
public final class SafeTensors implements AutoCloseable {
    private static final int LENGTH = 8;

    private final String file;
    private final Arena arena;
    private final MemorySegment data;
    private final Header header;

    private SafeTensors(String file, Arena arena, MemorySegment data, Header header) {
        this.file = file;
        this.arena = arena;
        this.data = data;
        this.header = header;
    }

    // ------------------------------------------------------------------ reading

    /**
     * All tensors of a file, in the order of its header.
     *
     * @throws IOException if it cannot be read, or is not a safetensors file from end to end; says
     *     which tensor is wrong
     */
    public static Map<String, Tensor> load(Path path) throws IOException {
        try (SafeTensors file = open(path)) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (String name : file.names()) {
                tensors.put(name, file.tensor(name));
            }
            return tensors;
        }
    }

    /**
     * Opens a file and checks its header: every tensor has its place in the file, and no two share
     * one.
     *
     * @throws IOException as {@link #load}
     */
    public static SafeTensors open(Path path) throws IOException {
        String file = path.toString();
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path)) {
            long size = channel.size();
            if (size < LENGTH) {
                throw new IOException(
                        file
                                + ": "
                                + size
                                + " bytes are no safetensors file, which begins with 8 bytes of the"
                                + " header's length");
            }
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long length =
                    all.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
            if (length < 0 || length > size - LENGTH || length > Header.MAX_BYTES) {
                throw new IOException(
                        file
                                + ": the first 8 bytes say that the header has "
                                + Long.toUnsignedString(length)
                                + " bytes, which must be at most "
                                + Math.min(size - LENGTH, Header.MAX_BYTES)
                                + "; it is no safetensors file, or cut short");
            }
            byte[] json = all.asSlice(LENGTH, length).toArray(ValueLayout.JAVA_BYTE);
            MemorySegment data = all.asSlice(LENGTH + length);
            Header header = Header.read(json, data.byteSize(), file);
            SafeTensors opened = new SafeTensors(file, arena, data, header);
            arena = null;
            return opened;
        } finally {
            if (arena != null) {
                arena.close();
            }
        }
    }

    /** The tensors' names in the order of the header. */
    public Set<String> names() {
        return Collections.unmodifiableSet(header.entries().keySet());
    }

    /** What the writer noted beside the tensors. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /** The shape of a tensor. */
    public Shape shape(String name) {
        return entry(name).shape();
    }

    /** How the file stores a tensor. */
    public StoredType storedType(String name) {
        return entry(name).type();
    }

    /**
     * One tensor, read and converted.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws IllegalStateException if the file is closed
     * @throws IOException if an I64 is no int, or the file became shorter since it was opened
     */
    public Tensor tensor(String name) throws IOException {
        Header.Entry entry = entry(name);
        if (!arena.scope().isAlive()) {
            throw new IllegalStateException(file + " is closed");
        }
        StoredType type = entry.type();
        Object array = Elements.array(type.dtype(), entry.shape().size());
        MemorySegment bytes = data.asSlice(entry.begin(), entry.end() - entry.begin());
        String what = file + ": tensor \"" + name + "\"";
        try {
            Elements.decode(bytes, type, ByteOrder.LITTLE_ENDIAN, array, 0, what);
        } catch (InternalError e) {
            // How the JVM reports a page of a mapped file that is not there any more.
            throw new IOException(what + " cannot be read: was the file cut short meanwhile?", e);
        }
        return Elements.tensor(array, type.dtype(), entry.shape());
    }

    private Header.Entry entry(String name) {
        Header.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException(
                    file
                            + " has no tensor \""
                            + name
                            + "\"; it has "
                            + String.join(", ", header.entries().keySet()));
        }
        return entry;
    }

    /** Gives the file back; what was read stays. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    // ------------------------------------------------------------------ writing

    /** Writes tensors as F32, F64 and I32, by the rules of {@link AtomicFile}. */
    public static void save(Path path, Map<String, Tensor> tensors) throws IOException {
        save(path, tensors, Map.of());
    }

    /** Writes tensors, and some notes as metadata. */
    public static void save(Path path, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        save(path, tensors, metadata, (name, tensor) -> StoredType.of(tensor.dtype()));
    }

    /**
     * Writes tensors, each in a type of choice. Floating types round to the nearest, ties to even,
     * and what is too large for F16 becomes infinite.
     *
     * @param types the type for a name and its tensor, such as {@code (name, t) -> StoredType.BF16}
     * @throws IllegalArgumentException if an integer type or BOOL does not hold an element; names
     *     it
     */
    public static void save(
            Path path,
            Map<String, Tensor> tensors,
            Map<String, String> metadata,
            BiFunction<String, Tensor, StoredType> types)
            throws IOException {
        List<Item> items = new ArrayList<>();
        tensors.forEach((name, t) -> items.add(new Item(name, t, types.apply(name, t))));
        // The widest first: so each is aligned to its own size, for readers that map the file.
        List<Item> byPlace = new ArrayList<>(items);
        byPlace.sort(Comparator.comparingInt(item -> -item.type.itemSize()));
        Map<String, Header.Entry> places = new LinkedHashMap<>();
        items.forEach(item -> places.put(item.name, item.at(0)));
        long at = 0;
        for (Item item : byPlace) {
            Header.Entry place = item.at(at);
            places.put(item.name, place); // which keeps the order of the items
            at = place.end();
        }
        byte[] json = new Header(places, metadata).toBytes();
        AtomicFile.write(
                path,
                out -> {
                    byte[] length = new byte[LENGTH];
                    ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length);
                    out.write(length);
                    out.write(json);
                    for (Item item : byPlace) {
                        Object array = Elements.of(item.tensor);
                        String what = "SafeTensors.save: tensor \"" + item.name + "\"";
                        Elements.write(array, item.type, ByteOrder.LITTLE_ENDIAN, out, what);
                    }
                });
    }

    /** A tensor to be written. */
    private record Item(String name, Tensor tensor, StoredType type) {
        Header.Entry at(long begin) {
            long bytes = (long) tensor.size() * type.itemSize();
            return new Header.Entry(type, tensor.shape(), begin, begin + bytes);
        }
    }
}
