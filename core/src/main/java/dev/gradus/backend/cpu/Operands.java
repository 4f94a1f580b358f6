package dev.gradus.backend.cpu;

import dev.gradus.backend.View;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import java.util.ArrayList;
import java.util.List;

/**
 * The inputs of a kernel as {@code outer} runs of {@code inner} elements, in row-major order.
 * Within a run each input is either dense or one element for all (a splat): the only two kinds that
 * kernels know. An input with any other layout is copied first.
 */
final class Operands {
    /** Shorter runs cost more in calls than copying the inputs that break them up. */
    private static final int SHORT_RUN = 64;

    final float[][] data;
    final long splats;
    final int inner;
    final int outer;

    /** So many runs, from a multiple of it on, are evenly spaced: {@link #steps} apart. */
    final int evenRuns;

    final int[] steps;
    private final Layout[] layouts;
    private final int innerAxis;
    private final List<float[]> copies;

    private Operands(
            float[][] data, Layout[] layouts, long splats, int innerAxis, List<float[]> copies) {
        this.data = data;
        this.layouts = layouts;
        this.splats = splats;
        this.innerAxis = innerAxis;
        this.copies = copies;
        int runs = 1;
        int length = 1;
        Shape shape = layouts.length == 0 ? Shape.SCALAR : layouts[0].shape();
        for (int axis = 0; axis < shape.rank(); axis++) {
            if (axis < innerAxis) {
                runs *= shape.dim(axis);
            } else {
                length *= shape.dim(axis);
            }
        }
        this.outer = runs;
        this.inner = length;
        this.steps = new int[layouts.length];
        this.evenRuns = space(layouts, innerAxis, steps);
    }

    /** The longest row-major sequence of outer indices in which every input has one stride. */
    private static int space(Layout[] layouts, int innerAxis, int[] steps) {
        int runs = 1;
        for (int axis = layouts.length == 0 ? -1 : innerAxis - 1; axis >= 0; axis--) {
            int d = layouts[0].shape().dim(axis);
            for (int i = 0; i < steps.length && d != 1; i++) {
                if (runs == 1) {
                    steps[i] = layouts[i].stride(axis);
                } else if (layouts[i].stride(axis) != runs * steps[i]) {
                    return runs;
                }
            }
            runs *= d;
        }
        return runs;
    }

    /** How many runs from {@code index} on, at most {@code most}, are evenly spaced. */
    int evenly(int index, int most) {
        return Math.min(most, evenRuns - index % evenRuns);
    }

    /** The longest runs that the layouts allow; if they are short, everything as one run. */
    static Operands longestRuns(View[] in) {
        int axis = 0;
        for (View v : in) {
            axis = Math.max(axis, firstUniformAxis(v.layout()));
        }
        if (axis > 0) {
            Shape shape = in[0].shape();
            int run = 1;
            for (int i = axis; i < shape.rank(); i++) {
                run *= shape.dim(i);
            }
            axis = run < SHORT_RUN ? 0 : axis;
        }
        return runsFrom(in, axis);
    }

    /** Runs over the axes from {@code innerAxis} on. */
    static Operands runsFrom(View[] in, int innerAxis) {
        float[][] data = new float[in.length][];
        Layout[] layouts = new Layout[in.length];
        List<float[]> copies = List.of();
        long splats = 0;
        for (int i = 0; i < in.length; i++) {
            Layout layout = in[i].layout();
            if (firstUniformAxis(layout) <= innerAxis) {
                data[i] = HostBuffer.floats(in[i]);
                layouts[i] = layout;
                if (isSplat(layout, innerAxis)) {
                    splats |= 1L << i;
                }
            } else {
                data[i] = Copies.dense(in[i]);
                layouts[i] = Layout.contiguous(layout.shape());
                copies = copies.isEmpty() ? new ArrayList<>() : copies;
                copies.add(data[i]);
            }
        }
        return new Operands(data, layouts, splats, innerAxis, copies);
    }

    /** The first axis from which on a layout is dense, or repeats one element. */
    private static int firstUniformAxis(Layout layout) {
        if (layout.isContiguous()) {
            return 0;
        }
        Shape shape = layout.shape();
        int dense = shape.rank();
        int step = 1;
        while (dense > 0 && (shape.dim(dense - 1) == 1 || layout.stride(dense - 1) == step)) {
            dense--;
            step *= shape.dim(dense);
        }
        int splat = shape.rank();
        while (splat > 0 && (shape.dim(splat - 1) == 1 || layout.stride(splat - 1) == 0)) {
            splat--;
        }
        return Math.min(dense, splat);
    }

    private static boolean isSplat(Layout layout, int from) {
        boolean longer = false;
        for (int axis = from; axis < layout.shape().rank(); axis++) {
            if (layout.shape().dim(axis) != 1) {
                longer = true;
                if (layout.stride(axis) != 0) {
                    return false;
                }
            }
        }
        return longer;
    }

    /** Where run {@code index} of each input starts, into {@code offsets}. */
    void offsets(int index, int[] offsets) {
        for (int i = 0; i < layouts.length; i++) {
            Layout layout = layouts[i];
            int p = layout.offset();
            int rest = index;
            for (int axis = innerAxis - 1; axis >= 0; axis--) {
                int d = layout.shape().dim(axis);
                p += rest % d * layout.stride(axis);
                rest /= d;
            }
            offsets[i] = p;
        }
    }

    /** Gives the copies back. */
    void close() {
        for (float[] copy : copies) {
            BufferPool.give(copy);
        }
    }
}
