package dev.gradus.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
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
}
