package dev.gradus.tensor;

import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import java.util.Arrays;
import java.util.List;

/**
 * Diagonals and triangles. A matrix of m columns that is read row by row has a diagonal at every (m
 * + 1)-th place, so a diagonal is a slice with that step, and a view where the matrix lies without
 * gaps. Diagonal k is the one of the elements [i, i + k].
 */
final class Diagonals {
    private Diagonals() {}

    /** {@link Tensor#diag(int)}. */
    static Tensor diag(Tensor x, int k) {
        return switch (x.ndim()) {
            case 1 -> matrix(x, k);
            case 2 -> of(x, k);
            default ->
                    throw new IllegalArgumentException(
                            "diag: shape "
                                    + x.shape()
                                    + " is neither a vector, which becomes a diagonal, nor a"
                                    + " matrix, which has one");
        };
    }

    /** The square matrix of zeros whose diagonal k is a vector. */
    private static Tensor matrix(Tensor x, int k) {
        long side = x.size() + Math.abs((long) k);
        if (side > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "diag: " + x.size() + " elements on diagonal " + k + " fit into no matrix");
        }
        int n = (int) side;
        Shape shape = Shape.of(n, n);
        List<Slice> places = List.of(places(n, k, x.size()));
        Op embed = new Movement.Embed("diag", Shape.of(shape.size()), places, 0);
        return Op.apply(embed, x).reshape(shape);
    }

    /** Diagonal k of the last two axes: {@code [.., n, m] → [.., length]}. */
    private static Tensor of(Tensor x, int k) {
        int n = x.size(-2);
        int m = x.size(-1);
        long length = k >= 0 ? Math.min(n, (long) m - k) : Math.min((long) n + k, m);
        int[] dims = x.shape().toArray();
        int[] flat = Arrays.copyOf(dims, dims.length - 1);
        flat[flat.length - 1] = n * m;
        return x.reshape(Shape.of(flat)).slice(Slice.ELLIPSIS, places(m, k, length));
    }

    /** The diagonal of two axes of one size, as a new last axis. */
    static Tensor of(Tensor x, int first, int second) {
        int[] axes = new int[x.ndim()];
        int next = 0;
        for (int axis = 0; axis < axes.length; axis++) {
            if (axis != first && axis != second) {
                axes[next++] = axis;
            }
        }
        axes[next] = first;
        axes[next + 1] = second;
        return of(x.permute(axes), 0);
    }

    /** Where diagonal k lies in a matrix that is read row by row. */
    private static Slice places(int columns, int k, long length) {
        if (length <= 0) {
            return Slice.range(0, 0);
        }
        int start = k >= 0 ? k : -k * columns;
        long stop = start + (length - 1) * (columns + 1L) + 1;
        return Slice.range(start, (int) stop, columns + 1);
    }

    /** {@link Tensor#trace}. */
    static Tensor trace(Tensor x) {
        if (x.ndim() != 2) {
            throw new IllegalArgumentException(
                    "trace: shape "
                            + x.shape()
                            + " is not a matrix; einsum(\"...ii->...\", x) takes a batch of them");
        }
        return of(x, 0).sum();
    }

    /** The elements [.., i, j] with j − i ≤ k, or those with j − i ≥ k; zeros elsewhere. */
    static Tensor triangle(String name, boolean lower, Tensor x, int k) {
        if (x.ndim() < 2) {
            throw new IllegalArgumentException(
                    name + ": shape " + x.shape() + " has no rows and columns");
        }
        int n = x.size(-2);
        int m = x.size(-1);
        if (x.size() == 0) {
            return x;
        }
        // Diagonals −n and m are as far beyond the corners as any; and INT32 keeps places whole.
        int at = Math.clamp(k, -n, m);
        Tensor rows = Tensor.arange(at, at + n).to(x.backend()).unsqueeze(1);
        Tensor columns = Tensor.arange(m).to(x.backend());
        Tensor inside = lower ? columns.le(rows) : columns.ge(rows);
        Tensor zero = Tensor.scalar(0).to(x.backend()).to(x.dtype());
        return Tensor.where(inside, x, zero);
    }

    /** {@link Tensor#outer}. */
    static Tensor outer(Tensor a, Tensor b) {
        if (a.ndim() != 1 || b.ndim() != 1) {
            throw new IllegalArgumentException(
                    "outer: shapes " + a.shape() + " and " + b.shape() + " are not two vectors");
        }
        return a.unsqueeze(1).mul(b);
    }
}
