package dev.gradus.cuda;

import dev.gradus.backend.Backend;
import dev.gradus.backend.BackendProvider;

/** Offers the backend {@code cuda}. */
public final class CudaProvider implements BackendProvider {
    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int priority() {
        return -1;
    }

    @Override
    public String unavailableBecause() {
        return "";
    }

    @Override
    public Backend create() {
        jcuda.driver.JCudaDriver.setExceptionsEnabled(true);
        jcuda.nvrtc.JNvrtc.setExceptionsEnabled(true);
        jcuda.jcublas.JCublas2.setExceptionsEnabled(true);
        jcuda.driver.JCudaDriver.cuInit(0);
        return CudaBackend.create();
    }
}
