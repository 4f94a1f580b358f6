package dev.gradus.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * The workloads of {@code gradus bench}; {@code -prof gc} tells what a run allocates. Every
 * iteration begins with fresh inputs or parameters. {@link Jmh} fills in the names.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 1) // loops are compiled in the background
@Measurement(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class WorkloadBenchmark {
    /** The name of a workload. */
    @Param({})
    public String workload;

    private Runnable task;

    /** Draws inputs and parameters. */
    @Setup(Level.Iteration)
    public void setUp() {
        task = Workload.givingBack(Workloads.named(workload).start().get());
    }

    /** A result, or a step. */
    @Benchmark
    public void run() {
        task.run();
    }
}
