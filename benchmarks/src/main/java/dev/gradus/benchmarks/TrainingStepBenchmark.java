package dev.gradus.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * A training step of two larger models, the workloads W4_mlp and W5_gpt of {@code gradus bench};
 * {@code -prof gc} tells what a step allocates. Every iteration begins with fresh parameters.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1) // loops are compiled in the background
@Measurement(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class TrainingStepBenchmark {

    /** The MLP, before its first step. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls setUp first
    public static class Mlp {
        private Training training;

        /** Draws data and parameters. */
        @Setup(Level.Iteration)
        public void setUp() {
            training = Training.mlp();
        }
    }

    /** The GPT, before its first step. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls setUp first
    public static class Gpt {
        private Training training;

        /** Draws data and parameters. */
        @Setup(Level.Iteration)
        public void setUp() {
            training = Training.gpt();
        }
    }

    /** 784-256-128-10, batch 64, Adam. */
    @Benchmark
    public void mlp(Mlp state) {
        state.training.run();
    }

    /** 4 layers, 4 heads, width 128, 12 texts of 64 characters, AdamW. */
    @Benchmark
    public void gpt(Gpt state) {
        state.training.run();
    }
}
