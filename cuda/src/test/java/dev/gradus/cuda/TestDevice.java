package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jspecify.annotations.Nullable;

/**
 * The device on which tests run: the emulated one, or with the profile {@code gpu} the one of this
 * computer.
 */
final class TestDevice {
    private static final boolean REAL = Boolean.getBoolean("gradus.gpu");

    static {
        if (REAL) {
            System.out.println(Cuda.report());
        }
    }

    private TestDevice() {}

    /**
     * Makes the emulated device run the threads of kernels forward, backward and at random in turn,
     * and copy as late as it may. Where there is neither it nor a real one, the test is skipped.
     */
    static void prepare() {
        if (!REAL) {
            Emulator.assumePresent();
            Emulator.reset();
            Emulator.schedule(
                    Emulator.Schedule.valueOf(System.getProperty("gradus.schedule", "ROTATING")));
            Emulator.deferred(true);
        }
    }

    /**
     * A backend on the device, which is prepared.
     *
     * @param caching whether memory is kept for reuse: on the emulator each tensor is else an
     *     allocation of its own, between guards
     */
    static CudaBackend backend(boolean caching) {
        prepare();
        return CudaBackend.create(caching || REAL);
    }

    /** Fails if the emulator has found something. */
    static void assertNoFindings() {
        if (!REAL && Emulator.present()) {
            Emulator.assertNoFindings();
        }
    }

    /**
     * Fails if the emulator has found something, or if tests left memory for the next ones.
     *
     * @param backend null where no test came so far as to make one
     */
    static void assertClean(@Nullable CudaBackend backend) {
        assertNoFindings();
        Emulator.reset();
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
