package dev.gradus.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Good files, damaged in many ways: a reader says no by an IOException or an
 * IllegalArgumentException, or reads, and takes little memory either way.
 */
class FuzzTest {
    private static final int RUNS = 400;

    /** What an npz file may take however small it is, and something for the JVM. */
    private static final long MAX_BYTES = 40L << 20;

    @TempDir private Path folder;

    private static Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("first", Tensor.arange(12).reshape(3, 4));
        tensors.put("second", Tensor.ones(2, 3, 2));
        tensors.put("third", Tensor.scalar(3));
        return tensors;
    }

    private interface Reader {
        void read(Path path) throws IOException;
    }

    @Test
    void safeTensors() throws IOException {
        Path path = folder.resolve("good");
        SafeTensors.save(path, tensors(), Map.of("a", "b"));
        fuzz(path, SafeTensors::load);
    }

    @Test
    void npy() throws IOException {
        Path path = folder.resolve("good");
        Npy.save(path, Tensor.ones(3, 4));
        fuzz(path, Npy::load);
    }

    @Test
    void npz() throws IOException {
        Path path = folder.resolve("good");
        Npz.save(path, tensors(), true);
        fuzz(path, Npz::load);
    }

    @Test
    void npzUncompressed() throws IOException {
        Path path = folder.resolve("good");
        Npz.save(path, tensors());
        fuzz(path, Npz::load);
    }

    private void fuzz(Path good, Reader reader) throws IOException {
        byte[] bytes = Files.readAllBytes(good);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int refused = 0;
        Path path = folder.resolve("damaged");
        for (int seed = 0; seed < RUNS; seed++) {
            byte[] damaged = damaged(bytes, new Random(seed));
            Files.write(path, damaged);
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                reader.read(path);
            } catch (IOException | IllegalArgumentException e) {
                refused++;
                assertTrue(
                        e.getMessage() != null && e.getMessage().length() < 20_000, "seed " + seed);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
            long taken = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(taken < MAX_BYTES, "seed " + seed + " took " + taken + " bytes");
        }
        // Some damage only changes numbers; most must be seen.
        assertTrue(refused > RUNS / 3, "only " + refused + " were refused");
        reader.read(good);
        try (var files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bytes = good.clone();
        switch (random.nextInt(4)) {
            case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1 -> { // a piece goes elsewhere
                int n = 1 + random.nextInt(16);
                int from = random.nextInt(bytes.length - n);
                int to = random.nextInt(bytes.length - n);
                System.arraycopy(good, from, bytes, to, n);
            }
            case 2 -> { // a number becomes large
                for (int i = 0, at = random.nextInt(bytes.length); i < 9; i++, at++) {
                    if (at < bytes.length && (i == 0 || Character.isDigit(bytes[at]))) {
                        bytes[at] = Character.isDigit(bytes[at]) ? (byte) '9' : (byte) 0xff;
                    }
                }
            }
            default -> {
                for (int i = 1 + random.nextInt(4); i > 0; i--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
            }
        }
        return bytes;
    }
}
