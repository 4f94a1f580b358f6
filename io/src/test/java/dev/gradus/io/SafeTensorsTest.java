package dev.gradus.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;


import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class SafeTensorsTest {
    @TempDir private Path folder;

    private static final Map<String, Tensor> TENSORS = tensors();

    private static Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("ids", Tensor.of(new int[] {1, -2, Integer.MAX_VALUE, Integer.MIN_VALUE}));
        tensors.put("layer.weight", Tensor.randn(3, 5).t());
        tensors.put("α \"quoted\"\n", Tensor.scalar(-0.0));
        tensors.put("double", Tensor.of(new double[][] {{Math.PI}, {1e-300}}, DType.FLOAT64));
        tensors.put("empty", Tensor.zeros(2, 0, 3));
        tensors.put("long", Tensor.arange(3 * Elements.CHUNK).to(DType.FLOAT32).reshape(3, -1));
        return tensors;
    }

    private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        assertEquals(List.copyOf(expected.keySet()), List.copyOf(actual.keySet()));
        expected.forEach((name, tensor) -> {
            Tensor other = actual.getOrDefault(name, Tensor.zeros());
            assertEquals(tensor.dtype(), other.dtype(), name);
            assertEquals(tensor.shape(), other.shape(), name);
            assertArrayEquals(tensor.toArray(), other.toArray(), name);
        });
    }

    @Test
    void whatIsSavedIsLoadedInItsOrder() throws IOException {
        Path path = folder.resolve("model.safetensors");
        Map<String, String> metadata = new LinkedHashMap<>(Map.of("epoch", "7"));
        metadata.put("note", "ε = 1e-5");
        SafeTensors.save(path, TENSORS, metadata);
        SafeTensors.save(path, TENSORS, metadata); // replaces
        assertSame(TENSORS, SafeTensors.load(path));
        try (SafeTensors file = SafeTensors.open(path)) {
            assertEquals(metadata, file.metadata());
            assertEquals(Shape.of(5, 3), file.shape("layer.weight"));
            assertEquals(StoredType.F64, file.storedType("double"));
            assertEquals(Math.PI, file.tensor("double").at(0, 0));
        }
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(List.of(path), all.toList());
        }
    }

    @Test
    void theBytesAreThoseOfTheFormat() throws IOException {
        Path path = folder.resolve("two.safetensors");
        Map<String, Tensor> two = new LinkedHashMap<>();
        two.put("i", Tensor.of(7));
        two.put("d", Tensor.of(new double[] {1}, DType.FLOAT64));
        SafeTensors.save(path, two, Map.of("k", "v"));
        String json =
                "{\"__metadata__\":{\"k\":\"v\"},"
                        + "\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[8,12]},"
                        + "\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}";
        int padded = (json.length() + 7) / 8 * 8;
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + padded + 12).order(ByteOrder.LITTLE_ENDIAN).putLong(padded);
        bytes.put(json.getBytes(StandardCharsets.US_ASCII));
        while (bytes.position() < 8 + padded) {
            bytes.put((byte) ' ');
        }
        bytes.putDouble(1).putInt(7);
        assertArrayEquals(bytes.array(), Files.readAllBytes(path));
    }

    @Test
    void otherTypesRoundToTheNearestEven() throws IOException {
        Path path = folder.resolve("types.safetensors");
        double tie = 1 + 0x1p-11; // half way between 1 and the next F16
        double[] values = {tie, tie + 0x1p-40, 1 + 3 * 0x1p-11, -tie, 65520, 0x1p-25, 0x1p-24};
        double[] halves = {1, 1 + 0x1p-10, 1 + 0x1p-9, -1, Double.POSITIVE_INFINITY, 0, 0x1p-24};
        assertArrayEquals(halves, stored(path, StoredType.F16, values));
        double middle = 1 + 0x1p-8; // half way between 1 and the next BF16
        double[] brains = {middle, middle + 0x1p-40, 1 + 3 * 0x1p-8, Float.MAX_VALUE, Double.NaN};
        assertArrayEquals(
                new double[] {1, 1 + 0x1p-7, 1 + 0x1p-6, Double.POSITIVE_INFINITY, Double.NaN},
                stored(path, StoredType.BF16, brains));
        double[] ints = {0, 1, -7, Integer.MIN_VALUE};
        assertArrayEquals(ints, stored(path, StoredType.I64, ints));
        assertArrayEquals(ints, stored(path, StoredType.I32, ints));
        assertArrayEquals(new double[] {0, 255}, stored(path, StoredType.U8, 0, 255));
        assertArrayEquals(new double[] {0, 1}, stored(path, StoredType.BOOL, 0, 1));
        assertThrows(IOException.class, () -> stored(path, StoredType.I64, 0x1p31));
    }

    private static double[] stored(Path path, StoredType type, double... values)
            throws IOException {
        Tensor tensor = Tensor.of(values, DType.FLOAT64);
        SafeTensors.save(path, Map.of("t", tensor), Map.of(), (name, t) -> type);
        return SafeTensors.load(path).getOrDefault("t", tensor.neg()).toArray();
    }

    @Test
    void whatATypeDoesNotHoldIsAnErrorAndNoFile() throws IOException {
        Path path = folder.resolve("types.safetensors");
        Object[][] table = {
            {StoredType.BOOL, 2.0}, {StoredType.U8, -1.0}, {StoredType.U8, 256.0},
            {StoredType.I32, 0.5}, {StoredType.I32, 0x1p31}, {StoredType.I64, Double.NaN}
        };
        for (Object[] row : table) {
            String message = String.valueOf(
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> stored(path, (StoredType) row[0], 0, (Double) row[1]))
                            .getMessage());
            assertEquals(
                    "SafeTensors.save: tensor \"t\": element 1 is "
                            + row[1]
                            + ", which "
                            + row[0]
                            + " does not hold",
                    message);
            assertFalse(Files.exists(path));
        }
    }

    /** A header, the bytes behind it, and what the error must say. */
    private record Hostile(String json, int data, String says) {}

    private static String tensor(String dtype, String shape, String offsets) {
        return "{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
                .formatted(dtype, shape, offsets);
    }

    @TestFactory
    Stream<DynamicTest> hostileFilesAreRefused() {
        String one = "\"a\":" + tensor("F32", "[2]", "[0,8]");
        return Stream.of(
                        new Hostile("{" + one + "}", 7, "\"a\" ends at byte 8 of the data, of"),
                        new Hostile("{" + one + "}", 9, "take 8 bytes of data, and the file has 9"),
                        new Hostile("{" + one + "," + one + "}", 8, "uplicate"),
                        new Hostile(
                                "{" + one + ",\"b\":" + tensor("U8", "[4]", "[4,8]") + "}",
                                8,
                                "ends at 8: they overlap"),
                        new Hostile(
                                "{" + one + ",\"b\":" + tensor("U8", "[1]", "[9,10]") + "}",
                                10,
                                "ends at 8: there is a gap"),
                        bad("F32", "[2]", "[-8,0]", "data_offsets has the number -8"),
                        bad("F32", "[2]", "[8,0]", "must be [begin, end]"),
                        bad("F32", "[2]", "[0]", "must be [begin, end]"),
                        bad("F32", "[3]", "[0,8]", "takes 12 bytes, and data_offsets"),
                        bad("F32", "[-2]", "[0,8]", "shape has the number -2"),
                        bad("F32", "[65536,65536]", "[0,17179869184]", "more elements than"),
                        bad("F32", "[99999999999999999999]", "[0,8]", "has the number 9999"),
                        bad("F32", "[4294967298]", "[0,8]", "more elements than"),
                        bad("F32", "[2.0]", "[0,8]", "must be VALUE_NUMBER_INT"),
                        bad("I16", "[4]", "[0,8]", "has dtype I16; those that are read are"),
                        new Hostile("{\"a\":{\"dtype\":\"F32\"}}", 8, "must have dtype, shape"),
                        new Hostile("{\"a\":{\"x\":1}}", 8, "unknown field \"x\""),
                        new Hostile("{\"__metadata__\":{\"k\":1}}", 0, "must be VALUE_STRING"),
                        new Hostile("{\"a\":[]}", 0, "must be START_OBJECT"),
                        new Hostile("[]", 0, "must be START_OBJECT"),
                        new Hostile("{} {}", 0, "behind its closing brace"),
                        new Hostile("{", 0, "not valid JSON"),
                        new Hostile("[".repeat(100_000), 0, "must be START_OBJECT"))
                .map(h -> dynamicTest(h.says, () -> refuses(h)));
    }

    private static Hostile bad(String dtype, String shape, String offsets, String says) {
        return new Hostile("{\"a\":" + tensor(dtype, shape, offsets) + "}", 8, says);
    }

    private void refuses(Hostile hostile) throws IOException {
        byte[] json = hostile.json.getBytes(StandardCharsets.UTF_8);
        Path path = folder.resolve("hostile.safetensors");
        Files.write(path, file(json.length, json, hostile.data));
        String message = String.valueOf( assertThrows(IOException.class, () -> SafeTensors.load(path)).getMessage());
        assertTrue(message.startsWith(path.toString()) && message.contains(hostile.says), message);
    }

    private static byte[] file(long length, byte[] json, int data) {
        return ByteBuffer.allocate(8 + json.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(json)
                .array();
    }

    @Test
    void lengthsThatLie() throws IOException {
        Path path = folder.resolve("hostile.safetensors");
        for (long length : new long[] {-1, Long.MAX_VALUE, Long.MIN_VALUE, 3, 1L << 40}) {
            Files.write(path, file(length, new byte[] {'{', '}'}, 0));
            String message = String.valueOf(
                    assertThrows(IOException.class, () -> SafeTensors.load(path)).getMessage());
            assertTrue(message.contains("must be at most 2;"), message);
        }
        Files.write(path, new byte[7]);
        assertThrows(IOException.class, () -> SafeTensors.load(path));
        Files.write(path, file(2, new byte[] {(byte) 0xff, '}'}, 0));
        assertThrows(IOException.class, () -> SafeTensors.load(path));
    }

    @Test
    void aClosedFileAndAnUnknownName() throws IOException {
        Path path = folder.resolve("model.safetensors");
        SafeTensors.save(path, TENSORS);
        SafeTensors file = SafeTensors.open(path);
        assertThrows(IllegalArgumentException.class, () -> file.tensor("none"));
        file.close();
        file.close();
        assertThrows(IllegalStateException.class, () -> file.tensor("ids"));
        assertThrows(
                IllegalArgumentException.class,
                () -> SafeTensors.save(path, Map.of("__metadata__", Tensor.zeros(1))));
        assertSame(TENSORS, SafeTensors.load(path));
    }
}
