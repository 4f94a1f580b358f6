package dev.gradus.backend.cpu;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;

import org.jspecify.annotations.Nullable;

/**
 * Attention, block by block of queries: only the weights of a block for each thread are ever in
 * memory.
 */
final class AttentionKernel {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr NONE = Expr.of(Double.NEGATIVE_INFINITY);

    // Of a query that attends to no key the largest score is −∞ and the sum 0.
    private static final FloatKernel SHIFT = kernel(Expr.where(X.eq(NONE), Expr.ZERO, X));
    private static final FloatKernel LOG =
            kernel(Expr.where(Y.eq(Expr.ZERO), Expr.ZERO, X.add(Y.log())));
    private static final FloatKernel INVERSE =
            kernel(Expr.where(X.eq(Expr.ZERO), Expr.ZERO, Expr.ONE.div(X)));
    private static final FloatKernel EXP = kernel(X.sub(Y).exp());
    private static final FloatKernel PRODUCT = kernel(X.mul(Y));

    private final AttentionInputs x;
    private final AttentionTiles tiles;
    private final AttentionMasks masks;
    private final AttentionScores scores;
    private final float[] most;
    private final float[] sums;

    private AttentionKernel(AttentionInputs x, AttentionTiles tiles) {
        this.x = x;
        this.tiles = tiles;
        this.masks = new AttentionMasks(x, tiles);
        this.scores = new AttentionScores(x, tiles, masks);
        this.most = tiles.take(AttentionTiles.roomToJoin(x.keys(), x.block()));
        this.sums = tiles.take(most.length);
    }

    private static FloatKernel kernel(Expr e) {
        return FloatKernel.of(e.program());
    }

    static boolean run(Gemm gemm, Fused.Attention fused, View[] in, View[] out) {
        AttentionInputs x = AttentionInputs.of(fused, in, in.length);
        if (x.isEmpty()) {
            return false;
        }
        int units = x.heads() * x.blocks();
        int parts = x.parts(units);
        Workers.run(
                parts,
                part -> {
                    try (var tiles = new AttentionTiles()) {
                        var kernel = new AttentionKernel(x, tiles);
                        int end = (int) ((long) units * (part + 1) / parts);
                        for (int i = (int) ((long) units * part / parts); i < end; i++) {
                            var block = x.block(gemm, i / x.blocks(), i % x.blocks());
                            kernel.compute(block, out[0], out.length > 1 ? out[1] : null);
                        }
                    }
                });
        return true;
    }

    private void compute(AttentionBlock block, View out, @Nullable View logs) {
        int width = block.width();
        int keys = block.keys();
        float[] weights = scores.of(block);
        tiles.join(AttentionTiles.Join.MAX, keys, width, most, weights);
        if (x.mask() != null) {
            tiles.map(SHIFT, width, most);
        }
        tiles.mapColumns(EXP, most, keys, width, weights);
        tiles.join(AttentionTiles.Join.SUM, keys, width, sums, weights);
        if (logs != null) {
            tiles.map(LOG, width, most, sums);
            store(most, width, AttentionInputs.row(logs, block.head()).from(0, block.query()));
        }
        tiles.map(INVERSE, width, sums);
        tiles.mapColumns(PRODUCT, sums, keys, width, weights);
        if (x.fused().dropout() > 0) {
            tiles.map(PRODUCT, keys * width, weights, masks.kept(block));
        }
        Gemm.Matrix v = Matmul.matrix(x.v(), block.head());
        Gemm.Matrix to = Matmul.matrix(out, block.head()).from(block.query(), 0);
        block.forQueries(x.width(), weights, v, to);
    }

    private static void store(float[] numbers, int n, Gemm.Matrix row) {
        for (int i = 0; i < n; i++) {
            row.data()[row.index(0, i)] = numbers[i];
        }
    }
}
