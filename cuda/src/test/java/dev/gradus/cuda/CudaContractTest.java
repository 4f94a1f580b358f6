package dev.gradus.cuda;

import dev.gradus.backend.Backend;
import dev.gradus.tensor.BackendContract;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import java.util.List;
import java.util.Objects;

/** The contract on a device, each tensor an allocation of its own. */
class CudaContractTest implements BackendContract {
    private static @Nullable CudaBackend backend;

    @BeforeAll
    static void start() {
        backend = TestDevice.backend(false);
    }

    @Override
    public Backend backend() {
        return Objects.requireNonNull(backend);
    }

    /** Around 16 bytes, a warp and a block, and more than the emulated device's threads. */
    @Override
    public List<Integer> sizes() {
        return List.of(0, 1, 3, 4, 5, 7, 17, 31, 33, 64, 255, 257, 1000, 4099, 20_011);
    }

    @AfterAll
    static void nothingWasWrongAndNothingIsLeft() {
        TestDevice.assertClean(backend);
    }
}
