package dev.gradus.data;

import dev.gradus.backend.Philox;

import java.util.Arrays;

/**
 * Numbers of samples: their check, and their random order as a function of a seed and of what it is
 * for. Nothing here has a state, so that a training resumes anywhere.
 */
final class Indices {
    /** For what random numbers are: no two uses of one seed have numbers in common. */
    enum Use {
        SHUFFLE(1),
        SPLIT(2),
        TRANSFORM(3);

        private final long number;

        Use(long number) {
            this.number = number;
        }
    }

    private Indices() {}

    /** Whether all numbers are in 0 … size − 1. */
    static void check(int[] indices, int size) {
        for (int index : indices) {
            if (index < 0 || index >= size) {
                throw new IndexOutOfBoundsException(
                        "there is no sample %d; there are %d, counted from 0"
                                .formatted(index, size));
            }
        }
    }

    /** The numbers 0 … n − 1. */
    static int[] inOrder(int n) {
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        return order;
    }

    /**
     * Brings numbers in random order, in place.
     *
     * @param stream which of the orders of this seed, such as the epoch
     */
    static void shuffle(int[] order, long seed, Use use, int stream) {
        int[] words = new int[4];
        // Fisher and Yates: each place gets one of those not yet placed.
        for (int i = order.length - 1; i > 0; i--) {
            int j = (int) (draw(seed, use, stream, i, words) % (i + 1));
            int taken = order[i];
            order[i] = order[j];
            order[j] = taken;
        }
    }

    /** The seed of the random numbers that one batch's transforms draw. */
    static long seed(long seed, int epoch, int batch) {
        return draw(seed, Use.TRANSFORM, epoch, batch, new int[4]);
    }

    /** 63 random bits; their remainder by an int is as good as uniform. */
    private static long draw(long seed, Use use, int stream, int number, int[] words) {
        // Generators count from 0 in the lower half; the upper half of the counter is theirs never.
        Philox.words(seed, number, use.number << 32 | stream, words);
        return (words[0] & 0xFFFFFFFFL) | (words[1] & 0x7FFFFFFFL) << 32;
    }
}
