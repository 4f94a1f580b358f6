package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;

/** The reference agrees with itself; so this is about the contract, and about what both share. */
class ReferenceContractTest implements BackendContract {
    @Override
    public Backend backend() {
        return Backends.get("reference");
    }

    @Override
    public void heat(Runnable call) {
        call.run(); // plain loops are as hot as they get
    }
}
