package dev.gradus.onnx;

import org.jspecify.annotations.Nullable;

/**
 * A size or a position as a function of the batch size n: {@code perItem · n + plus}.
 *
 * @param perItem 0 where it does not depend on the batch
 */
record Dim(long perItem, long plus) {
    static Dim fixed(long value) {
        return new Dim(0, value);
    }

    /**
     * The function that has these values at these batch sizes, of which there is one or at least
     * three; null if none has.
     */
    static @Nullable Dim of(int[] batches, long[] values) {
        if (values.length == 1) {
            return fixed(values[0]);
        }
        long rise = values[1] - values[0];
        long run = (long) batches[1] - batches[0];
        var dim = new Dim(rise / run, values[0] - rise / run * batches[0]);
        for (int i = 0; i < values.length; i++) {
            if (dim.at(batches[i]) != values[i]) {
                return null;
            }
        }
        return dim;
    }

    boolean isFixed() {
        return perItem == 0;
    }

    long at(long n) {
        return perItem * n + plus;
    }

    /** As ONNX names a size: {@code batch}, {@code 6*batch}, {@code batch+1}. */
    @Override
    public String toString() {
        if (isFixed()) {
            return Long.toString(plus);
        }
        String product = (perItem == 1 ? "" : perItem + "*") + "batch";
        return plus == 0 ? product : product + (plus > 0 ? "+" : "") + plus;
    }
}
