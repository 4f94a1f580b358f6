package dev.gradus.examples;

import dev.gradus.tensor.Tensor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Random sequences of letters, some of which are held out: no training batch has one of them. */
final class Sequences {
    /** Of few possible sequences, three quarters are left for the training. */
    private static final int SHARE = 4;

    private final int letters;
    private final int length;
    private final Set<String> heldOutTexts = new HashSet<>();
    private final int[][] heldOut;

    /**
     * Draws the held-out sequences.
     *
     * @param letters how many there are, 2 … 26, as the numbers 0 … letters − 1
     * @param mostHeldOut how many sequences to hold out, at most a quarter of all that are possible
     */
    Sequences(int letters, int length, int mostHeldOut) {
        this.letters = letters;
        this.length = length;
        double possible = Math.pow(letters, length);
        int count = (int) Math.min(mostHeldOut, possible / SHARE);
        List<int[]> drawn = new ArrayList<>();
        while (drawn.size() < count) {
            int[] sequence = draw(1)[0];
            if (heldOutTexts.add(text(sequence))) {
                drawn.add(sequence);
            }
        }
        heldOut = drawn.toArray(int[][]::new);
    }

    /** The held-out sequences, all different, {@code [n][length]}. */
    int[][] heldOut() {
        return heldOut;
    }

    boolean isHeldOut(int[] sequence) {
        return heldOutTexts.contains(text(sequence));
    }

    /** Sequences to train on, {@code [count][length]}. */
    int[][] batch(int count) {
        int[][] batch = draw(count);
        for (int i = 0; i < count; i++) {
            while (isHeldOut(batch[i])) {
                batch[i] = draw(1)[0];
            }
        }
        return batch;
    }

    private int[][] draw(int count) {
        double[] uniform = Tensor.rand(count * length).toArray();
        int[][] sequences = new int[count][length];
        for (int i = 0; i < uniform.length; i++) {
            sequences[i / length][i % length] = (int) (letters * uniform[i]);
        }
        return sequences;
    }

    /** A sequence in letters, a for 0, b for 1, …, with blanks between them. */
    static String text(int[] sequence) {
        return String.join(" ", names(sequence));
    }

    static List<String> names(int[] sequence) {
        return IntStream.of(sequence).mapToObj(letter -> Character.toString('a' + letter)).toList();
    }
}
