package dev.gradus.backend.cpu;

import dev.gradus.backend.cpu.Gemm.Matrix;

import java.util.Arrays;

/**
 * A block of a head's queries, and the matrix products with its tile: numbers for each key (a row)
 * and each query (a column). Where attention is causal, the tile is 0 or not used for keys later
 * than the query: a triangle, which is left out in steps.
 *
 * @param query the first query of the block
 * @param width its queries
 * @param keys the keys that some of them attend to
 */
record AttentionBlock(Gemm gemm, boolean causal, int head, int query, int width, int keys) {
    /** Rows of a step: fewer would leave out more, and be slower products. */
    private static final int STEP = 16;

    /** The first key that not all queries attend to. */
    int diagonal() {
        return causal ? Math.min(query, keys) : keys;
    }

    /** tile {@code [keys, width]} = a {@code [keys, depth]} · b {@code [depth, width]}. */
    void ofKeysAndQueries(int depth, Matrix a, Matrix b, float[] tile) {
        Matrix c = rows(tile);
        gemm.multiply(diagonal(), width, depth, a, b, c);
        for (int key = diagonal(); key < keys; key += STEP) {
            int rows = Math.min(STEP, keys - key);
            int from = key - query;
            for (int i = 0; i < rows; i++) {
                Arrays.fill(tile, (key + i) * width, (key + i) * width + from, 0);
            }
            gemm.multiply(
                    rows, width - from, depth, a.from(key, 0), b.from(0, from), c.from(key, from));
        }
    }

    /** c {@code [keys, n]} = tile · b {@code [width, n]}. */
    void forKeys(int n, float[] tile, Matrix b, Matrix c) {
        Matrix a = rows(tile);
        gemm.multiply(diagonal(), n, width, a, b, c);
        for (int key = diagonal(); key < keys; key += STEP) {
            int from = key - query;
            gemm.multiply(
                    Math.min(STEP, keys - key),
                    n,
                    width - from,
                    a.from(key, from),
                    b.from(from, 0),
                    c.from(key, 0));
        }
    }

    /** c {@code [width, n]} = transposed tile · b {@code [keys, n]}. */
    void forQueries(int n, float[] tile, Matrix b, Matrix c) {
        Matrix a = new Matrix(tile, 0, 1, width);
        int step = diagonal() < keys ? STEP : width;
        for (int i = 0; i < width; i += step) {
            int rows = Math.min(step, width - i);
            int depth = causal ? Math.min(keys, query + i + rows) : keys;
            gemm.multiply(rows, n, depth, a.from(i, 0), b, c.from(i, 0));
        }
    }

    /** A tile, or another array with a column for each query, as a matrix. */
    Matrix rows(float[] tile) {
        return new Matrix(tile, 0, width, 1);
    }
}
