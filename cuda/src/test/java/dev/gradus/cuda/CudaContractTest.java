package dev.gradus.cuda;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.tensor.BackendContract;

class CudaContractTest implements BackendContract {
    @Override
    public Backend backend() {
        return Backends.get("cuda");
    }
}
