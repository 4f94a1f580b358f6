package dev.gradus.benchmarks;

import dev.gradus.tensor.Tensor;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * A training step of XOR in a hot JVM: forward, backward, update. What is timed is 1000 steps from
 * fresh parameters, over and over, and the result divided by 1000: one network trained for minutes
 * would no longer see ordinary numbers.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@OperationsPerInvocation(XorStepBenchmark.STEPS)
public class XorStepBenchmark {
    static final int STEPS = 1000;

    /** 2-8-1, tanh, cross-entropy from logits, Adam. */
    @Benchmark
    public Tensor adam() {
        return XorTraining.withAdam(STEPS);
    }

    /** 2-4-1, ReLU, sigmoid, cross-entropy, plain gradient descent. */
    @Benchmark
    public Tensor sgd() {
        return XorTraining.withSgd(STEPS);
    }
}
