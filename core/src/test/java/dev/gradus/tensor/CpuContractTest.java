package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;

class CpuContractTest implements BackendContract {
    @Override
    public Backend backend() {
        return Backends.get("cpu");
    }
}
