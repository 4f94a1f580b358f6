package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.backend.Backend;
import dev.gradus.tensor.BackendContract;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The contract on the emulated device, which watches every access: kernels run their threads
 * forward, backward and at random in turn, copies happen as late as they may, and each tensor is an
 * allocation of its own, between guards.
 */
class CudaContractTest implements BackendContract {
    private static @Nullable CudaBackend backend;

    @BeforeAll
    static void start() {
        Emulator.assumePresent();
        Emulator.reset();
        Emulator.schedule(
                Emulator.Schedule.valueOf(System.getProperty("gradus.schedule", "ROTATING")));
        Emulator.deferred(true);
        backend = CudaBackend.create(false);
    }

    @Override
    public Backend backend() {
        return java.util.Objects.requireNonNull(backend);
    }

    @AfterAll
    static void nothingWasWrongAndNothingIsLeft() throws InterruptedException {
        CudaBackend b = backend;
        if (b != null) {
            Emulator.assertNoFindings();
            for (int i = 0; i < 50 && b.device().memory().liveBytes() > 0; i++) {
                System.gc();
                Thread.sleep(20);
            }
            assertEquals(0, b.device().memory().liveBytes(), "bytes that nobody gave back");
            backend = null;
        }
    }
}
