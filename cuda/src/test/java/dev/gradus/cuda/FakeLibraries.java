package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Libraries that have CUDA's names and a few of its functions, made of C. They let every failure of
 * a real computer be shown on one without a GPU; where there is no gcc those tests are skipped.
 */
final class FakeLibraries {
    private FakeLibraries() {}

    /**
     * Compiles one of the sources in this package's folder {@code fake}.
     *
     * @param needed libraries without which the result cannot be loaded
     */
    static void compile(String source, String soname, Path library, Path... needed)
            throws IOException, InterruptedException {
        assumeTrue(hasCompiler(), "there is no gcc, which makes the libraries for this test");
        Path file = Files.createTempFile("fake", ".c");
        // JCuda's natives want symbols with the version that the real libraries give them.
        Path versions = Files.createTempFile("fake", ".map");
        Files.writeString(versions, soname.replaceAll("[^\\w.]", "_") + " { global: *; };\n");
        try (InputStream in =
                Objects.requireNonNull(
                        FakeLibraries.class.getResourceAsStream("fake/" + source), source)) {
            Files.write(file, in.readAllBytes());
            Files.createDirectories(Objects.requireNonNull(library.getParent()));
            List<String> command =
                    new ArrayList<>(
                            List.of("gcc", "-shared", "-fPIC", "-w", "-Wl,-soname," + soname));
            command.add("-Wl,--version-script=" + versions);
            command.addAll(List.of("-o", library.toString(), file.toString(), "-ldl"));
            command.add("-Wl,--no-as-needed");
            for (Path other : needed) {
                command.add(other.toString());
            }
            Process gcc = new ProcessBuilder(command).inheritIO().start();
            assertEquals(0, gcc.waitFor(), source);
        } finally {
            Files.delete(file);
            Files.delete(versions);
        }
    }

    static boolean hasCompiler() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, "gcc"))) {
                return true;
            }
        }
        return false;
    }
}
