package dev.gradus.benchmarks.peers;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a workload's name says.
 *
 * @param kind such as "gemm"; the whole name where no sizes follow
 * @param sizes such as 64, 784, 256
 */
record Case(String kind, long... sizes) {
    private static final Pattern WITH_SIZES = Pattern.compile("([a-z]+)_([\\dex]+)");

    static Case of(String workload) {
        Matcher matcher = WITH_SIZES.matcher(workload);
        if (!matcher.matches()) {
            return new Case(workload);
        }
        long[] sizes =
                Arrays.stream(matcher.group(2).split("x"))
                        .mapToLong(size -> (long) Double.parseDouble(size))
                        .toArray();
        return new Case(matcher.group(1), sizes);
    }

    /** A size; the last one for all behind it, since {@code sgemm_64} is of 64 × 64 × 64. */
    long size(int index) {
        return sizes[Math.min(index, sizes.length - 1)];
    }
}
