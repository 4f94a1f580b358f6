package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Java that stands in the documentation. */
final class Programs {
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private Programs() {}

    /** The blocks of Java in a page, whose path is relative to the project. */
    static List<String> in(String page) throws IOException {
        return BLOCK.matcher(Files.readString(Path.of("..", page)))
                .results()
                .map(m -> m.group(1))
                .toList();
    }

    /** Runs a source file as {@code ./gradus run} does, in that folder; what it prints. */
    static String run(String program, Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve("Program.java");
        Files.writeString(source, program);
        Path output = folder.resolve("output");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-cp",
                                System.getProperty("java.class.path"),
                                source.toString())
                        .directory(folder.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectOutput(output.toFile())
                        .start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), program + " does not end");
        assertEquals(0, process.exitValue(), program + " failed");
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
