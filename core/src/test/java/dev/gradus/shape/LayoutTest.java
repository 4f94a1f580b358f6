package dev.gradus.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Layouts against a model that keeps, for every element, where it lies: random chains of movement
 * operations, then every reshape.
 */
class LayoutTest {
    private final SplittableRandom random = new SplittableRandom(7);

    /** A shape, and the buffer position of each element in row-major order. */
    private record Model(int[] dims, int[] positions) {
        static Model of(Layout layout) {
            int[] dims = layout.shape().toArray();
            int[] positions = new int[layout.shape().size()];
            for (int i = 0; i < positions.length; i++) {
                positions[i] = layout.position(index(dims, i));
            }
            return new Model(dims, positions);
        }

        int at(int... index) {
            int flat = 0;
            for (int i = 0; i < dims.length; i++) {
                flat = flat * dims[i] + index[i];
            }
            return positions[flat];
        }

        Model permute(int[] axes) {
            int[] to = IntStream.of(axes).map(a -> dims[a]).toArray();
            return generate(
                    to,
                    index -> {
                        int[] from = new int[dims.length];
                        for (int i = 0; i < axes.length; i++) {
                            from[axes[i]] = index[i];
                        }
                        return from;
                    });
        }

        /** Elements start, start + step, … of one axis. */
        Model slice(int axis, int start, int step, int count) {
            int[] to = dims.clone();
            to[axis] = count;
            return generate(
                    to,
                    index -> {
                        int[] from = index.clone();
                        from[axis] = start + step * index[axis];
                        return from;
                    });
        }

        Model expand(int[] to) {
            return generate(
                    to,
                    index -> {
                        int[] from = new int[dims.length];
                        for (int i = 0; i < from.length; i++) {
                            int k = index[i + to.length - from.length];
                            from[i] = dims[i] == 1 ? 0 : k;
                        }
                        return from;
                    });
        }

        private Model generate(int[] to, UnaryOperator<int[]> source) {
            int[] out = new int[IntStream.of(to).reduce(1, (a, b) -> a * b)];
            for (int i = 0; i < out.length; i++) {
                out[i] = at(source.apply(index(to, i)));
            }
            return new Model(to, out);
        }

