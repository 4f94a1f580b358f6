package dev.gradus.cuda;

import java.util.Locale;

/**
 * A GPU that the driver offers.
 *
 * @param index its number among those that the process sees
 * @param name as the driver calls it
 * @param capability its compute capability, ten times the major number plus the minor one: 86 is
 *     8.6
 * @param memory all of its memory, in bytes
 */
record CudaDevice(int index, String name, int capability, long memory) {
    static String dotted(int capability) {
        return capability / 10 + "." + capability % 10;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d: %s, compute capability %s, %.1f GiB",
                index,
                name,
                dotted(capability),
                memory / (double) (1 << 30));
    }
}
