package dev.gradus.benchmarks;

import dev.gradus.backend.Backends;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Arrangement;
import dev.gradus.tensor.OpCatalog;
import dev.gradus.tensor.Row;
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

/**
 * Operations of the catalogue, forward, on dense FLOAT32 inputs with no tape open. {@link Jmh}
 * fills in the rows.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
public class OpBenchmark {

    /** A row and its inputs. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // JMH calls setUp first
    public abstract static class Call {
        /** The name of a row of the catalogue. */
        @Param({})
        public String row;

        private final int n;
        private Row op;
        private Tensor[] inputs;

        Call(int n) {
            this.n = n;
        }

        /** Draws the inputs. */
        @Setup
        public void setUp() {
            op = OpCatalog.row(row);
            inputs =
                    op.inputs(
                            Backends.get("cpu"), DType.FLOAT32, op.scaled(n), Arrangement.DENSE, 1);
        }

        final Tensor run() {
            return op.apply(inputs);
        }
    }

    /** Inputs of about 12 elements: what a call costs. */
    public static class Tiny extends Call {
        /** As JMH makes it. */
        public Tiny() {
            super(12);
        }
    }

    /** Inputs of about 10⁶ elements, more than a core's caches hold: what an element costs. */
    public static class Large extends Call {
        /** As JMH makes it. */
        public Large() {
            super(1_000_000);
        }
    }

    /** An operation on about 12 elements. */
    @Benchmark
    @Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
    @Measurement(iterations = 4, time = 250, timeUnit = TimeUnit.MILLISECONDS)
    public Tensor tiny(Tiny call) {
        return call.run();
    }

    /** An operation on about a million elements. */
    @Benchmark
    @Warmup(iterations = 3, time = 1) // loops are compiled in the background
    @Measurement(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
    public Tensor large(Large call) {
        return call.run();
    }
}
