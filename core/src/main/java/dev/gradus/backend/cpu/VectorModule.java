package dev.gradus.backend.cpu;

/**
 * Whether the Vector API can be used. Nothing that mentions its types is touched before this says
 * so, since without the module the first touch would be a NoClassDefFoundError.
 */
final class VectorModule {
    /** Whether {@code jdk.incubator.vector} is there, and vectors are at least 128 bits wide. */
    static final boolean PRESENT = look();

    private VectorModule() {}

    private static boolean look() {
        if (Boolean.getBoolean("gradus.novector")) {
            return false;
        }
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            Messages.warn(
                    "Gradus runs without SIMD kernels, several times slower: start java with"
                            + " --add-modules jdk.incubator.vector to use them"
                            + " (-Dgradus.novector=true silences this line)");
            return false;
        }
        return VectorFns.LANES >= 4;
    }
}
