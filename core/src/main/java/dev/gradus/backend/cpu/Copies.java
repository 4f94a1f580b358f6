package dev.gradus.backend.cpu;

import dev.gradus.backend.View;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

/** Copies between layouts and dtypes. */
final class Copies {
    /** A tile of a transposition: both sides of 32 × 32 floats stay in the first-level cache. */
    private static final int TILE = 32;

    private Copies() {}

    /** All elements of a view in row-major order. */
    static float[] dense(View in) {
        float[] out = BufferPool.take(in.shape().size());
        floats(HostBuffer.floats(in), in.layout(), out, Layout.contiguous(in.shape()));
        return out;
    }

    static void copy(View in, View out) {
        Object from = HostBuffer.array(in);
        Object to = HostBuffer.array(out);
        Layout source = in.layout();
        Layout target = out.layout();
        int n = in.shape().size();
        if (n == 0) {
            return; // an empty part may start behind the end
        }
        if (in.dtype() == out.dtype() && source.isContiguous() && target.isContiguous()) {
            System.arraycopy(from, source.offset(), to, target.offset(), n);
        } else if (in.dtype() == DType.FLOAT32 && out.dtype() == DType.FLOAT32) {
            floats((float[]) from, source, (float[]) to, target);
        } else {
            for (int i = 0; i < n; i++) {
                double value = HostBuffer.get(from, source.positionOf(i));
                HostBuffer.set(to, target.positionOf(i), value);
            }
        }
    }

    /** Copies plane by plane; a plane is the last axis and the one that runs fastest in memory. */
    private static void floats(float[] from, Layout source, float[] to, Layout target) {
        Shape shape = source.shape();
        if (shape.size() == 0) {
            return;
        }
        int rank = shape.rank();
        if (rank == 0) {
            to[target.offset()] = from[source.offset()];
            return;
        }
        int last = rank - 1;
        int fast = fastAxis(source);
        int planes = 1;
        for (int axis = 0; axis < last; axis++) {
            planes *= axis == fast ? 1 : shape.dim(axis);
        }
        for (int plane = 0; plane < planes; plane++) {
            int s = source.offset();
            int t = target.offset();
            int rest = plane;
            for (int axis = last - 1; axis >= 0; axis--) {
                if (axis != fast) {
                    int d = shape.dim(axis);
                    s += rest % d * source.stride(axis);
                    t += rest % d * target.stride(axis);
                    rest /= d;
                }
            }
            if (fast == last) {
                row(from, s, source.stride(last), to, t, target.stride(last), shape.dim(last));
            } else {
                for (int i = 0; i < shape.dim(fast); i += TILE) {
                    for (int j = 0; j < shape.dim(last); j += TILE) {
                        tile(from, s, source, to, t, target, fast, i, j);
                    }
                }
            }
        }
    }

    /** The axis other than the last along which the source lies without gaps, or the last. */
    private static int fastAxis(Layout source) {
        int last = source.shape().rank() - 1;
        if (source.stride(last) != 1) {
            for (int axis = 0; axis < last; axis++) {
                if (source.stride(axis) == 1 && source.shape().dim(axis) >= 8) {
                    return axis;
                }
            }
        }
        return last;
    }

    private static void row(float[] from, int s, int ss, float[] to, int t, int ts, int n) {
        if (ss == 1 && ts == 1) {
            System.arraycopy(from, s, to, t, n);
        } else if (ss == 0 && ts == 1) {
            java.util.Arrays.fill(to, t, t + n, from[s]);
        } else {
            for (int i = 0; i < n; i++) {
                to[t + i * ts] = from[s + i * ss];
            }
        }
    }

    private static void tile(
            float[] from,
            int s,
            Layout source,
            float[] to,
            int t,
            Layout target,
            int fast,
            int i0,
            int j0) {
        int last = source.shape().rank() - 1;
        int i1 = Math.min(source.shape().dim(fast), i0 + TILE);
        int j1 = Math.min(source.shape().dim(last), j0 + TILE);
        int sj = source.stride(last);
        int ti = target.stride(fast);
        int tj = target.stride(last);
        for (int i = i0; i < i1; i++) {
            for (int j = j0; j < j1; j++) {
                to[t + i * ti + j * tj] = from[s + i + j * sj];
            }
        }
    }
}
