package dev.gradus.backend.cpu;

import dev.gradus.backend.Philox;
import dev.gradus.backend.View;

import java.util.Arrays;

/**
 * What a block of queries may attend to, and what dropout leaves of it, as tiles: a row for each
 * key, a column for each query.
 */
final class AttentionMasks {
    private final AttentionInputs x;
    private final float[] allowed;
    private final float[] kept;

    /** What {@code allowed} was made from: heads and blocks with the same mask share it. */
    private long made = -1;

    /** Takes memory for tiles of these inputs. */
    AttentionMasks(AttentionInputs x, AttentionTiles tiles) {
        this.x = x;
        int rows = x.mask() != null ? x.keys() : x.fused().causal() ? x.block() : 0;
        this.allowed = tiles.take(rows * x.block());
        this.kept = tiles.take(x.fused().dropout() == 0 ? 0 : x.keys() * x.block());
    }

    /** From which key on some of a block's queries may not attend to it. */
    int firstMasked(AttentionBlock block) {
        return x.mask() != null ? 0 : block.diagonal();
    }

    /** Not 0 where a query may attend to a key: a row for each from {@link #firstMasked} on. */
    float[] allowed(AttentionBlock block) {
        int width = block.width();
        View mask = x.mask();
        if (mask == null) {
            // The keys are those of the same numbers as the queries: a triangle.
            if (made != width) {
                Arrays.fill(allowed, 1);
                forbidLater(0, width, width);
                made = width;
            }
            return allowed;
        }
        Gemm.Matrix matrix = Matmul.matrix(mask, block.head()).from(block.query(), 0);
        long from = (long) matrix.offset() << 32 | block.query();
        if (made != from) {
            for (int key = 0; key < block.keys(); key++) {
                copyColumn(matrix, key, key * width, width);
            }
            if (block.causal()) {
                forbidLater(block.query(), block.keys(), width);
            }
            made = from;
        }
        return allowed;
    }

    private void copyColumn(Gemm.Matrix mask, int key, int to, int width) {
        float[] data = mask.data();
        int at = mask.index(0, key);
        int step = mask.rowStride();
        if (step == 0) {
            Arrays.fill(allowed, to, to + width, data[at]);
        } else {
            for (int i = 0; i < width; i++) {
                allowed[to + i] = data[at + i * step];
            }
        }
    }

    /** Of the queries from {@code query} on none may attend to a key of a larger number. */
    private void forbidLater(int query, int keys, int width) {
        for (int key = query + 1; key < keys; key++) {
            Arrays.fill(allowed, key * width, key * width + Math.min(width, key - query), 0);
        }
    }

    /**
     * What dropout multiplies each weight by, 0 or 1 / (1 − p). The random number of a weight is
     * its own, whatever is computed together with it.
     */
    float[] kept(AttentionBlock block) {
        double p = x.fused().dropout();
        int limit = (int) Math.ceil((float) p * 0x1p24);
        float[] factors = {(float) (1 / (1 - p)), 0};
        int[] words = new int[4];
        int width = block.width();
        for (int i = 0; i < width; i++) {
            int query = block.query() + i;
            int end = block.causal() ? Math.min(query + 1, block.keys()) : block.keys();
            long number = ((long) block.head() * x.queries() + query) * x.keys();
            long counter = x.fused().first() + number / 4;
            int lane = (int) (number % 4);
            for (int key = 0; key < end; lane = 0) {
                Philox.words(x.fused().seed(), counter++, 0, words);
                for (; lane < 4 && key < end; lane++, key++) {
                    // The sign of the difference chooses: a branch at random is slow.
                    kept[key * width + i] = factors[((words[lane] >>> 8) - limit) >>> 31];
                }
            }
            for (int key = end; key < block.keys(); key++) {
                kept[key * width + i] = 0;
            }
        }
        return kept;
    }
}
