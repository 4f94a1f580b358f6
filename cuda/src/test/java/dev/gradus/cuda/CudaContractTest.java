package dev.gradus.cuda;

import dev.gradus.backend.Backend;
import dev.gradus.tensor.BackendContract;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

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

    @AfterAll
    static void nothingWasWrongAndNothingIsLeft() throws InterruptedException {
        if (backend != null) {
            TestDevice.assertClean(backend);
        }
    }
}
