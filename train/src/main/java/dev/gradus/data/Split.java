package dev.gradus.data;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A data set in two parts: one to train on, and one that no training sees, to tell how well the
 * model does on what is new to it.
 *
 * @param train the larger part
 * @param validation the held-out part
 */
public record Split(Dataset train, Dataset validation) {
    /** Samples of a data set, by their numbers there. */
    private record Subset(Dataset dataset, int[] chosen) implements Dataset {
        @Override
        public int size() {
            return chosen.length;
        }

        @Override
        public Batch get(int... indices) {
            Indices.check(indices, size());
            return dataset.get(Arrays.stream(indices).map(i -> chosen[i]).toArray());
        }

        @Override
        public String toString() {
            return "%d samples of %s".formatted(chosen.length, dataset);
        }
    }

    /**
     * At random. The samples are not copied.
     *
     * @param fraction how much to hold out, such as 0.2; rounded to whole samples
     * @throws IllegalArgumentException if one of the parts would be empty
     */
    public static Split of(Dataset dataset, double fraction, long seed) {
        int[] order = Indices.inOrder(dataset.size());
        Indices.shuffle(order, seed, Indices.Use.SPLIT, 0);
        int held = count(order.length, fraction);
        return split(dataset, order, held);
    }

    /**
     * At random, but with the same fraction of each class held out, rounded to whole samples.
     *
     * @param labels the class of each sample, by its number
     * @param fraction how much to hold out, such as 0.2
     * @throws IllegalArgumentException if one of the parts would be empty, or there are not as many
     *     labels as samples
     */
    public static Split stratified(Dataset dataset, int[] labels, double fraction, long seed) {
        if (labels.length != dataset.size()) {
            throw new IllegalArgumentException(
                    "split: %d labels for %d samples; give one each"
                            .formatted(labels.length, dataset.size()));
        }
        int[] order = Indices.inOrder(labels.length);
        Indices.shuffle(order, seed, Indices.Use.SPLIT, 0);
        Map<Integer, Integer> toHold = new TreeMap<>();
        for (int label : labels) {
            toHold.merge(label, 1, Integer::sum);
        }
        toHold.replaceAll((_, size) -> count(size, fraction));
        // Those to hold out come first, each class's first ones; the rest keeps its random order.
        int[] heldFirst = new int[order.length];
        int held = 0;
        int rest = toHold.values().stream().mapToInt(Integer::intValue).sum();
        for (int i : order) {
            boolean hold = toHold.merge(labels[i], -1, Integer::sum) >= 0;
            heldFirst[hold ? held++ : rest++] = i;
        }
        return split(dataset, heldFirst, held);
    }

    private static int count(int samples, double fraction) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException(
                    "split: a fraction of %s; give one between 0 and 1, such as 0.2"
                            .formatted(fraction));
        }
        return (int) Math.round(samples * fraction);
    }

    private static Split split(Dataset dataset, int[] heldFirst, int held) {
        if (held == 0 || held == heldFirst.length) {
            throw new IllegalArgumentException(
                    "split: %d of %d samples held out leaves one part empty; give more samples or another fraction"
                            .formatted(held, heldFirst.length));
        }
        return new Split(
                new Subset(dataset, Arrays.copyOfRange(heldFirst, held, heldFirst.length)),
                new Subset(dataset, Arrays.copyOf(heldFirst, held)));
    }
}
