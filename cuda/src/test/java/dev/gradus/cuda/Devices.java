package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;

/** What tests leave on the device for the next ones: nothing. */
final class Devices {
    private Devices() {}

    /** Gives all memory back to the driver; fails where somebody still holds some. */
    static void assertEmptied(@Nullable CudaBackend backend) {
        if (backend == null) {
            return;
        }
        DeviceMemory memory = backend.device().memory();
        try {
            for (int i = 0; i < 50 && memory.liveBytes() > 0; i++) {
                System.gc();
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertEquals(0, memory.liveBytes(), "bytes that nobody gave back");
        memory.freeUnused();
        assertEquals(0, memory.reservedBytes(), "bytes that the driver has not got back");
    }
}
