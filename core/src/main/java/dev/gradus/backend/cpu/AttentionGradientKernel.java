package dev.gradus.backend.cpu;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;

import java.util.Arrays;

/**
 * The gradient of attention. Block by block of queries, the weights P are computed again from the
 * scores and ln Σ e^score, and then, with g the cotangent of the result:
 *
 * <pre>{@code
 * dV += Pᵀ·g
 * dP = g·Vᵀ
 * dS = scale · P ∘ (dP − Σ P ∘ dP)     the sum over a query's keys
 * dQ = dS·K
 * dK += dSᵀ·Q
 * }</pre>
 *
 * where dropout multiplies P in the first line and dP in the second by the same numbers.
 */
final class AttentionGradientKernel {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr Z = Expr.in(2);
    private static final FloatKernel EXP = kernel(X.sub(Y).exp());
    private static final FloatKernel PRODUCT = kernel(X.mul(Y));
    private static final FloatKernel SUM = kernel(X.add(Y));
    private static final FloatKernel SOFTMAX = kernel(Y.mul(X.sub(Z)).mul(Expr.scalar(0)));

    private final Gemm gemm;
    private final AttentionInputs x;
    private final View logs;
    private final View g;
    private final View[] out;
    private final AttentionTiles tiles;
    private final AttentionMasks masks;
    private final AttentionScores scores;
    private final float[] numbers;
    private final float[] cotangents;
    private final float[] changes;
    private final float[] joined;
    private final float[] product;
    private final float[] forKeys;
    private final float[] forValues;

    private AttentionGradientKernel(
            Gemm gemm, AttentionInputs x, View logs, View g, View[] out, AttentionTiles tiles) {
        this.gemm = gemm;
        this.x = x;
        this.logs = logs;
        this.g = g;
        this.out = out;
        this.tiles = tiles;
        this.masks = new AttentionMasks(x, tiles);
        this.scores = new AttentionScores(x, tiles, masks);
        this.numbers = tiles.take(x.block());
        this.cotangents = tiles.take(x.width() * x.block());
        this.changes = tiles.take(x.keys() * x.block());
        this.joined = tiles.take(AttentionTiles.roomToJoin(x.keys(), x.block()));
        int sums = x.blocks() > 1 ? x.keys() : 0;
        this.product = tiles.take(sums * Math.max(x.depth(), x.width()));
        this.forKeys = tiles.take(sums * x.depth());
        this.forValues = tiles.take(sums * x.width());
    }

    private static FloatKernel kernel(Expr e) {
        return FloatKernel.of(e.program());
    }

    static boolean run(Gemm gemm, Fused.AttentionGradient fused, View[] in, View[] out) {
        int n = in.length - 3;
        AttentionInputs x = AttentionInputs.of(fused.forward(), in, n);
        if (x.isEmpty()) {
            return false;
        }
        int parts = x.parts(x.heads());
        Workers.run(
                parts,
                part -> {
                    try (var tiles = new AttentionTiles(x.fused().scale())) {
                        var kernel =
                                new AttentionGradientKernel(
                                        gemm, x, in[n + 1], in[n + 2], out, tiles);
                        int end = (int) ((long) x.heads() * (part + 1) / parts);
                        for (int i = (int) ((long) x.heads() * part / parts); i < end; i++) {
                            kernel.compute(i);
                        }
                    }
                });
        return true;
    }

    /** The last block first: where attention is causal, it alone reaches all keys. */
    private void compute(int head) {
        for (int number = x.blocks() - 1; number >= 0; number--) {
            compute(x.block(gemm, head, number), number == x.blocks() - 1);
        }
        Gemm.Matrix dk = Matmul.matrix(out[1], head);
        Gemm.Matrix dv = Matmul.matrix(out[2], head);
        int keys = x.block(gemm, head, x.blocks() - 1).keys();
        if (x.blocks() > 1) {
            copy(forKeys, keys, x.depth(), dk);
            copy(forValues, keys, x.width(), dv);
        }
        clear(dk, keys, x.depth());
        clear(dv, keys, x.width());
    }

    private void compute(AttentionBlock block, boolean first) {
        int head = block.head();
        int query = block.query();
        int width = block.width();
        int keys = block.keys();
        float[] weights = scores.of(block);
        Gemm.Matrix log = AttentionInputs.row(logs, head).from(0, query);
        for (int i = 0; i < width; i++) {
            numbers[i] = log.data()[log.index(0, i)];
        }
        tiles.mapColumns(EXP, numbers, keys, width, weights);

        Gemm.Matrix result = Matmul.matrix(g, head).from(query, 0);
        Gemm.Matrix v = Matmul.matrix(x.v(), head);
        AttentionTiles.transpose(result, width, x.width(), 1, cotangents);
        block.ofKeysAndQueries(x.width(), v, block.rows(cotangents), changes);
        float[] used = weights;
        if (x.fused().dropout() > 0) {
            used = masks.kept(block);
            tiles.map(PRODUCT, keys * width, changes, used);
            tiles.map(PRODUCT, keys * width, used, weights);
        }
        addForKeys(block, first, x.width(), used, result, forValues, out[2]);

        tiles.join(AttentionTiles.Join.SUM_OF_PRODUCTS, keys, width, joined, weights, changes);
        tiles.mapColumns(SOFTMAX, joined, keys, width, changes, weights);
        Gemm.Matrix k = Matmul.matrix(x.k(), head);
        Gemm.Matrix dq = Matmul.matrix(out[0], head).from(query, 0);
        block.forQueries(x.depth(), changes, k, dq);
        Gemm.Matrix q = Matmul.matrix(x.q(), head).from(query, 0);
        addForKeys(block, first, x.depth(), changes, q, forKeys, out[1]);
    }

    /**
     * Adds a tile times a matrix of the block's queries to the sum over all blocks: to the result
     * itself where there is one block, else to a dense copy.
     */
    private void addForKeys(
            AttentionBlock block,
            boolean first,
            int n,
            float[] tile,
            Gemm.Matrix right,
            float[] sum,
            View result) {
        Gemm.Matrix to =
                x.blocks() == 1
                        ? Matmul.matrix(result, block.head())
                        : new Gemm.Matrix(first ? sum : product, 0, n, 1);
        block.forKeys(n, tile, right, to);
        if (!first) {
            tiles.map(SUM, block.keys() * n, sum, product);
        }
    }

    private static void copy(float[] from, int rows, int columns, Gemm.Matrix to) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, i * columns, to.data(), to.index(i, 0), columns);
        }
    }

    /** Keys after the last query are attended to by none. */
    private void clear(Gemm.Matrix to, int from, int columns) {
        for (int i = from; i < x.keys(); i++) {
            Arrays.fill(to.data(), to.index(i, 0), to.index(i, 0) + columns, 0);
        }
    }
}
