package dev.gradus.examples;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What somebody may have meant who mistyped a name. */
final class NearNames {
    private NearNames() {}

    /** The names that start as typed, or are a slip or two away from it; the nearest first. */
    static List<String> of(String typed, List<String> names) {
        String lower = typed.toLowerCase(Locale.ROOT);
        // In a short name two slips leave hardly a letter in its place.
        int most = typed.length() <= 4 ? 1 : 2;
        return names.stream()
                .filter(name -> distance(lower, name) <= most)
                .sorted(Comparator.comparingInt(name -> distance(lower, name)))
                .toList();
    }

    private static int distance(String typed, String name) {
        return name.startsWith(typed) ? 0 : slips(typed, name);
    }

    /**
     * How many letters were left out, added, replaced, or swapped with their neighbour (the optimal
     * string alignment distance).
     */
    private static int slips(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(
                                d[i - 1][j - 1] + replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
