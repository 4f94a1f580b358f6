package dev.gradus.tensor;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link Tensor} offers beyond reshape, permute, expand and slice to put elements in other
 * places, made of these four and of joining; only padding needs more.
 */
final class Rearrange {
    private Rearrange() {}

    static Tensor flatten(Tensor x, int start, int end) {
        if (x.ndim() == 0) {
            return x.reshape(1);
        }
        int first = x.shape().axis("flatten", start);
        int last = x.shape().axis("flatten", end);
        if (first > last) {
            throw new IllegalArgumentException(
                    "flatten: axis " + start + " is behind axis " + end + ", shape " + x.shape());
        }
        int[] dims = x.shape().toArray();
        int[] joined = new int[dims.length - (last - first)];
        Arrays.setAll(joined, i -> dims[i <= first ? i : i + last - first]);
        for (int axis = first + 1; axis <= last; axis++) {
            joined[first] *= dims[axis];
        }
        return x.reshape(Shape.of(joined));
    }

    static Tensor movedim(Tensor x, int from, int to) {
        List<Integer> axes = new ArrayList<>();
        for (int axis = 0; axis < x.ndim(); axis++) {
            axes.add(axis);
        }
        int moved = x.shape().axis("movedim", from);
        axes.remove(Integer.valueOf(moved));
        axes.add(x.shape().axis("movedim", to), moved);
        return x.permute(axes.stream().mapToInt(a -> a).toArray());
    }

    static Tensor repeat(String name, Tensor x, int... times) {
        if (times.length < x.ndim()) {
            throw new IllegalArgumentException(
                    name
                            + ": "
                            + Arrays.toString(times)
                            + " must have a number for each axis of shape "
                            + x.shape()
                            + "; tile takes fewer, for the last axes");
        }
        int extra = times.length - x.ndim();
        int[] apart = new int[2 * times.length];
        int[] stretched = new int[2 * times.length];
        int[] joined = new int[times.length];
        for (int i = 0; i < times.length; i++) {
            checkTimes(name, times[i]);
            int d = i < extra ? 1 : x.size(i - extra);
            apart[2 * i] = 1;
            apart[2 * i + 1] = d;
            stretched[2 * i] = times[i];
            stretched[2 * i + 1] = d;
            joined[i] = multiply(name, x, d, times[i]);
        }
        Shape result = Shape.of(joined);
        return x.reshape(Shape.of(apart)).expand(Shape.of(stretched)).reshape(result);
    }

    static Tensor tile(Tensor x, int... times) {
        int[] all = new int[Math.max(times.length, x.ndim())];
        int missing = all.length - times.length;
        Arrays.setAll(all, i -> i < missing ? 1 : times[i - missing]);
        return repeat("tile", x, all);
    }

    static Tensor repeatInterleave(Tensor x, int times, int axis) {
        checkTimes("repeatInterleave", times);
        int at = x.shape().axis("repeatInterleave", axis);
        Tensor apart = x.unsqueeze(at + 1);
        int[] stretched = apart.shape().toArray();
        stretched[at + 1] = times;
        int[] joined = x.shape().toArray();
        joined[at] = multiply("repeatInterleave", x, joined[at], times);
        return apart.expand(stretched).reshape(Shape.of(joined));
    }

    private static void checkTimes(String name, int times) {
        if (times < 0) {
            throw new IllegalArgumentException(name + ": cannot repeat " + times + " times");
        }
    }

