package dev.gradus.backend.cpu;

import dev.gradus.backend.Backend;
import dev.gradus.backend.BackendProvider;

/** Offers the backend {@code cpu}, the default. */
public final class CpuProvider implements BackendProvider {
    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public int priority() {
        return 10;
    }

    @Override
    public String unavailableBecause() {
        return "";
    }

    @Override
    public Backend create() {
        return new CpuBackend();
    }
}
