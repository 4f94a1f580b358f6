package dev.gradus.tensor;

import dev.gradus.shape.Shape;

import java.util.Arrays;

/**
 * Sorting, on the host for every backend: only the order is computed here. The values are then
 * gathered by it, so that they have a gradient as anything gathered has.
 */
final class Sorting {
    private Sorting() {}

    /** All along an axis, in order. */
    static Sorted sort(Tensor x, int axis, boolean descending) {
        int a = x.shape().axis("sort", axis);
        return first("sort", x, a, descending, x.size(a));
    }

    /** The first k along an axis in descending order, or in ascending order. */
    static Sorted topk(Tensor x, int k, int axis, boolean largest) {
        int a = x.shape().axis("topk", axis);
        if (k < 0 || k > x.size(a)) {
            throw new IllegalArgumentException(
                    "topk: k = "
                            + k
                            + " is not in 0 to "
                            + x.size(a)
                            + ", the size of axis "
                            + axis
                            + " of shape "
                            + x.shape());
        }
        return first("topk", x, a, largest, k);
    }

    private static Sorted first(String name, Tensor x, int a, boolean descending, int k) {
        int[] dims = x.shape().toArray();
        dims[a] = k;
        Shape shape = Shape.of(dims);
        int[] order = argsort(name, x, a, descending, k);
        return new Sorted(Indexing.pick(x, a, shape, order), Indexing.beside(x, shape, order));
    }

    /** Where the elements of each line along an axis are in sorted order, INT32, of x's shape. */
    static Tensor argsort(Tensor x, int axis, boolean descending) {
        int a = x.shape().axis("argsort", axis);
        return Indexing.beside(x, x.shape(), argsort("argsort", x, a, descending, x.size(a)));
    }

    private static int[] argsort(String name, Tensor x, int axis, boolean descending, int k) {
        double[] values = Indexing.values(name, x);
        int n = x.size(axis);
        int inner = 1;
        for (int i = axis + 1; i < x.ndim(); i++) {
            inner *= x.size(i);
        }
        double[] line = new double[n];
        int lines = n == 0 ? 0 : values.length / n;
        int[] out = new int[lines * k];
        for (int l = 0; l < lines; l++) {
            int outer = l / inner;
            int first = outer * n * inner + l % inner;
            for (int i = 0; i < n; i++) {
                line[i] = values[first + i * inner];
            }
            int[] order = order(ranks(line), descending);
            for (int i = 0; i < k; i++) {
                out[(outer * k + i) * inner + l % inner] = order[i];
            }
        }
        return out;
    }

    /** The different values of all elements. */
    static Unique unique(Tensor x) {
        double[] values = Indexing.values("unique", x);
        int[] ranks = ranks(values);
        int[] order = order(ranks, false);
        int[] firsts = new int[values.length];
        int[] counts = new int[values.length];
        int[] inverse = new int[values.length];
        int k = 0;
        for (int i = 0; i < order.length; i++) {
            if (i == 0 || ranks[order[i]] != ranks[order[i - 1]]) {
                firsts[k++] = order[i];
            }
            counts[k - 1]++;
            inverse[order[i]] = k - 1;
        }
        Shape shape = Shape.of(k);
        return new Unique(
                // A constant, as in PyTorch: how many there are has no derivative.
                Indexing.at(x.detach(), shape, Arrays.copyOf(firsts, k)),
                Indexing.beside(x, x.shape(), inverse),
                Indexing.beside(x, shape, Arrays.copyOf(counts, k)));
    }

    /** A number for each value, ordered as they are: equal ones, and all NaN, have the same. */
    private static int[] ranks(double[] values) {
        double[] sorted = new double[values.length];
        // Adding 0 makes −0 a 0, which Java's order tells apart.
        Arrays.setAll(sorted, i -> values[i] + 0.0);
        Arrays.sort(sorted);
        int[] ranks = new int[values.length];
        Arrays.setAll(ranks, i -> Arrays.binarySearch(sorted, values[i] + 0.0));
        return ranks;
    }

    /** The places in order of their ranks; those of one rank stay as they are, in either order. */
    private static int[] order(int[] ranks, boolean descending) {
        long[] keys = new long[ranks.length];
        Arrays.setAll(keys, i -> (long) (descending ? -ranks[i] : ranks[i]) << 32 | i);
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        Arrays.setAll(order, i -> (int) keys[i]);
        return order;
    }
}
