package dev.gradus.cuda;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether CUDA can be used here: everything that it needs, looked at once in the life of the
 * process. If all of it works, {@code cuInit} has been called and JCuda's three classes throw
 * exceptions instead of returning codes.
 *
 * @param components what CUDA needs, the most fundamental first
 * @param devices the GPUs
 * @param driverVersion the newest CUDA version the driver knows, 1000 × major + 10 × minor: 12040
 *     is 12.4; 0 if unknown
 * @param nvrtcVersion NVRTC's, written likewise; 0 if unknown
 * @param architectures the compute capabilities that NVRTC can compile for, ascending, as in {@link
 *     CudaDevice#capability}
 * @param cublasVersion as cuBLAS says it: 120603 is 12.6.3; 0 if unknown
 */
record CudaStatus(
        List<Component> components,
        List<CudaDevice> devices,
        int driverVersion,
        int nvrtcVersion,
        List<Integer> architectures,
        int cublasVersion) {

    /** Looked at when first asked for: a program that stays on the CPU never loads this. */
    private static final class Holder {
        static final CudaStatus STATUS = new CudaProbe(System.getenv(), Path.of("/")).look();
    }

    CudaStatus {
        components = List.copyOf(components);
        boolean failed = components.stream().anyMatch(c -> c.state() == Component.State.FAILS);
        if (!failed && !components.stream().allMatch(Component::works)) {
            throw new IllegalStateException("nobody says why it was not looked at: " + components);
        }
        devices = List.copyOf(devices);
        architectures = List.copyOf(architectures);
    }

    /** Of components of which one does not work, and so nothing else is known. */
    static CudaStatus of(List<Component> components) {
        return new CudaStatus(components, List.of(), 0, 0, List.of(), 0);
    }

    /** A version such as 12040 as people write it: 12.4. */
    static String dotted(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    /** The status of this process; the first call loads the libraries. */
    static CudaStatus get() {
        return Holder.STATUS;
    }

    boolean usable() {
        return components.stream().allMatch(Component::works);
    }

    /** Empty if CUDA can be used, else one line: the reasons, and after them the fixes. */
    String unavailableBecause() {
        List<Component> failed =
                components.stream().filter(c -> c.state() == Component.State.FAILS).toList();
        if (failed.isEmpty()) {
            return "";
        }
        return failed.stream().map(Component::text).collect(Collectors.joining("; "))
                + ". To mend it, "
                + failed.stream()
                        .map(Component::fix)
                        .distinct()
                        .collect(Collectors.joining("; and "))
                + ".";
    }
}
