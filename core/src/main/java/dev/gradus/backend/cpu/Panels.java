package dev.gradus.backend.cpu;

import static dev.gradus.backend.cpu.VectorGemm.HALF;
import static dev.gradus.backend.cpu.VectorGemm.LANES;
import static dev.gradus.backend.cpu.VectorGemm.VECTORS;

import dev.gradus.backend.cpu.Gemm.Matrix;

/**
 * How {@code n} columns, at least a vector, are cut into panels of almost equal width: the first of
 * {@code vectors}, those from panel {@code wide} on of one less. The last one may end in half a
 * vector, and overlaps the one before it where the columns do not come out even: columns computed
 * twice beat partial vectors.
 */
record Panels(int n, int count, int wide, int vectors, int lastHalves) {
    /**
     * Floats between copied panels, a cache line: else they would all want the same places in it.
     */
    private static final int GAP = 16;

    static Panels of(int n, boolean usesHalves) {
        int halves = Math.ceilDiv(n, HALF);
        int odd = usesHalves ? halves & 1 : 0;
        int all = (halves + 1) / 2;
        int widest = Math.clamp((n / HALF + odd) / 2, 1, VECTORS);
        int count = Math.ceilDiv(all, widest);
        int vectors = Math.ceilDiv(all, count);
        int wide = count - (count * vectors - all);
        int last = wide == count ? vectors : vectors - 1;
        return new Panels(n, count, wide, vectors, last == 1 ? 2 : 2 * last - odd);
    }

    /** How many half vectors wide a panel is. */
    int halves(int panel) {
        return panel == count - 1 ? lastHalves : 2 * (panel < wide ? vectors : vectors - 1);
    }

    /** How many columns the panels before one have together. */
    int before(int panel) {
        return (panel * vectors - Math.max(0, panel - wide)) * LANES;
    }

    /** Where a copy of a panel's rows of B starts, of those from panel {@code first} on. */
    int start(int first, int panel, int depth) {
        return depth * (before(panel) - before(first)) + (panel - first) * GAP;
    }

    /** A panel's first column. */
    int column(int panel) {
        return panel == count - 1 ? n - lastHalves * HALF : before(panel);
    }

    /** Vectors in a row of the narrowest panel. */
    int narrowest() {
        return wide == count ? vectors : vectors - 1;
    }

    /** Whether the last two panels have columns in common. */
    boolean lastOverlaps() {
        return column(count - 1) < before(count - 1);
    }

    /** Whether the last panel ends in half a vector. */
    boolean endInHalf() {
        return lastHalves % 2 != 0;
    }

    /** Copies panels: dense rows of B as they lie in memory, others panel by panel. */
    void copy(int first, int end, int depth, Matrix b, float[] copies) {
        if (b.colStride() == 1) {
            for (int p = 0; p < depth; p++) {
                for (int panel = first; panel < end; panel++) {
                    int width = halves(panel) * HALF;
                    int to = start(first, panel, depth) + p * width;
                    int from = b.index(p, column(panel));
                    System.arraycopy(b.data(), from, copies, to, width);
                }
            }
            return;
        }
        for (int panel = first; panel < end; panel++) {
            int width = halves(panel) * HALF;
            int to = start(first, panel, depth);
            copy(depth, width, b.from(0, column(panel)), copies, to, width);
        }
    }

    /** Copies {@code width} columns of B to rows that are some elements apart. */
    static void copy(int depth, int width, Matrix b, float[] panel, int to, int apart) {
        int j = 0;
        for (; j + 8 <= width; j += 8) {
            int at = b.index(0, j);
            copyEight(depth, b.data(), at, b.rowStride(), b.colStride(), panel, to + j, apart);
        }
        for (; j < width; j++) {
            copyOne(depth, b.data(), b.index(0, j), b.rowStride(), panel, to + j, apart);
        }
    }

    /** Eight columns at a time: one at a time would visit each cache line of the panel 16 times. */
    private static void copyEight(
            int depth, float[] b, int at, int row, int column, float[] panel, int to, int apart) {
        for (int p = 0; p < depth; p++) {
            panel[to] = b[at];
            panel[to + 1] = b[at + column];
            panel[to + 2] = b[at + 2 * column];
            panel[to + 3] = b[at + 3 * column];
            panel[to + 4] = b[at + 4 * column];
            panel[to + 5] = b[at + 5 * column];
            panel[to + 6] = b[at + 6 * column];
            panel[to + 7] = b[at + 7 * column];
            at += row;
            to += apart;
        }
    }

    private static void copyOne(
            int depth, float[] b, int at, int row, float[] panel, int to, int apart) {
        for (int p = 0; p < depth; p++) {
            panel[to] = b[at];
            at += row;
            to += apart;
        }
    }
}