    private static int multiply(String name, Tensor x, int size, int times) {
        long product = (long) size * times;
        if (product > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    name
                            + ": an axis of "
                            + size
                            + " elements "
                            + times
                            + " times, shape "
                            + x.shape()
                            + ", is more than an array can hold");
        }
        return (int) product;
    }

    static Tensor pad(Tensor x, double value, int... leftRight) {
        if (leftRight.length % 2 != 0 || leftRight.length > 2 * x.ndim()) {
            throw new IllegalArgumentException(
                    "pad: "
                            + Arrays.toString(leftRight)
                            + " must have two numbers an axis, for the last axis first; the shape"
                            + " is "
                            + x.shape());
        }
        if (x.dtype() == DType.INT32 && (int) value != value) {
            throw new IllegalArgumentException(
                    "pad: " + value + " is no INT32; to(DType.FLOAT32) makes room for it");
        }
        int[] dims = x.shape().toArray();
        Slice[] taken = new Slice[dims.length];
        Slice[] places = new Slice[dims.length];
        Arrays.fill(taken, Slice.ALL);
        Arrays.fill(places, Slice.ALL);
        for (int i = 0; i < leftRight.length / 2; i++) {
            int axis = dims.length - 1 - i;
            int left = leftRight[2 * i];
            int right = leftRight[2 * i + 1];
            int size = dims[axis];
            long padded = (long) size + left + right;
            if (padded < 0 || padded > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "pad: axis "
                                + axis
                                + " of shape "
                                + x.shape()
                                + " with "
                                + left
                                + " and "
                                + right
                                + " would have size "
                                + padded);
            }
            // From where and up to where elements stay, seen from the first one.
            int from = Math.max(0, -left);
            int to = Math.max(from, Math.min(size, size + right));
            taken[axis] = Slice.range(from, to);
            dims[axis] = (int) padded;
            int first = Math.max(0, left);
            places[axis] = Slice.range(first, first + to - from);
        }
        Shape shape = Shape.of(dims);
        Tensor part = x.slice(taken);
        return part.shape().equals(shape)
                ? part
                : Op.apply(new Movement.Embed("pad", shape, List.of(places), value), part);
    }

    static Tensor flip(Tensor x, int... axes) {
        boolean[] named = x.shape().axes("flip", axes);
        Slice[] slices = new Slice[named.length];
        Arrays.setAll(slices, axis -> named[axis] ? Slice.step(-1) : Slice.ALL);
        return x.slice(slices);
    }

    static Tensor roll(Tensor x, int shift, int axis) {
        int at = x.shape().axis("roll", axis);
        int size = x.size(at);
        int first = size == 0 ? 0 : Math.floorMod(-(long) shift, size);
        return first == 0 ? x : Tensor.concat(at, part(x, at, first, size), part(x, at, 0, first));
    }

    private static Tensor part(Tensor x, int axis, int from, int to) {
        Slice[] slices = new Slice[axis + 1];
        Arrays.fill(slices, Slice.ALL);
        slices[axis] = Slice.range(from, to);
        return x.slice(slices);
    }

    static List<Tensor> split(Tensor x, int size, int axis) {
        int total = x.size(x.shape().axis("split", axis));
        if (size < 0 || (size == 0 && total > 0)) {
            throw new IllegalArgumentException(
                    "split: parts of size "
                            + size
                            + " do not use up axis "
                            + axis
                            + " of shape "
                            + x.shape());
        }
        int count = total == 0 ? 1 : (total - 1) / size + 1;
        int[] sizes = new int[count];
        Arrays.setAll(sizes, i -> Math.min(size, total - i * size));
        return split(x, sizes, axis);
    }

    static List<Tensor> split(Tensor x, int[] sizes, int axis) {
        int at = x.shape().axis("split", axis);
        long sum = 0;
        boolean negative = false;
        for (int size : sizes) {
            sum += size;
            negative |= size < 0;
        }
        if (negative || sum != x.size(at)) {
            throw new IllegalArgumentException(
                    "split: the sizes "
                            + Arrays.toString(sizes)
                            + " must add up to axis "
                            + axis
                            + " of shape "
                            + x.shape());
        }
        List<Tensor> parts = new ArrayList<>();
        int from = 0;
        for (int size : sizes) {
            parts.add(part(x, at, from, from + size));
            from += size;
        }
        return List.copyOf(parts);
    }

    static List<Tensor> chunk(Tensor x, int n, int axis) {
        int total = x.size(x.shape().axis("chunk", axis));
        if (n < 1) {
            throw new IllegalArgumentException(
                    "chunk: " + n + " chunks of shape " + x.shape() + "; at least 1");
        }
        // An empty axis still gives n chunks, so that they can be told apart by number.
        return total == 0 ? split(x, new int[n], axis) : split(x, (total - 1) / n + 1, axis);
    }

    static List<Tensor> meshgrid(Tensor... axes) {
        int[] dims = new int[axes.length];
        for (int i = 0; i < axes.length; i++) {
            if (axes[i].ndim() > 1) {
                throw new IllegalArgumentException(
                        "meshgrid: tensor " + i + ", shape " + axes[i].shape() + ", is no vector");
            }
            dims[i] = axes[i].size();
        }
        List<Tensor> grid = new ArrayList<>();
        for (int i = 0; i < axes.length; i++) {
            int[] one = new int[axes.length];
            Arrays.fill(one, 1);
            one[i] = dims[i];
            grid.add(axes[i].reshape(one).expand(dims));
        }
        return List.copyOf(grid);
    }
}
