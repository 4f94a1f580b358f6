package dev.gradus.cuda;

import dev.gradus.autograd.GradientContract;
import dev.gradus.backend.Backend;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import java.util.Objects;

/** The contract of gradients on the emulated device: FLOAT32, where the fused operations run. */
class CudaGradientsTest implements GradientContract {
    private static @Nullable CudaBackend backend;

    @BeforeAll
    static void start() {
        TestDevice.prepare();
        backend = CudaBackend.create(true);
    }

    @Override
    public Backend backend() {
        return Objects.requireNonNull(backend);
    }

    @Override
    public boolean isThorough() {
        return Boolean.getBoolean("gradus.thorough");
    }

    @AfterAll
    static void nothingWasWrong() {
        if (backend != null) {
            TestDevice.assertClean(backend);
            backend = null;
        }
    }
}
