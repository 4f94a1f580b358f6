package dev.gradus.backend.reference;

import dev.gradus.backend.Backend;
import dev.gradus.backend.BackendProvider;

/** Offers the backend {@code reference}, which runs everywhere. */
public final class ReferenceProvider implements BackendProvider {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public String unavailableBecause() {
        return "";
    }

    @Override
    public Backend create() {
        return new ReferenceBackend();
    }
}
