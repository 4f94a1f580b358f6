package dev.gradus.autograd;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;

class GradientContractCpuTest implements GradientContract {
    @Override
    public Backend backend() {
        return Backends.get("cpu");
    }
}
