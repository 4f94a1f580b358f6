package dev.gradus.tensor;

/** The bits of results, for comparing runs. Which NaN a NaN is does not count. */
final class Bits {
    private Bits() {}

    /** A hash of the bits of all elements, in row-major order. */
    static long hash(Tensor t) {
        Object data = t.backend().download(t.view());
        long hash = mix(t.shape().hashCode(), t.dtype().name().hashCode());
        for (int i = 0; i < t.size(); i++) {
            long bits =
                    switch (data) {
                        case float[] f -> Float.floatToIntBits(f[i]);
                        case double[] d -> Double.doubleToLongBits(d[i]);
                        case int[] n -> n[i];
                        default -> throw new AssertionError(data);
                    };
            hash = mix(hash, bits);
        }
        return hash;
    }

    /** A hash and one more number; the order matters. */
    static long mix(long hash, long bits) {
        long h = (Long.rotateLeft(hash, 23) * 0xC2B2AE3D27D4EB4FL ^ bits) * 0x9E3779B97F4A7C15L;
        return h ^ h >>> 29;
    }
}
