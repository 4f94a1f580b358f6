package dev.gradus.cuda;

import dev.gradus.backend.Backend;
import dev.gradus.backend.BackendProvider;

/**
 * Offers the backend {@code cuda}. It is never the default, only used where it is asked for: a jar
 * on the class path should not change where a program computes, and small models are faster on the
 * CPU.
 */
public final class CudaProvider implements BackendProvider {
    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public int priority() {
        return -10;
    }

    @Override
    public String unavailableBecause() {
        return Cuda.unavailableBecause();
    }

    @Override
    public Backend create() {
        return CudaBackend.create();
    }
}
