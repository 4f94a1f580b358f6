package dev.gradus.benchmarks;

import dev.gradus.tensor.Tensor;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a newcomer waits for: the first 1000 steps of XOR in a JVM that has run nothing yet. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
public class ColdXorBenchmark {
    private static final int STEPS = 1000;

    /**
     * From the first line of the program to the last, loading of the framework's classes included;
     * the start of the JVM is not.
     */
    @Benchmark
    @Fork(10)
    @Measurement(iterations = 1)
    public Tensor first1000Steps() {
        return XorTraining.withAdam(STEPS);
    }

    /** The same as a process of its own: JVM start, training, output, exit. */
    @Benchmark
    @Fork(2)
    @Measurement(iterations = 5)
    public int wholeProcess() throws IOException, InterruptedException {
        List<String> command =
                JvmArguments.command(JvmArguments.ofThisProcess(), XorTraining.class);
        command.add(Integer.toString(STEPS));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD)
                        .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IllegalStateException(command + " exited with " + code);
        }
        return code;
    }
}
