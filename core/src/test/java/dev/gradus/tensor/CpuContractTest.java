package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;

class CpuContractTest implements BackendContract {
    @Override
    public Backend backend() {
        return Backends.get("cpu");
    }

    /** Blocks, then compiled loops; without the vector module the first alone. */
    @Override
    public boolean hasSeveralTiers() {
        return System.getProperty("gradus.tier") == null
                && ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }
}
