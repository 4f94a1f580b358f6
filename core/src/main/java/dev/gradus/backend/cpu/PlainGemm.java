package dev.gradus.backend.cpu;

import java.util.Arrays;

/**
 * Matrix multiplication in plain loops, written so that HotSpot's C2 compiler turns them into
 * vector instructions by itself. It does so for {@code x[j] = fma(s, y[j], x[j])} where x and y are
 * separate arrays and the index is the loop variable alone, and not for {@code x[i + j]} or {@code
 * y[j * stride]}. So the rows of B are copied to arrays of their own.
 */
final class PlainGemm implements Gemm {

    /**
     * Columns of B copied at a time: with {@link #SLICE} rows 512 KB, which stay in the L2 cache.
     */
    private static final int COLUMNS = 256;

    /** Memory of one thread: copied rows of B, and the sums of a row of C. */
    private record Scratch(float[][] rows, float[] sums) {
        static final ThreadLocal<Scratch> OF_THREAD =
                ThreadLocal.withInitial(
                        () -> new Scratch(new float[SLICE][COLUMNS], new float[COLUMNS]));
    }

    @Override
    public void multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        if (Gemm.isSmall(m, n, k)) {
            Gemm.multiplySmall(m, n, k, a, b, c);
            return;
        }
        Scratch scratch = Scratch.OF_THREAD.get();
        float[] sums = scratch.sums;
        for (int j = 0; j < n; j += COLUMNS) {
            int width = Math.min(COLUMNS, n - j);
            for (int from = 0; from < k; from += SLICE) {
                int depth = Math.min(SLICE, k - from);
                copyRows(depth, width, b.from(from, j), scratch.rows);
                for (int i = 0; i < m; i++) {
                    sumRows(depth, width, a.data(), a.index(i, from), a.colStride(), scratch);
                    if (from == 0) {
                        System.arraycopy(sums, 0, c.data(), c.index(i, j), width);
                    } else {
                        add(width, sums, c.data(), c.index(i, j));
                    }
                }
            }
        }
    }

    private static void copyRows(int depth, int width, Matrix b, float[][] rows) {
        float[] data = b.data();
        if (b.colStride() == 1) {
            for (int p = 0; p < depth; p++) {
                System.arraycopy(data, b.index(p, 0), rows[p], 0, width);
            }
        } else {
            int step = b.rowStride();
            for (int j = 0; j < width; j++) {
                int at = b.index(0, j);
                for (int p = 0; p < depth; p++) {
                    rows[p][j] = data[at];
                    at += step;
                }
            }
        }
    }

    /** Sets the sums to a row of A, which starts at {@code a[at]}, times the copied rows of B. */
    private static void sumRows(
            int depth, int width, float[] a, int at, int step, Scratch scratch) {
        float[][] rows = scratch.rows;
        float[] sums = scratch.sums;
        Arrays.fill(sums, 0, width, 0);
        int p = 0;
        for (; p + 4 <= depth; p += 4) {
            addFourRows(
                    width,
                    a[at],
                    a[at + step],
                    a[at + 2 * step],
                    a[at + 3 * step],
                    rows[p],
                    rows[p + 1],
                    rows[p + 2],
                    rows[p + 3],
                    sums);
            at += 4 * step;
        }
        for (; p < depth; p++) {
            addRow(width, a[at], rows[p], sums);
            at += step;
        }
    }

    /** Four rows at a time, as many as C2 vectorises: one load and store of the sum for four. */
    private static void addFourRows(
            int width,
            float a0,
            float a1,
            float a2,
            float a3,
            float[] b0,
            float[] b1,
            float[] b2,
            float[] b3,
            float[] sums) {
        for (int j = 0; j < width; j++) {
            float sum = Math.fma(a1, b1[j], Math.fma(a0, b0[j], sums[j]));
            sums[j] = Math.fma(a3, b3[j], Math.fma(a2, b2[j], sum));
        }
    }

    private static void addRow(int width, float a, float[] b, float[] sums) {
        for (int j = 0; j < width; j++) {
            sums[j] = Math.fma(a, b[j], sums[j]);
        }
    }

    private static void add(int width, float[] sums, float[] c, int at) {
        for (int j = 0; j < width; j++) {
            c[at + j] += sums[j];
        }
    }
}
