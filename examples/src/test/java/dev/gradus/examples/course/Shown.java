package dev.gradus.examples.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a lesson printed: the value of each expression that it showed. */
final class Shown {
    private static final Pattern NUMBER =
            Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)(e[-+]?\\d+)?|nan|-?inf");

    private final Map<String, String> values = new LinkedHashMap<>();
    private final String out;

    private Shown(String out) {
        this.out = out;
        String expression = "";
        for (String line : out.lines().toList()) {
            if (line.startsWith("  ")) {
                values.merge(expression, line.substring(2), (a, b) -> a + "\n" + b);
            } else {
                expression = line;
            }
        }
    }

    /** Gives a lesson, with its pictures in a folder of their own. */
    static Shown by(Lesson lesson, String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try {
            Path folder = Files.createTempDirectory("lesson");
            String[] args =
                    Stream.concat(Stream.of(options), Stream.of("--out", folder.toString()))
                            .toArray(String[]::new);
            int exit =
                    new CommandLine(lesson)
                            .setOut(new PrintWriter(out))
                            .setErr(new PrintWriter(err))
                            .execute(args);
            assertEquals("", err.toString());
            assertEquals(0, exit);
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Shown(out.toString());
    }

    /** Everything the lesson printed. */
    String text() {
        return out;
    }

    /** The value that was shown for an expression, as it was printed. */
    String value(String expression) {
        String value = values.get(expression);
        assertNotNull(value, () -> "\"" + expression + "\" was not shown in:\n" + out);
        return value;
    }

    /** The numbers in that value. */
    double[] numbers(String expression) {
        return numbersIn(value(expression));
    }

    private static double[] numbersIn(String text) {
        return NUMBER.matcher(text)
                .results()
                .mapToDouble(m ->
                        switch (m.group()) {
                            case "nan" -> Double.NaN;
                            case "inf" -> Double.POSITIVE_INFINITY;
                            case "-inf" -> Double.NEGATIVE_INFINITY;
                            default -> Double.parseDouble(m.group());
                        })
                .toArray();
    }

    /**
     * A test that an expression has the numbers of an answer, which NumPy or PyTorch gave, to
     * {@code tolerance} of the largest of them.
     */
    DynamicTest fact(String expression, String answer, double tolerance) {
        return dynamicTest(
                expression,
                () -> {
                    double[] expected = numbersIn(answer);
                    double[] found = numbers(expression);
                    assertEquals(expected.length, found.length, () -> value(expression));
                    double largest = 0;
                    for (double e : expected) {
                        largest = Double.isFinite(e) ? Math.max(largest, Math.abs(e)) : largest;
                    }
                    for (int i = 0; i < expected.length; i++) {
                        assertEquals(
                                expected[i],
                                found[i],
                                tolerance * largest,
                                () -> expression + ":\n" + value(expression));
                    }
                });
    }

    /** {@link #fact} for several: an expression, its answer, an expression, its answer, … */
    List<DynamicTest> facts(String... expressionsAndAnswers) {
        return Stream.iterate(0, i -> i < expressionsAndAnswers.length, i -> i + 2)
                .map(i -> fact(expressionsAndAnswers[i], expressionsAndAnswers[i + 1], 1e-5))
                .toList();
    }
}
