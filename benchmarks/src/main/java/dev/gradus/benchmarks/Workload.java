package dev.gradus.benchmarks;

import dev.gradus.autograd.Scope;

import java.util.function.Supplier;

/**
 * Something to time.
 *
 * @param name as in {@code sgemm_256}
 * @param unit what its figure is in
 * @param flop how many floating-point operations a run takes; only GFLOP/s need it
 * @param start draws fresh inputs, always the same, and returns what is run over and over
 */
public record Workload(String name, Unit unit, double flop, Supplier<? extends Runnable> start) {
    /** What a figure is in. */
    public enum Unit {
        /** 10⁹ multiplications and additions a second. */
        GFLOPS("GFLOP/s"),
        /** Of a run. */
        MICROSECONDS("us"),
        /** Of a run. */
        MILLISECONDS("ms");

        private final String symbol;

        Unit(String symbol) {
            this.symbol = symbol;
        }

        @Override
        public String toString() {
            return symbol;
        }
    }

    /** The figure of a run that takes so long. */
    public double figure(double micros) {
        return switch (unit) {
            case GFLOPS -> flop / micros / 1e3;
            case MICROSECONDS -> micros;
            case MILLISECONDS -> micros / 1e3;
        };
    }

    /**
     * A run whose result is given back, as peers free theirs at once: to leave it to the garbage
     * collector would time that as well. A training's tape gives back everything itself.
     */
    static Runnable givingBack(Runnable task) {
        if (task instanceof Training) {
            return task;
        }
        return () -> {
            try (var _ = Scope.start()) {
                task.run();
            }
        };
    }
}
