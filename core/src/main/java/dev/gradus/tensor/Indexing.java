package dev.gradus.tensor;

import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Choosing elements by index and by mask. Which elements is worked out on the host, where an index
 * out of range can be named before anything is computed; the elements themselves then come from
 * {@link Structural.Gather} of the tensor seen as one long table of numbers, and so do gradients.
 */
final class Indexing {
    private Indexing() {}

    /** {@code out[i, j, k] = x[i, index[i, j, k], k]}, for axis 1 of 3. */
    static Tensor gather(Tensor x, int axis, Tensor index) {
        int a = x.shape().axis("gather", axis);
        int[] rows = read("gather", x, index);
        checkFits("gather", x, a, index);
        checkRange("gather", rows, index.shape(), x, a);
        return pick(x, a, index.shape(), rows);
    }

    /** {@code x[i, index[i, j, k], k] += source[i, j, k]}, for axis 1 of 3, in a copy of x. */
    static Tensor scatterAdd(Tensor x, int axis, Tensor index, Tensor source) {
        int a = x.shape().axis("scatterAdd", axis);
        int[] rows = read("scatterAdd", x, index);
        checkFits("scatterAdd", x, a, index);
        Tensor[] same = Tensor.common("scatterAdd", true, x, source);
        checkTogether("scatterAdd", x, source);
        if (!isWithin(index.shape(), source.shape(), -1)) {
            throw new IllegalArgumentException(
                    "scatterAdd: an index of shape "
                            + index.shape()
                            + " needs a source of that shape or larger, not "
                            + source.shape());
        }
        checkRange("scatterAdd", rows, index.shape(), x, a);
        Tensor part = same[1];
        if (!source.shape().equals(index.shape())) {
            Slice[] slices = new Slice[index.ndim()];
            Arrays.setAll(slices, i -> Slice.range(0, index.size(i)));
            part = part.slice(slices);
        }
        Tensor at = beside(x, index.shape(), positions(x.shape(), a, index.shape(), rows));
        Tensor added = Op.apply(new Structural.ScatterAdd(Shape.of(x.size())), part, at);
        return same[0].add(added.reshape(x.shape()));
    }

    /** The parts of an axis that a vector of indices names. */
    static Tensor indexSelect(Tensor x, int axis, Tensor index) {
        int a = x.shape().axis("indexSelect", axis);
        int[] rows = read("indexSelect", x, index);
        if (index.ndim() != 1) {
            throw new IllegalArgumentException(
                    "indexSelect: the index must be a vector, not of shape "
                            + index.shape()
                            + "; gather(index) takes rows by an index of any shape");
        }
        checkRange("indexSelect", rows, index.shape(), x, a);
        return select(x, a, index);
    }

    /** The parts of an axis for which a vector has a number that is not 0. */
    static Tensor compress(Tensor x, int axis, Tensor mask) {
        int a = x.shape().axis("compress", axis);
        checkTogether("compress", x, mask);
        if (mask.ndim() != 1 || mask.size() != x.size(a)) {
            throw new IllegalArgumentException(
                    "compress: the mask must have shape ["
                            + x.size(a)
                            + "], as axis "
                            + axis
                            + " of shape "
                            + x.shape()
                            + " has, not "
                            + mask.shape()
                            + "; maskedSelect takes a mask over all elements");
        }
        int[] chosen = trues(values("compress", mask));
        return select(x, a, beside(x, Shape.of(chosen.length), chosen));
    }

    private static Tensor select(Tensor x, int axis, Tensor index) {
        return axis == 0 ? x.gather(index) : x.transpose(0, axis).gather(index).transpose(0, axis);
    }

    /** The elements where a mask is not 0, row by row; the two broadcast. */
    static Tensor maskedSelect(Tensor x, Tensor mask) {
        checkTogether("maskedSelect", x, mask);
        Shape full = Shape.broadcast("maskedSelect", x.shape(), mask.shape());
        Layout from = Layout.contiguous(x.shape()).expand(full);
        Layout by = Layout.contiguous(mask.shape()).expand(full);
        double[] flags = values("maskedSelect", mask);
        int[] chosen =
                IntStream.range(0, full.size())
                        .filter(i -> flags[by.positionOf(i)] != 0)
                        .map(from::positionOf)
                        .toArray();
        return at(x, Shape.of(chosen.length), chosen);
    }

