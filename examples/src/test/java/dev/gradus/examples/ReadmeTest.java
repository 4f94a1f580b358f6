package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every Java program in the README runs as it stands there, and prints what is said there. */
class ReadmeTest {
    private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir Path folder;

    private static String readme() throws IOException {
        return Files.readString(Path.of("..", "README.md"));
    }

    private List<String> outputs() throws IOException, InterruptedException {
        List<String> outputs = new ArrayList<>();
        Matcher programs = PROGRAM.matcher(readme());
        while (programs.find()) {
            Path source = folder.resolve("Program" + outputs.size() + ".java");
            Files.writeString(source, programs.group(1));
            outputs.add(run(source));
        }
        return outputs;
    }

    private String run(Path source) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-cp",
                                System.getProperty("java.class.path"),
                                source.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectOutput(output.toFile())
                        .start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), source + " does not end");
        assertEquals(0, process.exitValue(), source + " failed:\n" + Files.readString(source));
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    @Test
    void programsPrintWhatTheReadmeSays() throws IOException, InterruptedException {
        List<String> outputs = outputs();
        assertEquals(4, outputs.size(), "the README has another number of programs; look at them");
        List<Long> answers =
                Pattern.compile("[0-9][0-9.e+-]*")
                        .matcher(outputs.get(0))
                        .results()
                        .map(m -> Math.round(Double.parseDouble(m.group())))
                        .toList();
        assertEquals(List.of(0L, 1L, 1L, 0L), answers, outputs.get(0));
        assertTrue(outputs.get(1).startsWith("[[ 4  6]\n [ 8 10]]\n"), outputs.get(1));
        assertEquals("[[0.75 0.5 ]\n [2.5  2.  ]]\n", outputs.get(2));
        // x · tanh(ln(1 + eˣ)) in double at −2 … 2
        assertEquals("[-0.25250", outputs.get(3).substring(0, 9));
    }

    @Test
    void theErrorReadsAsInTheReadme() throws IOException {
        var error =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Tensor.ones(4, 3).matmul(Tensor.ones(4, 2)));
        String text = readme().replaceAll("\\s+", " ");
        assertTrue(text.contains(String.valueOf(error.getMessage())), error.getMessage());
    }
}
