package dev.gradus.onnx;

import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * What a slice takes from one axis: positions from start, up to but without stop, which is −1 where
 * it walks back to the first one.
 *
 * @param size of the axis
 * @param drops whether the axis disappears
 */
record Part(int start, int stop, int step, int size, boolean drops) {
    /** For each axis of a shape. */
    static List<Part> of(Shape shape, List<Slice> slices) {
        List<Part> parts = new ArrayList<>();
        int named = (int) slices.stream().filter(s -> !(s instanceof Slice.Ellipsis)).count();
        for (Slice slice : slices) {
            int size = parts.size() < shape.rank() ? shape.dim(parts.size()) : 0;
            switch (slice) {
                case Slice.At(int index) -> {
                    int at = index < 0 ? index + size : index;
                    parts.add(new Part(at, at + 1, 1, size, true));
                }
                case Slice.Range r -> parts.add(of(r, size));
                case Slice.Ellipsis e -> addWhole(parts, shape, shape.rank() - named);
            }
        }
        addWhole(parts, shape, shape.rank() - parts.size());
        return parts;
    }

    private static void addWhole(List<Part> parts, Shape shape, int count) {
        for (int i = 0; i < count; i++) {
            int size = shape.dim(parts.size());
            parts.add(new Part(0, size, 1, size, false));
        }
    }

    private static Part of(Slice.Range r, int size) {
        boolean forward = r.step() > 0;
        int low = forward ? 0 : -1;
        int high = forward ? size : size - 1;
        int start = clip(r.start(), forward ? low : high, low, high, size);
        int stop = clip(r.stop(), forward ? high : low, low, high, size);
        boolean isEmpty = forward ? stop <= start : start <= stop;
        return isEmpty
                ? new Part(0, 0, 1, size, false)
                : new Part(start, stop, r.step(), size, false);
    }

    private static int clip(
            @Nullable Integer position, int otherwise, int low, int high, int size) {
        if (position == null) {
            return otherwise;
        }
        long p = position < 0 ? (long) position + size : position;
        return (int) Math.max(low, Math.min(p, high));
    }

    /** In ONNX's words: −1 would be the last position, and more than there are is all. */
    long end() {
        return stop < 0 ? Long.MIN_VALUE : stop == size ? Long.MAX_VALUE : stop;
    }

    boolean isWhole() {
        return start == 0 && stop == size && step == 1 && !drops;
    }
}
