package dev.gradus.benchmarks;

import java.util.Arrays;

/**
 * Times something that is run over and over.
 *
 * @param warmUp how many seconds a warm-up takes at least
 * @param patience how many it takes at most
 * @param samples how many samples are taken
 * @param sample how many seconds each of them takes
 */
record Stopwatch(double warmUp, double patience, int samples, double sample) {
    /** What figures are to be taken with. */
    static final Stopwatch PROPER = new Stopwatch(1, 10, 15, 0.03);

    /** A warm-up ends after so many windows, one after the other, that were not faster. */
    private static final int SETTLED = 3;

    /**
     * Runs until it gets no faster: loops are compiled in the background, and how long that takes
     * depends on what else there is to be compiled.
     */
    void warmUp(Runnable task) {
        double fastest = Double.POSITIVE_INFINITY;
        int settled = 0;
        long start = System.nanoTime();
        double spent = 0;
        while (spent < warmUp || (settled < SETTLED && spent < patience)) {
            double window = median(task, samples * sample);
            settled = window > 0.98 * fastest ? settled + 1 : 0;
            fastest = Math.min(fastest, window);
            spent = secondsSince(start);
        }
    }

    /** How many microseconds a run takes: the median of the samples. */
    double micros(Runnable task) {
        return 1e6 * median(task, Double.POSITIVE_INFINITY);
    }

    /** Of as many samples as fit into some time, one at least. */
    private double median(Runnable task, double limit) {
        int runs = runsOfASample(task);
        double[] seconds = new double[samples];
        int taken = 0;
        long start = System.nanoTime();
        do {
            seconds[taken++] = seconds(task, runs) / runs;
        } while (taken < samples && secondsSince(start) < limit);
        Arrays.sort(seconds, 0, taken);
        return seconds[taken / 2];
    }

    private int runsOfASample(Runnable task) {
        int runs = 1;
        double seconds = seconds(task, runs);
        while (seconds < sample / 2) {
            runs *= 2;
            seconds = seconds(task, runs);
        }
        return (int) Math.max(1, Math.round(runs * sample / seconds));
    }

    private static double seconds(Runnable task, int runs) {
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            task.run();
        }
        return secondsSince(start);
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
