package dev.gradus.text;

import dev.gradus.text.BytePairTokenizer.Pair;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * How often each pair of tokens is in a text, while pairs become tokens. Each different piece of
 * the text is kept once, with its count; a pair knows the pieces it is in, so that a merge looks at
 * these alone.
 */
final class PairCounts {
    private static final Comparator<Candidate> BEST_FIRST =
            Comparator.comparingLong((Candidate c) -> -c.count)
                    .thenComparingInt(c -> c.pair.left())
                    .thenComparingInt(c -> c.pair.right());

    private final int[][] pieces;
    private final long[] pieceCounts;
    private final Map<Pair, Uses> uses = new HashMap<>();

    /** Has an entry for each pair whose count is not below the pair's own. */
    private final PriorityQueue<Candidate> candidates = new PriorityQueue<>(BEST_FIRST);

    /** Where a pair is. */
    private static final class Uses {
        private long count;

        /** Numbers of pieces that have it, or had it once; some may be there twice. */
        private int[] pieces = new int[4];

        private int size;

        void add(int piece) {
            if (size > 0 && pieces[size - 1] == piece) {
                return;
            }
            if (size == pieces.length) {
                pieces = Arrays.copyOf(pieces, 2 * size);
            }
            pieces[size++] = piece;
        }
    }

    private record Candidate(Pair pair, long count) {}

    PairCounts(String text) {
        Map<String, Long> counts = new LinkedHashMap<>();
        Pieces.of(text).forEach(piece -> counts.merge(piece, 1L, Long::sum));
        pieces = counts.keySet().stream().map(BytePairTokenizer::bytesOf).toArray(int[][]::new);
        pieceCounts = counts.values().stream().mapToLong(Long::longValue).toArray();
        for (int piece = 0; piece < pieces.length; piece++) {
            for (Pair pair : pairs(pieces[piece])) {
                Uses use = uses.computeIfAbsent(pair, _ -> new Uses());
                use.count += pieceCounts[piece];
                use.add(piece);
            }
        }
        uses.forEach((pair, use) -> candidates.add(new Candidate(pair, use.count)));
    }

    /** The pairs to become tokens 256, 257, …, at most so many; each is there twice at least. */
    List<Pair> merges(int most) {
        List<Pair> merges = new ArrayList<>();
        while (merges.size() < most) {
            Candidate best = candidates.poll();
            if (best == null || best.count < 2) {
                break;
            }
            long count = count(best.pair);
            if (count < best.count) { // it has lost some since
                candidates.add(new Candidate(best.pair, count));
                continue;
            }
            merge(best.pair, BytePairTokenizer.BYTES + merges.size());
            merges.add(best.pair);
        }
        return merges;
    }

    private long count(Pair pair) {
        Uses use = uses.get(pair);
        return use == null ? 0 : use.count;
    }

    private void merge(Pair pair, int token) {
        Uses merged = uses.remove(pair);
        if (merged == null) {
            return;
        }
        Set<Pair> gained = new HashSet<>();
        for (int i = 0; i < merged.size; i++) {
            int piece = merged.pieces[i];
            int[] before = pieces[piece];
            int[] after = pair.join(before, token);
            if (after == before) {
                continue;
            }
            pieces[piece] = after;
            for (Pair lost : pairs(before)) {
                Uses use = uses.get(lost);
                if (use != null) {
                    use.count -= pieceCounts[piece];
                }
            }
            for (Pair kept : pairs(after)) {
                boolean isNew = kept.left() == token || kept.right() == token;
                if (isNew) {
                    gained.add(kept);
                }
                Uses use = isNew ? uses.computeIfAbsent(kept, _ -> new Uses()) : uses.get(kept);
                if (use != null) {
                    use.count += pieceCounts[piece];
                    if (isNew) {
                        use.add(piece);
                    }
                }
            }
        }
        gained.forEach(fresh -> candidates.add(new Candidate(fresh, count(fresh))));
    }

    private static List<Pair> pairs(int[] tokens) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i + 1 < tokens.length; i++) {
            pairs.add(new Pair(tokens[i], tokens[i + 1]));
        }
        return pairs;
    }
}
