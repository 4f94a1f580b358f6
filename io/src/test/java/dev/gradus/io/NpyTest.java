package dev.gradus.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** The files under resources are those of {@code arrays.py}, run with NumPy 2.4.6. */
class NpyTest {
    @TempDir private Path folder;

    static Path resource(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(NpyTest.class.getResource(name), name).toURI());
    }

    private static void check(
            Tensor actual, DType dtype, String shape, IntToDoubleFunction element) {
        assertEquals(dtype, actual.dtype());
        assertEquals(shape, actual.shape().toString());
        assertArrayEquals(
                IntStream.range(0, actual.size()).mapToDouble(element).toArray(), actual.toArray());
    }

    private static void checkAll(Map<String, Tensor> arrays) {
        IntToDoubleFunction quarters = i -> (i - 5) / 4.0;
        IntToDoubleFunction thousands = i -> i * 1000 - 5000;
        assertEquals(16, arrays.size());
        arrays.forEach((name, t) -> {
            switch (name) {
                case "f8le", "f8be" -> check(t, DType.FLOAT64, "[3, 4]", quarters);
                case "f4le", "f4be", "f2le", "f2be" -> check(t, DType.FLOAT32, "[3, 4]", quarters);
                case "i8le", "i8be", "i4le", "i4be" -> check(t, DType.INT32, "[3, 4]", thousands);
                case "u1" -> check(t, DType.INT32, "[3, 4]", i -> i * 20);
                case "b1" -> check(t, DType.FLOAT32, "[3, 4]", i -> i % 3 == 0 ? 1 : 0);
                case "fortran" -> check(t, DType.FLOAT32, "[2, 3, 4]", quarters);
                case "scalar" -> check(t, DType.FLOAT64, "[]", i -> 2.5);
                case "vector" -> check(t, DType.INT32, "[5]", i -> i);
                case "empty" -> check(t, DType.FLOAT32, "[0, 3]", i -> i);
                default -> throw new AssertionError(name);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrays.npz", "compressed.npz"})
    void readsWhatNumPyWrote(String file) throws Exception {
        checkAll(Npz.load(resource(file)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void readsAndWritesAllVersions(int version) throws Exception {
        Path path = resource("version" + version + ".npy");
        Tensor read = Npy.load(path);
        check(read, DType.FLOAT64, "[3, 4]", i -> (i - 5) / 4.0);
        Path ours = folder.resolve("ours.npy");
        Npy.save(ours, read, new Npy.Format(StoredType.F64, ByteOrder.BIG_ENDIAN, true, version));
        assertArrayEquals(Files.readAllBytes(path), Files.readAllBytes(ours));
    }

    /** The arrays of {@code arrays.py}, in its formats. */
    private static void saveLikeNumPy(Path path, boolean compress) throws Exception {
        Map<String, Tensor> arrays = Npz.load(resource("arrays.npz"));
        Npz.save(
                path,
                arrays,
                compress,
                (name, t) -> {
                    ByteOrder order =
                            name.endsWith("be") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
                    StoredType type =
                            switch (name.substring(0, 2)) {
                                case "f2" -> StoredType.F16;
                                case "i8" -> StoredType.I64;
                                case "u1" -> StoredType.U8;
                                case "b1" -> StoredType.BOOL;
                                default -> StoredType.of(t.dtype());
                            };
                    return new Npy.Format(type, order, name.equals("fortran"), 1);
                });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsSavedIsLoaded(boolean compress) throws Exception {
        Path path = folder.resolve("ours.npz");
        saveLikeNumPy(path, compress);
        checkAll(Npz.load(path));
    }

    @Test
    void numPyReadsOurs() throws Exception {
        Path path = folder.resolve("ours.npz");
        saveLikeNumPy(path, true);
        String code =
                """
                import sys
                try:
                    import numpy as np
                except ImportError:
                    sys.exit(77)
                a, b = np.load(sys.argv[1]), np.load(sys.argv[2])
                assert a.files == b.files, (a.files, b.files)
                for k in a.files:
                    assert a[k].dtype == b[k].dtype and a[k].shape == b[k].shape, k
                    assert a[k].flags.f_contiguous == b[k].flags.f_contiguous, k
                    assert np.array_equal(a[k], b[k]), k
                print("equal")
                """;
        Process python;
        try {
            python =
                    new ProcessBuilder(
                                    "python3",
                                    "-c",
                                    code,
                                    resource("arrays.npz").toString(),
                                    path.toString())
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            assumeTrue(false, "there is no python3 here: " + e.getMessage());
            return;
        }
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = python.waitFor();
        assumeTrue(exit != 77, "python3 has no NumPy here (Debian: python3-numpy)");
        assertEquals("equal", output.strip());
        assertEquals(0, exit);
    }

    @Test
    void aZipBombIsRefusedUnlessItIsAskedFor() throws IOException {
        Path path = folder.resolve("zeros.npz");
        Map<String, Tensor> zeros = new LinkedHashMap<>();
        for (String name : new String[] {"a", "b"}) {
            zeros.put(name, Tensor.zeros(3 << 20));
        }
        Npz.save(path, zeros, true);
        String message = String.valueOf( assertThrows(IOException.class, () -> Npz.load(path)).getMessage());
        assertTrue(message.contains("b.npy: takes 12583040 bytes, 25166080 with"), message);
        assertEquals(2, Npz.load(path, 1L << 25).size());
    }
}
