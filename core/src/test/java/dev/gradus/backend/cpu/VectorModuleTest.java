package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program that forgets the module works, and is told once what to do. */
class VectorModuleTest {
    @TempDir Path folder;

    /** What the JVM under test runs. */
    static final class Sums {
        private Sums() {}

        public static void main(String[] args) {
            Tensor x = Tensor.arange(1000).mul(0.5);
            IO.println(x.sum().item() + " " + x.exp().min().item());
        }
    }

    private List<String> errorLines(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Sums.class.getName()));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        int status =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start()
                        .waitFor();
        assertEquals(0, status, Files.readString(err));
        assertEquals("249750.0 1.0", Files.readString(out, StandardCharsets.UTF_8).strip());
        return Files.readAllLines(err);
    }

    @Test
    void oneLineNamesTheReasonAndTheFix() throws IOException, InterruptedException {
        List<String> lines = errorLines();
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).contains("without SIMD"), lines.get(0));
        assertTrue(lines.get(0).contains("--add-modules jdk.incubator.vector"), lines.get(0));
    }

    @Test
    void itCanBeSilenced() throws IOException, InterruptedException {
        assertEquals(List.of(), errorLines("-Dgradus.novector=true"));
    }

    @Test
    void withTheModuleGradusSaysNothing() throws IOException, InterruptedException {
        List<String> lines = errorLines("--add-modules", "jdk.incubator.vector");
        assertTrue(lines.stream().noneMatch(l -> l.contains("Gradus")), lines.toString());
    }
}
