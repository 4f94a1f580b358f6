package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * On one machine the same call gives the same bits: for any number of threads, interpreted and
 * compiled, cold and hot, in either tier of the cpu backend, and with narrower vectors or none.
 * Each run is a JVM of its own that prints a {@link Fingerprint}.
 */
class ForkedBitsTest {
    /** Enough elements for several threads. */
    private static final String LARGE = "100100";

    /** So few that the interpreter is done in seconds. */
    private static final String SMALL = "1100";

    private static final String VECTORS = "--add-modules=jdk.incubator.vector";

    @TestFactory
    Stream<DynamicTest> threadsDoNotMatter() throws Exception {
        Map<String, String> one = run(LARGE, "1", VECTORS, "-Dgradus.threads=1");
        // More than there are cores here, and a number that divides nothing evenly.
        return Stream.of(
                dynamicTest(
                        "5 threads",
                        () -> assertSame(one, run(LARGE, "1", VECTORS, "-Dgradus.threads=5"))));
    }

    @TestFactory
    Stream<DynamicTest> howTheCodeRunsDoesNotMatter() throws Exception {
        Map<String, String> cold = run(SMALL, "1", VECTORS);
        return Stream.of(
                dynamicTest(
                        "interpreted", () -> assertSame(cold, run(SMALL, "1", VECTORS, "-Xint"))),
                dynamicTest(
                        "hot, blocks",
                        () -> assertSame(cold, run(SMALL, "60", VECTORS, "-Dgradus.tier=blocks"))),
                dynamicTest(
                        "hot, compiled loops",
                        () ->
                                assertSame(
                                        cold, run(SMALL, "60", VECTORS, "-Dgradus.tier=compiled"))),
                narrower("narrower vectors", "-XX:UseAVX=2", cold),
                narrower("as narrow as NEON's", "-XX:MaxVectorSize=16", cold),
                dynamicTest("no vectors", () -> assertSame(cold, run(SMALL, "20"))));
    }

    private static DynamicTest narrower(String name, String option, Map<String, String> cold) {
        String[] options = {
            VECTORS, "-Dgradus.tier=compiled", "-XX:+IgnoreUnrecognizedVMOptions", option
        };
        return dynamicTest(name, () -> assertSame(cold, run(SMALL, "20", options)));
    }

    private static void assertSame(Map<String, String> expected, Map<String, String> found) {
        List<String> different = new ArrayList<>();
        expected.forEach((name, hash) -> {
            if (!hash.equals(found.get(name))) {
                different.add(name + " (" + hash + ", " + found.get(name) + ")");
            }
        });
        assertEquals(List.of(), different, "operations with other bits");
        assertEquals(expected.keySet(), found.keySet());
    }

    /** Runs the fingerprint of the cpu backend in a new JVM: hashes by operation. */
    private static Map<String, String> run(String elements, String repeats, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-Dgradus.novector=" + !List.of(options).contains(VECTORS)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Fingerprint.class.getName(), "cpu", elements, repeats));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "still running");
        assertEquals(0, process.exitValue(), () -> command + " failed:\n" + output);
        Map<String, String> hashes = new TreeMap<>();
        output.lines()
                .map(line -> line.split("\t", -1))
                .filter(parts -> parts.length == 2)
                .forEach(parts -> hashes.put(parts[0], parts[1]));
        int different = Set.copyOf(hashes.values()).size();
        assertTrue(different > OpCatalog.rows().size(), () -> "no fingerprint:\n" + output);
        return hashes;
    }
}
