package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.shape.DType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** The allocator over a source that only counts. */
class DeviceMemoryTest {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    /** Addresses without memory behind them, and a limit. */
    private static final class Counted implements DeviceMemory.Source {
        private final TreeMap<Long, Long> segments = new TreeMap<>();
        private long next = 1 << 12;
        private long limit = Long.MAX_VALUE;
        private int allocations;

        @Override
        public long allocate(long bytes) {
            assertTrue(bytes > 0);
            allocations++;
            if (bytes() + bytes > limit) {
                return 0;
            }
            long address = next;
            next += bytes + (1 << 12);
            segments.put(address, bytes);
            return address;
        }

        @Override
        public void free(long address) {
            assertTrue(segments.remove(address) != null, "freed twice, or never given");
        }

        @Override
        public String free() {
            return "nothing is free";
        }

        long bytes() {
            return segments.values().stream().mapToLong(b -> b).sum();
        }

        boolean contains(long address, long bytes) {
            var segment = segments.floorEntry(address);
            return segment != null && address + bytes <= segment.getKey() + segment.getValue();
        }
    }

    private final Counted source = new Counted();
    private final DeviceMemory memory = new DeviceMemory(source, true);

    private CudaBuffer buffer(long bytes) {
        return new CudaBuffer(DType.INT32, Math.toIntExact(bytes / 4), memory);
    }

    private static void release(CudaBuffer... buffers) {
        for (CudaBuffer buffer : buffers) {
            buffer.lease().release();
        }
    }

    /** What a request takes of the pool, and what that took from the driver. */
    @ParameterizedTest
    @CsvSource({
        "0, 512, 2097152",
        "4, 512, 2097152",
        "512, 512, 2097152",
        "516, 1024, 2097152",
        "1048576, 1048576, 2097152",
        "1048580, 2097152, 2097152", // a rest of less than 1 MiB is not cut off
        "2097152, 2097152, 2097152",
        "2097156, 2097664, 4194304",
        "3145728, 3145728, 4194304", // one of 1 MiB is
        "104857600, 104857600, 104857600",
    })
    void sizesAreRounded(int bytes, long live, long reserved) {
        CudaBuffer held = buffer(bytes);
        assertEquals(live, memory.liveBytes());
        assertEquals(reserved, memory.reservedBytes());
        assertEquals(0, held.address() % 256);
        release(held);
        assertEquals(0, memory.liveBytes());
        assertEquals(live, memory.peakBytes());
    }

    @Test
    void whatCameBackIsUsedAgain() {
        CudaBuffer first = buffer(3 * KIB);
        long address = first.address();
        release(first);
        CudaBuffer second = buffer(3 * KIB);
        assertEquals(address, second.address());
        assertEquals(1, source.allocations);
        release(second);
    }

    @Test
    void ofSeveralTheSmallestThatFitsIsTaken() {
        CudaBuffer large = buffer(8 * KIB);
        CudaBuffer wallA = buffer(512);
        CudaBuffer small = buffer(4 * KIB);
        CudaBuffer wallB = buffer(512);
        long address = small.address();
        release(large, small);
        CudaBuffer found = buffer(3 * KIB);
        assertEquals(address, found.address());
        release(found, wallA, wallB);
    }

    @Test
    void smallAndLargeOnesShareNothing() {
        CudaBuffer large = buffer(2 * MIB);
        release(large);
        CudaBuffer small = buffer(4);
        assertEquals(2, source.allocations);
        release(small);
    }

    /** In whatever order three neighbours come back, they become one run again. */
    @ParameterizedTest
    @ValueSource(strings = {"012", "021", "102", "120", "201", "210"})
    void neighboursAreJoined(String order) {
        CudaBuffer[] parts = {buffer(KIB), buffer(2 * KIB), buffer(3 * KIB)};
        CudaBuffer behind = buffer(512);
        long start = parts[0].address();
        assertEquals(start + KIB, parts[1].address());
        assertEquals(start + 3 * KIB, parts[2].address());
        order.chars().forEach(which -> release(parts[which - '0']));
        CudaBuffer all = buffer(6 * KIB);
        assertEquals(start, all.address());
        release(all, behind);
        CudaBuffer whole = buffer(MIB);
        CudaBuffer rest = buffer(MIB);
        assertEquals(start, whole.address());
        assertEquals(1, source.allocations);
        release(whole, rest);
    }

    @Test
    void unusedSegmentsGoBackToTheDriver() {
        CudaBuffer small = buffer(4);
        CudaBuffer large = buffer(5 * MIB);
        CudaBuffer other = buffer(7 * MIB);
        release(large);
        memory.freeUnused();
        assertEquals(2 * MIB + 8 * MIB, memory.reservedBytes());
        release(small, other);
        memory.freeUnused();
        assertEquals(0, memory.reservedBytes());
        assertEquals(0, source.bytes());
    }

