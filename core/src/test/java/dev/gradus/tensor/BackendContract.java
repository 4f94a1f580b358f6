package dev.gradus.tensor;

/**
 * What every backend has to pass. A backend's test is
 *
 * <pre>{@code
 * class CpuContractTest implements BackendContract {
 *     @Override
 *     public Backend backend() {
 *         return Backends.get("cpu");
 *     }
 * }
 * }</pre>
 */
public interface BackendContract
        extends CatalogueContract,
                MapContract,
                ReduceContract,
                MemoryContract,
                RowsContract,
                RandomContract,
                FusedContract {}