        /** Whether strides exist that reach these positions in this order under another shape. */
        boolean hasStridesFor(int[] to) {
            if (positions.length == 0) {
                return true;
            }
            int[] strides = new int[to.length];
            int step = 1;
            for (int i = to.length - 1; i >= 0; i--) {
                strides[i] = to[i] == 1 ? 0 : positions[step] - positions[0];
                step *= to[i];
            }
            for (int i = 0; i < positions.length; i++) {
                int[] index = index(to, i);
                int p = positions[0];
                for (int k = 0; k < to.length; k++) {
                    p += index[k] * strides[k];
                }
                if (p != positions[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private static int[] index(int[] dims, int flat) {
        int[] index = new int[dims.length];
        for (int i = dims.length - 1; i >= 0; i--) {
            index[i] = flat % dims[i];
            flat /= dims[i];
        }
        return index;
    }

    /** A layout, and what it should be. */
    private record Pair(Layout layout, Model model) {}

    @Test
    void chainsOfMovementsAndEveryReshape() {
        int views = 0;
        int copies = 0;
        for (int round = 0; round < 4000; round++) {
            Layout whole = Layout.contiguous(start());
            Pair pair = new Pair(whole, Model.of(whole));
            for (int k = random.nextInt(4); k > 0; k--) {
                pair =
                        switch (random.nextInt(3)) {
                            case 0 -> permuted(pair);
                            case 1 -> sliced(pair);
                            default -> expanded(pair);
                        };
                assertSame(pair.model, pair.layout);
            }
            Shape target = target(pair.layout.shape().size());
            Layout reshaped = pair.layout.reshape(target);
            String what = pair.layout + " to " + target;
            if (pair.model.hasStridesFor(target.toArray())) {
                assertNotNull(reshaped, () -> "a view is possible: " + what);
                assertSame(new Model(target.toArray(), pair.model.positions), reshaped);
                views++;
            } else {
                assertNull(reshaped, () -> "needs a copy: " + what);
                copies++;
            }
        }
        assertTrue(views > 500 && copies > 500, views + " views, " + copies + " copies");
    }

    private Shape start() {
        int[] dims = new int[random.nextInt(5)];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(4);
        }
        return Shape.of(dims);
    }

    private Pair permuted(Pair p) {
        int[] axes = IntStream.range(0, p.layout.shape().rank()).toArray();
        for (int i = axes.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int t = axes[i];
            axes[i] = axes[j];
            axes[j] = t;
        }
        return new Pair(p.layout.permute(axes), p.model.permute(axes));
    }

    private Pair sliced(Pair p) {
        int rank = p.layout.shape().rank();
        if (rank == 0) {
            return p;
        }
        int axis = random.nextInt(rank);
        int d = p.layout.shape().dim(axis);
        int step = (1 + random.nextInt(2)) * (d > 0 && random.nextBoolean() ? -1 : 1);
        int start = random.nextInt(step > 0 ? d + 1 : d);
        Slice[] slices = new Slice[axis + 1];
        Arrays.fill(slices, Slice.ALL);
        slices[axis] = new Slice.Range(start, null, step);
        int count = 0;
        for (int i = start; i >= 0 && i < d; i += step) {
            count++;
        }
        return new Pair(p.layout.slice(slices), p.model.slice(axis, start, step, count));
    }

    private Pair expanded(Pair p) {
        int[] dims = p.layout.shape().toArray();
        int extra = dims.length < 4 ? random.nextInt(2) : 0;
        int[] to = new int[dims.length + extra];
        for (int i = 0; i < to.length; i++) {
            int d = i < extra ? 2 : dims[i - extra];
            to[i] = d == 1 && random.nextBoolean() ? 3 : d;
        }
        return new Pair(p.layout.expand(Shape.of(to)), p.model.expand(to));
    }

    /** A random shape of a given size, ones included. */
    private Shape target(int size) {
        if (size == 0) {
            return Shape.of(random.nextInt(3), 0, 2);
        }
        int[] dims = new int[6];
        int rank = 0;
        int left = size;
        while (left > 1 && rank < 5) {
            int d = 1 + random.nextInt(left);
            while (left % d != 0) {
                d--;
            }
            dims[rank++] = d;
            left /= d;
        }
        if (left > 1) {
            dims[rank++] = left;
        }
        return Shape.of(Arrays.copyOf(dims, rank));
    }

    private static void assertSame(Model model, Layout layout) {
        assertArrayEquals(model.dims, layout.shape().toArray(), layout::toString);
        int[] byPosition = new int[model.positions.length];
        for (int i = 0; i < byPosition.length; i++) {
            byPosition[i] = layout.positionOf(i);
        }
        assertArrayEquals(model.positions, byPosition, layout::toString);
        assertArrayEquals(model.positions, Model.of(layout).positions, layout::toString);
        boolean inOrder = true;
        for (int i = 0; i < byPosition.length; i++) {
            inOrder &= byPosition[i] == layout.offset() + i;
        }
        assertEquals(inOrder, layout.isContiguous(), layout::toString);
    }

    @Test
    void aContiguousLayoutHasRowMajorStrides() {
        Layout layout = Layout.contiguous(Shape.of(2, 3, 4));
        assertArrayEquals(new int[] {12, 4, 1}, layout.strides());
        assertEquals(4, layout.stride(1));
        assertEquals(0, layout.offset());
        assertEquals(23, layout.position(1, 2, 3));
        assertTrue(layout.isContiguous());
        assertFalse(layout.permute(1, 0, 2).isContiguous());
        assertEquals("shape [2, 3, 4], strides [12, 4, 1], offset 0", layout.toString());
    }

    @Test
    void saysWhatIsWrong() {
        Layout layout = Layout.contiguous(Shape.of(2, 3));
        Says.illegal(() -> layout.permute(0), "permute", "[0]", "every axis of [2, 3]");
        Says.illegal(() -> layout.permute(1, -1), "permute", "axis -1 is named twice");
        Says.illegal(() -> layout.permute(0, 2), "permute: axis 2", "[2, 3]");
        Says.illegal(
                () -> layout.expand(Shape.of(2, 6)), "expand: shape [2, 3]", "[2, 6]", "3 to 6");
        Says.illegal(() -> layout.expand(Shape.of(3)), "expand: shape [2, 3]", "fewer axes");
        Says.illegal(
                () -> layout.reshape(Shape.of(4)), "reshape: shape [2, 3] has 6", "[4] needs 4");
    }
}
