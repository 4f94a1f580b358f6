package dev.gradus.backend.cpu;

import dev.gradus.expr.Expr;

/**
 * The scores scale · q·kᵀ of a block of queries, transposed: a row for each key. Both attention and
 * its gradient start from them.
 */
final class AttentionScores {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final FloatKernel FORBID =
            FloatKernel.of(Expr.where(Y, X, Expr.of(Double.NEGATIVE_INFINITY)).program());

    private final AttentionInputs x;
    private final AttentionTiles tiles;
    private final AttentionMasks masks;
    private final float[] queries;
    private final float[] scores;

    AttentionScores(AttentionInputs x, AttentionTiles tiles, AttentionMasks masks) {
        this.x = x;
        this.tiles = tiles;
        this.masks = masks;
        this.queries = tiles.take(x.depth() * x.block());
        this.scores = tiles.take(x.keys() * x.block());
    }

    /** The scores; −∞ where a query may not attend to a key. Always the same array. */
    float[] of(AttentionBlock block) {
        Gemm.Matrix q = Matmul.matrix(x.q(), block.head()).from(block.query(), 0);
        Gemm.Matrix k = Matmul.matrix(x.k(), block.head());
        float scale = (float) x.fused().scale();
        AttentionTiles.transpose(q, block.width(), x.depth(), scale, queries);
        block.ofKeysAndQueries(x.depth(), k, block.rows(queries), scores);
        int from = masks.firstMasked(block) * block.width();
        int n = block.keys() * block.width() - from;
        if (n > 0) {
            tiles.mapFrom(FORBID, from, n, scores, masks.allowed(block));
        }
        return scores;
    }
}
