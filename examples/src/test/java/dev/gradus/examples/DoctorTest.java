package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.gradus.cuda.Cuda;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What somebody reads who asks whether all is well. */
class DoctorTest {
    record Outcome(int exitCode, String out, String err) {}

    private static Outcome gradus(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.execute(new PrintWriter(out), new PrintWriter(err), args);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    /** In a process of its own, with other options; what it said on both streams. */
    private static Outcome inItsOwnProcess(List<String> options, String... args)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), said, "");
    }

    private static void assertHas(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), "'" + part + "' is missing in:\n" + text);
        }
    }

    @Test
    void tellsOfJavaOfTheCpuAndOfCuda() {
        Outcome doctor = gradus("doctor");
        assertEquals("", doctor.err());
        assertEquals(0, doctor.exitCode(), doctor.out());
        assertHas(
                doctor.out(),
                "Gradus         " + Main.VERSION,
                "Java           " + Runtime.version(),
                "memory         ",
                "threads        ",
                "backend        cpu, the default, works",
                Cuda.available() ? "CUDA can be used" : "CUDA cannot be used here.");
        Cuda.report().lines().forEach(line -> assertHas(doctor.out(), "  " + line));
    }

    @Test
    void saysWhichOptionsOfJavaAreMissing() throws IOException, InterruptedException {
        Outcome bare = inItsOwnProcess(List.of("-Dgradus.threads=3"), "doctor");
        assertEquals(0, bare.exitCode(), bare.out());
        assertHas(
                bare.out(),
                "vector module  absent",
                "start java with --add-modules jdk.incubator.vector",
                "native access  not enabled",
                "start java with --enable-native-access=ALL-UNNAMED",
                "threads        3;");

        Outcome full =
                inItsOwnProcess(
                        List.of(
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED"),
                        "doctor");
        assertTrue(
                full.out()
                        .lines()
                        .anyMatch(l -> l.matches("vector module  present, SIMD of \\d+ bits")),
                full.out());
        assertHas(full.out(), "native access  enabled");
        assertFalse(full.out().contains("A restricted method"), full.out());
    }

    @Test
    void aDefaultThatCannotRunIsAFailureWithTheSameWords()
            throws IOException, InterruptedException {
        Outcome unknown = inItsOwnProcess(List.of("-Dgradus.backend=tpu"), "doctor");
        assertEquals(1, unknown.exitCode(), unknown.out());
        assertHas(
                unknown.out(),
                "backend        the default does not work: there is no backend \"tpu\"; there are");
        assertFalse(unknown.out().contains("\tat "), unknown.out());
    }

    @Test
    void whereCudaCannotRunAskingForItIsOneLine() {
        assumeFalse(Cuda.available(), "it can run here");
        Outcome xor = gradus("xor", "--backend", "cuda");
        assertEquals(2, xor.exitCode());
        assertEquals("", xor.out());
        assertEquals(
                "gradus xor: --backend: backend \"cuda\" cannot run here: "
                        + Cuda.unavailableBecause(),
                xor.err().strip());
    }
}
