package dev.gradus.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.Backends;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

class BenchTest {
    private static final Stopwatch HASTY = new Stopwatch(0, 0, 3, 0.001, () -> {});

    /** What a command printed, and its exit code. */
    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome bench(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Bench.execute(HASTY, new PrintWriter(out), new PrintWriter(err), args);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    @Test
    void aWorkloadIsALine() {
        Outcome outcome = bench("--one-jvm", "sgemm_64|W3.*");
        assertEquals(0, outcome.exitCode());
        List<String> lines = outcome.out().lines().toList();
        assertEquals(2, lines.size(), outcome.out());
        assertTrue(lines.get(0).matches("gradus sgemm_64 \\d+ [\\d.]+ GFLOP/s"), lines.get(0));
        assertTrue(lines.get(1).matches("gradus W3_xor \\d+ [\\d.]+ us"), lines.get(1));
        assertTrue(
                outcome.err()
                        .matches(
                                "# W3_xor loss from 0\\.\\d+ to 0\\.\\d+ in \\d+ steps, peak memory"
                                        + " of a step 0\\.\\d+ MiB\\R"),
                outcome.err());
    }

    @Test
    void aBackendIsChosenByName() {
        try {
            Outcome outcome = bench("--one-jvm", "--backend=reference", "W3_xor");
            assertEquals(0, outcome.exitCode(), outcome.err());
            assertEquals("reference", Backends.current().name());
        } finally {
            Backends.use("cpu");
        }
        Outcome mistake = bench("--backend=tpu", "W3_xor");
        assertEquals(2, mistake.exitCode());
        assertTrue(mistake.err().contains("there is no backend \"tpu\""), mistake.err());
    }

    @Test
    void aRegexSelectsWholeNames() {
        assertEquals("W3_xor\nW4_mlp\n", bench("--list", "W[34].*").out().replace("\r", ""));
        assertEquals(Workloads.all().size(), bench("--list").out().lines().count());
    }

    @Test
    void helpNamesTheOptions() {
        Outcome help = bench("--help");
        assertEquals(0, help.exitCode());
        assertTrue(help.out().contains("--threads=N"), help.out());
        assertTrue(help.out().contains("--backend=NAME"), help.out());
        assertTrue(help.out().contains("--one-jvm"), help.out());
    }

    @Test
    void anotherJvmIsStartedWithoutTheModule() {
        var options = new VectorOptions();
        assertEquals(JvmArguments.inherited(), options.jvmArguments());
        new CommandLine(options)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs("--vector=without");
        List<String> arguments = options.jvmArguments();
        assertTrue(arguments.contains(JvmArguments.NO_VECTOR), arguments.toString());
        assertTrue(
                arguments.stream().noneMatch(a -> a.contains("incubator")), arguments.toString());
        assertTrue(options.without());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "W5          | no workload is named 'W5'; there are sgemm_64, sgemm_100,",
                "W5(         | 'W5(' is no regular expression: ",
                "--threads=0 | --threads must be at least 1, not 0",
                "--threads=x | 'x' is not an int",
                "--vector=no | Invalid value for option '--vector'",
                "--vector-bits=1 | --vector-bits ",
                "--fast      | Unknown option: '--fast'",
            })
    void aMistakeIsOneClearLine(String argument, String part) {
        Outcome outcome = bench(argument);
        assertEquals(2, outcome.exitCode());
        assertEquals("", outcome.out());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
        assertTrue(outcome.err().startsWith("gradus bench: "), outcome.err());
        assertTrue(outcome.err().contains(part), outcome.err());
    }
}
