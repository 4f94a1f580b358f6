package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;

import org.junit.jupiter.api.DynamicTest;

import java.util.List;
import java.util.stream.Stream;

/** The reference agrees with itself; so this is about the contract, and about what both share. */
class ReferenceContractTest implements BackendContract {
    @Override
    public Backend backend() {
        return Backends.get("reference");
    }

    /** Plain loops know no width of vectors or blocks. */
    @Override
    public List<Integer> sizes() {
        return FEWER_SIZES;
    }

    /** Not a test here: plain loops have but one tier. */
    @Override
    public Stream<DynamicTest> coldAndHotGiveTheSameBits() {
        return Stream.empty();
    }
}
