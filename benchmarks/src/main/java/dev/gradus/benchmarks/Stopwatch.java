package dev.gradus.benchmarks;

import dev.gradus.tensor.Tensor;

import java.util.Arrays;

/**
 * Times something that is run over and over.
 *
 * @param warmUp a warm-up ends when runs have not become faster for so many seconds
 * @param patience how many it takes at most
 * @param samples how many samples are taken
 * @param sample how many seconds each of them takes
 * @param finish waits until what was started is done
 */
public record Stopwatch(
        double warmUp, double patience, int samples, double sample, Runnable finish) {
    /**
     * What figures are to be taken with. A GPT runs through some sixty loops, each of which is
     * compiled and rehearsed in its turn: it takes twenty seconds to become as fast as it gets.
     */
    static final Stopwatch PROPER = new Stopwatch(5, 60, 15, 0.03, Stopwatch::finishAll);

    /** The same for native code, which is compiled already: its caches and pools are warm soon. */
    public static final Stopwatch OF_NATIVE_CODE = new Stopwatch(1, 60, 15, 0.03, () -> {});

    /** Backends may go on working after a call: reading a value waits for all before it. */
    private static void finishAll() {
        Tensor.scalar(0).item();
    }

    /**
     * Runs until it gets no faster: loops are compiled in the background, and how long that takes
     * depends on what else there is to be compiled.
     */
    public void warmUp(Runnable task) {
        double fastest = Double.POSITIVE_INFINITY;
        long start = System.nanoTime();
        long progress = start;
        while (secondsSince(progress) < warmUp && secondsSince(start) < patience) {
            double window = median(task, samples * sample);
            if (window < 0.98 * fastest) {
                fastest = window;
                progress = System.nanoTime();
            }
        }
    }

    /** How many microseconds a run takes: the median of the samples. */
    public double micros(Runnable task) {
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

    private double seconds(Runnable task, int runs) {
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            task.run();
        }
        finish.run();
        return secondsSince(start);
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }
}