    /** The coordinates of what is not 0: [n, axes]. */
    static Tensor nonzero(Tensor x) {
        int[] chosen = trues(values("nonzero", x));
        int[] out = new int[Shape.of(chosen.length, x.ndim()).size()];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(x.shape().indexOf(chosen[i]), 0, out, i * x.ndim(), x.ndim());
        }
        return beside(x, Shape.of(chosen.length, x.ndim()), out);
    }

    /** Labels [i…] as rows of zeros with a 1: FLOAT32 [i…, classes]. */
    static Tensor oneHot(Tensor labels, int classes) {
        int[] values = read("oneHot", labels, labels);
        if (classes < 1) {
            throw new IllegalArgumentException("oneHot: " + classes + " classes; at least one");
        }
        checkRange("oneHot", values, labels.shape(), classes, classes + " classes");
        int[] each = new int[classes];
        Arrays.setAll(each, i -> i);
        return labels.unsqueeze(-1).eq(beside(labels, Shape.of(classes), each));
    }

    /** The elements that indices along an axis name, for every place of a shape. */
    static Tensor pick(Tensor x, int axis, Shape shape, int[] index) {
        return at(x, shape, positions(x.shape(), axis, shape, index));
    }

    /** The elements at places counted in row-major order. */
    static Tensor at(Tensor x, Shape shape, int[] positions) {
        return x.flatten().gather(beside(x, shape, positions));
    }

    /** Indices as a tensor beside another. No operation made it, so no tape ever knows it. */
    static Tensor beside(Tensor x, Shape shape, int[] index) {
        return Tensor.wrap(x.backend(), x.backend().upload(DType.INT32, index), shape);
    }

    /** A tensor's elements, for an operation of that name. */
    static double[] values(String name, Tensor x) {
        x.check(name, Recorder.current());
        return x.toArray();
    }

    private static int[] trues(double[] flags) {
        return IntStream.range(0, flags.length).filter(i -> flags[i] != 0).toArray();
    }

    /**
     * Where {@code table[…, index, …]} is in row-major order, the index along an axis, the other
     * coordinates those of the index's own place in its shape.
     */
    private static int[] positions(Shape table, int axis, Shape shape, int[] index) {
        int[] strides = Layout.contiguous(table).strides();
        int[] out = new int[index.length];
        for (int i = 0; i < out.length; i++) {
            int rest = i;
            for (int d = strides.length - 1; d >= 0; d--) {
                out[i] += strides[d] * (d == axis ? index[i] : rest % shape.dim(d));
                rest /= shape.dim(d);
            }
        }
        return out;
    }

    // ------------------------------------------------------------------ checks

    private static int[] read(String name, Tensor x, Tensor index) {
        Objects.requireNonNull(index, () -> name + ": the index is null");
        if (index.dtype() != DType.INT32) {
            throw new IllegalArgumentException(
                    name
                            + ": the index must be INT32 (to(DType.INT32) converts it), not "
                            + index.dtype());
        }
        checkTogether(name, x, index);
        index.check(name, Recorder.current());
        return index.toIntArray();
    }

    /** What is read on the host would otherwise quietly work across backends. */
    private static void checkTogether(String name, Tensor x, Tensor other) {
        Objects.requireNonNull(other, () -> name + ": a tensor is null");
        x.check(name, Recorder.current());
        if (x.backend() != other.backend()) {
            throw new IllegalArgumentException(
                    name
                            + ": the tensors are on "
                            + x.backend().name()
                            + " and on "
                            + other.backend().name()
                            + "; move one with to(\"…\")");
        }
    }

    private static void checkFits(String name, Tensor x, int axis, Tensor index) {
        if (!isWithin(index.shape(), x.shape(), axis)) {
            throw new IllegalArgumentException(
                    name
                            + ": shape "
                            + x.shape()
                            + " and an index of shape "
                            + index.shape()
                            + ": it must have as many axes, and none longer but axis "
                            + axis
                            + (index.ndim() == x.ndim() - 1
                                    ? "; did you mean index.unsqueeze(" + axis + ")?"
                                    : ""));
        }
    }

    /** Whether no axis of a shape is longer than that of another, but for one. */
    private static boolean isWithin(Shape small, Shape large, int except) {
        boolean fits = small.rank() == large.rank();
        for (int d = 0; fits && d < small.rank(); d++) {
            fits = d == except || small.dim(d) <= large.dim(d);
        }
        return fits;
    }

    private static void checkRange(String name, int[] index, Shape shape, Tensor x, int axis) {
        checkRange(name, index, shape, x.size(axis), "axis " + axis + " of shape " + x.shape());
    }

    private static void checkRange(String name, int[] index, Shape shape, int size, String what) {
        for (int i = 0; i < index.length; i++) {
            if (index[i] < 0 || index[i] >= size) {
                throw new IndexOutOfBoundsException(
                        name
                                + ": index "
                                + index[i]
                                + " at "
                                + Arrays.toString(shape.indexOf(i))
                                + " is out of range for "
                                + what
                                + (size == 0 ? "" : " (0 to " + (size - 1) + ")")
                                + (index[i] < 0
                                        ? "; a tensor of indices does not count from the end"
                                        : ""));
            }
        }
    }
}
