package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import java.util.Arrays;
import java.util.SplittableRandom;

/** How the elements of an input lie in memory; what lies between them must not be read. */
public enum Arrangement {
    /** In row-major order, from the buffer's start. */
    DENSE,
    /** In row-major order, in the middle of a buffer. */
    OFFSET,
    /** The axes in the opposite order. */
    TRANSPOSED,
    /** Part of each row of a wider tensor. */
    PART,
    /** Every second element along each axis. */
    SPACED,
    /** Backwards along each axis: negative strides. */
    REVERSED,
    /** The first axis repeats one element: a stride of 0. */
    STRETCHED;

    private Layout layout(Shape shape) {
        int[] dims = shape.toArray();
        int rank = dims.length;
        Slice[] slices = new Slice[rank];
        return switch (this) {
            case DENSE -> Layout.contiguous(shape);
            case OFFSET -> {
                Layout longer = Layout.contiguous(Shape.of(shape.size() + 9));
                Layout part = longer.slice(Slice.range(5, 5 + shape.size()));
                Layout moved = part.reshape(shape);
                yield moved == null ? part : moved;
            }
            case TRANSPOSED -> {
                int[] axes = new int[rank];
                Arrays.setAll(axes, i -> rank - 1 - i);
                yield Layout.contiguous(Shape.of(Arrays.stream(axes).map(a -> dims[a]).toArray()))
                        .permute(axes);
            }
            case PART -> {
                if (rank == 0) {
                    yield Layout.contiguous(Shape.of(4)).slice(Slice.at(2));
                }
                int last = dims[rank - 1];
                dims[rank - 1] += 4;
                yield Layout.contiguous(Shape.of(dims))
                        .slice(Slice.ELLIPSIS, Slice.range(3, 3 + last));
            }
            case SPACED -> {
                Arrays.setAll(slices, i -> Slice.range(1, 2 * dims[i] + 1, 2));
                yield Layout.contiguous(Shape.of(Arrays.stream(dims).map(d -> 2 * d + 1).toArray()))
                        .slice(slices);
            }
            case REVERSED -> {
                Arrays.fill(slices, Slice.step(-1));
                yield Layout.contiguous(shape).slice(slices);
            }
            case STRETCHED -> {
                if (rank > 0 && dims[0] > 0) {
                    dims[0] = 1;
                }
                yield Layout.contiguous(Shape.of(dims)).expand(shape);
            }
        };
    }

    /** A tensor of these values, arranged this way; a stretched one takes the first of each. */
    Tensor tensor(Backend backend, DType dtype, Shape shape, double[] values) {
        Layout layout = layout(shape);
        int end = layout.offset();
        for (int i = 0; i < values.length; i++) {
            end = Math.max(end, layout.positionOf(i) + 1);
        }
        double[] storage = new double[end + 3];
        Arrays.fill(storage, dtype.isFloating() ? Double.NaN : -77);
        for (int i = values.length - 1; i >= 0; i--) {
            storage[layout.positionOf(i)] = values[i];
        }
        Object array = NestedArrays.newArray(dtype, storage.length);
        for (int i = 0; i < storage.length; i++) {
            switch (array) {
                case float[] f -> f[i] = (float) storage[i];
                case double[] d -> d[i] = storage[i];
                case int[] n -> n[i] = (int) storage[i];
                default -> throw new AssertionError(array);
            }
        }
        return Tensor.wrap(backend, backend.upload(dtype, array), Shape.of(storage.length))
                .seenThrough(layout);
    }

    /** Random numbers of both signs, arranged this way. */
    public Tensor random(Backend backend, DType dtype, Shape shape, long seed) {
        double[] values = Domain.REAL.draw(shape.size(), dtype, new SplittableRandom(seed));
        return tensor(backend, dtype, shape, values);
    }
}
