package dev.gradus.cuda;

import dev.gradus.backend.Backend;

/** A placeholder for the backend itself. */
final class CudaBackend {
    private CudaBackend() {}

    static Backend create() {
        throw new UnsupportedOperationException("the CUDA backend is not here yet");
    }
}
