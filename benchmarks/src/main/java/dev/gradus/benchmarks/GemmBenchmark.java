package dev.gradus.benchmarks;

import dev.gradus.tensor.Tensor;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/** Products of square matrices of FLOAT32, with no tape open; each makes a new tensor. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1) // the tiles are warmed up in the background
@Measurement(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class GemmBenchmark {
    /** The number of rows and of columns. */
    @Param({"64", "128", "256", "512", "1024"})
    public int size;

    private Tensor a;
    private Tensor b;

    /** Makes the factors. */
    @Setup
    public void setUp() {
        Tensor.seed(0);
        a = Tensor.randn(size, size);
        b = Tensor.randn(size, size);
    }

    /** {@code [n, n] · [n, n] → [n, n]}. */
    @Benchmark
    public Tensor matmul() {
        return a.matmul(b);
    }

    /** Multiplications and additions a nanosecond: 10⁹ a second. */
    static double gigaflops(int size, double nanos) {
        return 2.0 * size * size * size / nanos;
    }
}
