package dev.gradus.io;

import dev.gradus.shape.Shape;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON at the head of a safetensors file: for each tensor its type, shape and place.
 *
 * @param entries by name, in the order of the file
 * @param metadata what {@code __metadata__} says
 */
record Header(Map<String, Entry> entries, Map<String, String> metadata) {
    /** A tensor in bytes begin … end − 1 behind the header. */
    record Entry(StoredType type, Shape shape, long begin, long end) {}

    /**
     * Far more than a hundred thousand tensors need; the memory to parse it is a few times that.
     */
    static final int MAX_BYTES = 1 << 24;

    private static final int MAX_RANK = 64;
    private static final String METADATA = "__metadata__";

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNameLength(MAX_BYTES)
                                    .maxStringLength(MAX_BYTES)
                                    .build())
                    .build();

    // ------------------------------------------------------------------ reading

    /**
     * Parses a header, and checks that the tensors fill {@code dataSize} bytes without a gap and
     * without sharing one.
     *
     * @param file for messages
     */
    static Header read(byte[] json, long dataSize, String file) throws IOException {
        Header header;
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
            try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
                header = new Reader(parser, file).header();
            }
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": the header is not UTF-8", e);
        } catch (JacksonException e) {
            throw new IOException(
                    file + ": the header is not valid JSON: " + e.getOriginalMessage(), e);
        }
        header.checkPlaces(dataSize, file);
        return header;
    }

    /** The tokens of one header. */
    private record Reader(JsonParser parser, String file) {
        Header header() throws IOException {
            Map<String, Entry> entries = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            expect(parser.nextToken(), JsonToken.START_OBJECT, "the header");
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                if (name.equals(METADATA)) {
                    readMetadata(metadata);
                } else {
                    entries.put(name, entry("tensor \"" + name + "\""));
                }
            }
            expect(parser.currentToken(), JsonToken.END_OBJECT, "the header");
            if (parser.nextToken() != null) {
                throw error("the header", "has something behind its closing brace");
            }
            return new Header(entries, metadata);
        }

        private void readMetadata(Map<String, String> into) throws IOException {
            expect(parser.nextToken(), JsonToken.START_OBJECT, METADATA);
            for (String key = parser.nextName(); key != null; key = parser.nextName()) {
                expect(parser.nextToken(), JsonToken.VALUE_STRING, METADATA + " \"" + key + "\"");
                into.put(key, parser.getString());
            }
        }

        private Entry entry(String what) throws IOException {
            String dtype = null;
            long[] dims = null;
            long[] offsets = null;
            expect(parser.nextToken(), JsonToken.START_OBJECT, what);
            for (String field = parser.nextName(); field != null; field = parser.nextName()) {
                switch (field) {
                    case "dtype" -> {
                        expect(parser.nextToken(), JsonToken.VALUE_STRING, what + ", dtype");
                        dtype = parser.getString();
                    }
                    case "shape" -> dims = numbers(what + ", shape");
                    case "data_offsets" -> offsets = numbers(what + ", data_offsets");
                    default -> throw error(what, "has an unknown field \"" + field + "\"");
                }
            }
            if (dtype == null || dims == null || offsets == null) {
                throw error(what, "must have dtype, shape and data_offsets");
            }
            if (offsets.length != 2 || offsets[0] > offsets[1]) {
                throw error(
                        what,
                        "has data_offsets "
                                + Arrays.toString(offsets)
                                + ", which must be [begin, end]");
            }
            StoredType type = type(dtype, what);
            Shape shape = shape(dims, what);
            long bytes = (long) shape.size() * type.itemSize();
            if (bytes != offsets[1] - offsets[0]) {
                throw error(
                        what,
                        "is "
                                + type
                                + " of shape "
                                + shape
                                + ", which takes "
                                + bytes
                                + " bytes, and data_offsets "
                                + Arrays.toString(offsets)
                                + " are "
                                + (offsets[1] - offsets[0]));
            }
            return new Entry(type, shape, offsets[0], offsets[1]);
        }

        /** An array of whole numbers that are not negative. */
        private long[] numbers(String what) throws IOException {
            expect(parser.nextToken(), JsonToken.START_ARRAY, what);
            long[] numbers = new long[MAX_RANK];
            int n = 0;
            for (JsonToken t = parser.nextToken();
                    t != JsonToken.END_ARRAY;
                    t = parser.nextToken()) {
                expect(t, JsonToken.VALUE_NUMBER_INT, what);
                if (n == MAX_RANK) {
                    throw error(what, "has more than " + MAX_RANK + " numbers");
                }
                if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        || parser.getLongValue() < 0) {
                    throw error(what, "has the number " + parser.getString());
                }
                numbers[n++] = parser.getLongValue();
            }
            return Arrays.copyOf(numbers, n);
        }

        private StoredType type(String name, String what) throws IOException {
            for (StoredType type : StoredType.values()) {
                if (type.name().equals(name)) {
                    return type;
                }
            }
            throw error(
                    what,
                    "has dtype "
                            + name
                            + "; those that are read are "
                            + Arrays.toString(StoredType.values()));
        }

        private Shape shape(long[] dims, String what) throws IOException {
            int[] sizes = new int[dims.length];
            for (int i = 0; i < dims.length; i++) {
                sizes[i] = (int) Math.min(dims[i], Integer.MAX_VALUE);
            }
            try {
                return Shape.of(sizes);
            } catch (IllegalArgumentException e) {
                throw error(what, "has " + e.getMessage());
            }
        }

        private void expect(JsonToken token, JsonToken wanted, String what) throws IOException {
            if (token != wanted) {
                throw error(what, "must be " + wanted + ", not " + token);
            }
        }

        private IOException error(String what, String problem) {
            return new IOException(file + ": " + what + " " + problem);
        }
    }

    /** Each tensor begins where the one before it, by place, ends. */
    private void checkPlaces(long dataSize, String file) throws IOException {
        List<Map.Entry<String, Entry>> byPlace = new ArrayList<>(entries.entrySet());
        byPlace.sort(
                Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
                        .thenComparingLong(e -> e.getValue().end()));
        long at = 0;
        for (Map.Entry<String, Entry> e : byPlace) {
            Entry entry = e.getValue();
            if (entry.end() > dataSize) {
                throw new IOException(
                        file
                                + ": tensor \""
                                + e.getKey()
                                + "\" ends at byte "
                                + entry.end()
                                + " of the data, of which the file has "
                                + dataSize
                                + "; it may be cut short");
            }
            if (entry.begin() != at) {
                throw new IOException(
                        file
                                + ": tensor \""
                                + e.getKey()
                                + "\" begins at byte "
                                + entry.begin()
                                + " of the data, and the one before it ends at "
                                + at
                                + (entry.begin() < at ? ": they overlap" : ": there is a gap"));
            }
            at = entry.end();
        }
        if (at != dataSize) {
            throw new IOException(
                    file
                            + ": the tensors take "
                            + at
                            + " bytes of data, and the file has "
                            + dataSize);
        }
    }

    // ------------------------------------------------------------------ writing

    /** As JSON, padded with spaces to a multiple of 8 bytes, so that the data are aligned. */
    byte[] toBytes() {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeName(METADATA);
                json.writeStartObject();
                metadata.forEach(json::writeStringProperty);
                json.writeEndObject();
            }
            entries.forEach((name, entry) -> write(name, entry, json));
            json.writeEndObject();
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "SafeTensors: a name is no text: " + e.getOriginalMessage(), e);
        }
        while (bytes.size() % 8 != 0) {
            bytes.write(' ');
        }
        if (bytes.size() > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "SafeTensors: the names and metadata take "
                            + bytes.size()
                            + " bytes, and a header may have "
                            + MAX_BYTES);
        }
        return bytes.toByteArray();
    }

    private static void write(String name, Entry entry, JsonGenerator json) {
        if (name.equals(METADATA)) {
            throw new IllegalArgumentException(
                    "SafeTensors: a tensor cannot be named "
                            + METADATA
                            + ", which the format uses");
        }
        json.writeName(name);
        json.writeStartObject();
        json.writeStringProperty("dtype", entry.type().name());
        json.writeName("shape");
        int[] dims = entry.shape().toArray();
        json.writeArray(dims, 0, dims.length);
        json.writeName("data_offsets");
        json.writeArray(new long[] {entry.begin(), entry.end()}, 0, 2);
        json.writeEndObject();
    }
}
