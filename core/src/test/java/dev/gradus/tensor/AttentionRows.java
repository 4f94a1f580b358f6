package dev.gradus.tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Scaled dot-product attention and its weights. */
final class AttentionRows {
    // Some are halves: then those of INT32 are small, and rounding of large scores does not show.
    private static final Domain QUERIES = Domain.HALVES;
    private static final Domain KEYS = Domain.real(-1, 1);
    private static final Domain VALUES = Domain.HALVES;

    /** Queries, keys and values. */
    private static final int[][][] SAMPLES = {
        {{2, 3}, {4, 3}, {4, 5}},
        {{4, 2}, {3, 2}, {3, 1}},
        {{1, 1}, {1, 1}, {1, 1}},
        {{2, 2, 3}, {2, 5, 3}, {2, 5, 4}},
        {{2, 2, 2, 3}, {2, 2, 4, 3}, {2, 2, 4, 2}},
        {{0, 3}, {4, 3}, {4, 5}},
        {{2, 3}, {0, 3}, {0, 5}},
        {{0, 2, 3}, {0, 4, 3}, {0, 4, 3}},
        {{1, 2, 17, 64}, {1, 2, 20, 64}, {1, 2, 20, 64}},
        {{2, 70, 9}, {2, 37, 9}, {2, 37, 20}},
        {{1, 3, 8}, {1, 600, 8}, {1, 600, 8}}
    };

    private AttentionRows() {}

    static List<Row> rows() {
        return List.of(
                attention("plain", x -> Functional.scaledDotProductAttention(x[0], x[1], x[2])),
                full("causal", null, true, 0),
                full("more queries than keys, causal", null, true, 0)
                        .scaled(n -> scaled(side(n) + 70, side(n), 9, 5)),
                full("heads", null, false, 0).scaled(n -> scaled(side(n), side(n), 32, 32)),
                full("mask", AttentionRows::everyPair, false, 0),
                full("padding", AttentionRows::everyKey, false, 0),
                full("mask of queries", AttentionRows::everyQuery, false, 0),
                full("mask, causal", AttentionRows::everyPair, true, 0),
                full("dropout", null, false, 0.3),
                full("mask, causal, dropout", AttentionRows::everyPair, true, 0.2),
                weights("plain", null, false, 0),
                weights("mask, causal, dropout", AttentionRows::everyKey, true, 0.2));
    }

    private static int side(int n) {
        return FunctionalRows.side(n / 2);
    }

    // ------------------------------------------------------------------ masks

    private static int[] everyPair(int[][] x) {
        return new int[] {x[0][x[0].length - 2], x[1][x[1].length - 2]};
    }

    private static int[] everyKey(int[][] x) {
        int[] dims = new int[x[0].length];
        Arrays.fill(dims, 1);
        dims[0] = dims.length > 2 ? x[0][0] : 1;
        dims[dims.length - 1] = x[1][dims.length - 2];
        return dims;
    }

    private static int[] everyQuery(int[][] x) {
        return new int[] {x[0][x[0].length - 2], 1};
    }

    // ------------------------------------------------------------------ rows

    private static int[][] scaled(int queries, int keys, int width, int values) {
        return new int[][] {{2, queries, width}, {2, keys, width}, {2, keys, values}};
    }

    /** With about as many weights as n. */
    private static int[][] scaled(int n) {
        return scaled(side(n), side(n) + 2, 9, 5);
    }

    private static Row attention(String name, Function<Tensor[], Tensor> f) {
        return new Row(
                        "attention, " + name,
                        "Functional.scaledDotProductAttention(Tensor,Tensor,Tensor)",
                        f)
                .samples(SAMPLES)
                .scaled(AttentionRows::scaled)
                .on(QUERIES, KEYS, VALUES)
                .cancels()
                .within(1e-5);
    }

    private static Row full(
            String name, @Nullable Function<int[][], int[]> mask, boolean causal, double dropout) {
        Row row =
                new Row(
                        "attention, " + name,
                        "Functional.scaledDotProductAttention(Tensor,Tensor,Tensor,Tensor,boolean,double)",
                        x ->
                                FunctionalRows.drawn(() ->
                                        Functional.scaledDotProductAttention(
                                                x[0],
                                                x[1],
                                                x[2],
                                                mask == null ? null : x[3],
                                                causal,
                                                dropout)));
        return described(row, mask, 3);
    }

    private static Row weights(
            String name, @Nullable Function<int[][], int[]> mask, boolean causal, double dropout) {
        Row row =
                new Row(
                        "attentionWeights, " + name,
                        "Functional.attentionWeights(Tensor,Tensor,Tensor,boolean,double)",
                        x ->
                                FunctionalRows.drawn(() ->
                                        Functional.attentionWeights(
                                                x[0],
                                                x[1],
                                                mask == null ? null : x[2],
                                                causal,
                                                dropout)));
        return described(row, mask, 2);
    }

    /** The first tensors of each sample, and a mask if there is one. */
    private static Row described(Row row, @Nullable Function<int[][], int[]> mask, int tensors) {
        Function<int[][], int[][]> inputs =
                sample -> {
                    int[][] some = Arrays.copyOf(sample, mask == null ? tensors : tensors + 1);
                    if (mask != null) {
                        some[tensors] = mask.apply(sample);
                    }
                    return some;
                };
        IntFunction<int[][]> scaled = n -> inputs.apply(scaled(n));
        Domain[] domains = {QUERIES, KEYS, tensors == 2 ? Domain.MASK : VALUES, Domain.MASK};
        return row.samples(Arrays.stream(SAMPLES).map(inputs).toArray(int[][][]::new))
                .scaled(scaled)
                .on(domains)
                .cancels()
                .within(1e-5)
                .finite();
    }
}