    @Test
    void releasedTwiceIsReleasedOnce() {
        CudaBuffer first = buffer(KIB);
        release(first, first);
        assertEquals(0, memory.liveBytes());
        CudaBuffer second = buffer(KIB);
        CudaBuffer third = buffer(KIB);
        release(first);
        assertNotEquals(second.address(), third.address());
        assertEquals(2 * KIB, memory.liveBytes());
        var error = assertThrows(IllegalStateException.class, first::address);
        assertTrue(String.valueOf(error.getMessage()).contains("given back"));
        release(second, third);
    }

    @Test
    void withoutCachingEachBufferIsTheDrivers() {
        var plain = new DeviceMemory(source, false);
        var first = new CudaBuffer(DType.INT32, 3, plain);
        var second = new CudaBuffer(DType.INT32, 0, plain);
        assertEquals(Map.of(first.address(), 12L, second.address(), 4L), source.segments);
        release(first, first);
        assertEquals(4, source.bytes());
        assertEquals(4, plain.liveBytes());
        release(second);
        assertEquals(0, source.bytes());
    }

    @Test
    void beforeItGivesUpItReturnsWhatIsUnused() {
        source.limit = 8 * MIB;
        release(buffer(6 * MIB));
        CudaBuffer held = assertDoesNotThrow(() -> buffer(8 * MIB));
        var error = assertThrows(OutOfDeviceMemoryException.class, () -> buffer(4 * KIB));
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains("1024 elements, INT32 (4.0 KiB)"), message);
        assertTrue(message.contains("8.0 MiB are in use, 8.0 MiB reserved"), message);
        assertTrue(message.contains("1 ×    8.0 MiB =    8.0 MiB"), message);
        assertEquals(8 * MIB, memory.liveBytes());
        release(held);
        release(assertDoesNotThrow(() -> buffer(4 * KIB)));
    }

    @Test
    void theCollectorGivesBackWhatNobodyReleased() throws InterruptedException {
        long before = lose();
        for (int i = 0; i < 100 && memory.liveBytes() > 0; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(0, memory.liveBytes());
        CudaBuffer next = buffer(KIB);
        assertEquals(before, next.address());
        release(next);
    }

    @Test
    void theCollectorIsAskedBeforeItGivesUp() {
        source.limit = 2 * MIB;
        assertTrue(lose() != 0);
        release(buffer(2 * MIB - 4));
    }

    /** Drops a buffer without releasing it; gives its address. */
    private long lose() {
        return buffer(KIB).address();
    }

    /** Random requests and returns, against a list of what is held. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void nothingOverlapsAndNothingIsLost(long seed) {
        var random = new SplittableRandom(seed);
        source.limit = 64L * MIB;
        Map<CudaBuffer, Long> held = new HashMap<>();
        TreeMap<Long, Long> taken = new TreeMap<>();
        List<CudaBuffer> order = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            if (random.nextInt(100) < (i / 500 % 2 == 0 ? 60 : 40) || order.isEmpty()) {
                long bytes = size(random);
                if (bytes + bytes(taken) > source.limit / 2) {
                    refused++;
                    continue;
                }
                CudaBuffer buffer = buffer(bytes);
                long end = buffer.address() + bytes;
                var before = taken.lowerEntry(end);
                assertTrue(
                        before == null || before.getKey() + before.getValue() <= buffer.address(),
                        "overlap");
                assertTrue(source.contains(buffer.address(), bytes), "outside of its segment");
                taken.put(buffer.address(), Math.max(1, bytes));
                held.put(buffer, buffer.address());
                order.add(buffer);
            } else {
                CudaBuffer buffer = order.remove(random.nextInt(order.size()));
                assertEquals(held.get(buffer), buffer.address(), "memory does not move");
                taken.remove(buffer.address());
                held.remove(buffer);
                release(buffer);
            }
            assertEquals(source.bytes(), memory.reservedBytes());
            assertTrue(memory.liveBytes() >= bytes(taken));
        }
        assertTrue(refused < 1500, "too few requests");
        release(order.toArray(CudaBuffer[]::new));
        assertEquals(0, memory.liveBytes());
        memory.freeUnused();
        assertEquals(0, source.bytes(), "everything was joined, so every segment is free");
    }

    private static long bytes(Map<Long, Long> taken) {
        return taken.values().stream().mapToLong(b -> b).sum();
    }

    private static long size(SplittableRandom random) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1, 2, 3 -> 4 * random.nextLong(1, 200);
            case 4, 5, 6 -> 4 * random.nextLong(1, 50_000);
            case 7, 8 -> 4 * random.nextLong(200_000, 400_000);
            default -> 4 * random.nextLong(1, 2_000_000);
        };
    }
}
