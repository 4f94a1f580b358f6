package dev.gradus.backend;

/**
 * Philox4x32-10, the counter-based random number generator of Salmon, Moraes, Dror and Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3" (SC 2011): four 32-bit words as a function of a key
 * and a counter. No state, so any element can be drawn at any time in any order.
 */
public final class Philox {
    private static final int ROUNDS = 10;
    private static final long M0 = 0xD2511F53L;
    private static final long M1 = 0xCD9E8D57L;
    private static final int W0 = 0x9E3779B9;
    private static final int W1 = 0xBB67AE85;
    private static final long LOW = 0xFFFFFFFFL;

    private Philox() {}

    /**
     * The four words for a 64-bit key and a 128-bit counter given as two longs, into {@code out}.
     */
    public static void words(long key, long counterLow, long counterHigh, int[] out) {
        int x0 = (int) counterLow;
        int x1 = (int) (counterLow >>> 32);
        int x2 = (int) counterHigh;
        int x3 = (int) (counterHigh >>> 32);
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = M0 * (x0 & LOW);
            long p1 = M1 * (x2 & LOW);
            int y0 = (int) (p1 >>> 32) ^ x1 ^ k0;
            int y2 = (int) (p0 >>> 32) ^ x3 ^ k1;
            x1 = (int) p1;
            x3 = (int) p0;
            x0 = y0;
            x2 = y2;
            k0 += W0;
            k1 += W1;
        }
        out[0] = x0;
        out[1] = x1;
        out[2] = x2;
        out[3] = x3;
    }

    /** A word's upper 24 bits as a number in [0, 1), exact in float. */
    public static double uniform(int word) {
        return (word >>> 8) * 0x1p-24;
    }

    /**
     * Two independent normal numbers from two words, by Box and Muller's transformation: √(−2 ln u)
     * cos 2πv and √(−2 ln u) sin 2πv, with u in (0, 1].
     */
    public static double normal(int first, int second, boolean sine) {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform(first)));
        double angle = 2 * Math.PI * uniform(second);
        return radius * (sine ? StrictMath.sin(angle) : StrictMath.cos(angle));
    }

    /** Element {@code i} (0 … 3) of a distribution, from the four words of its counter. */
    public static double draw(Distribution distribution, int[] words, int i) {
        return switch (distribution) {
            case UNIFORM -> uniform(words[i]);
            case NORMAL -> normal(words[i & 2], words[i | 1], (i & 1) == 1);
        };
    }
}
