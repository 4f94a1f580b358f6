package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/**
 * Every row of the page for people who come from PyTorch and NumPy: its third column is compiled
 * and gives its fourth.
 */
class FromOtherLibrariesTest {
    private static final String PAGE = "docs/from-pytorch-and-numpy.md";

    private static final Pattern ROW =
            Pattern.compile("^\\| .*? \\| .*? \\| `(.*?)` \\| `(.*?)` \\|$", Pattern.MULTILINE);

    @TempDir Path folder;

    /** A row: what is written, and the answer as nested lists. */
    record Row(String code, String answer) {}

    private static List<Row> rows() throws IOException {
        return ROW.matcher(Files.readString(Path.of("..", PAGE)))
                .results()
                .map(m -> new Row(m.group(1), m.group(2)))
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> everyRowGivesItsAnswer() throws Exception {
        List<Row> rows = rows();
        assertTrue(rows.size() >= 130, "only " + rows.size() + " rows were found");
        List<Supplier<Object>> answers = compile(rows);
        return IntStream.range(0, rows.size())
                .mapToObj(i ->
                        dynamicTest(
                                rows.get(i).code(),
                                () -> check(rows.get(i), answers.get(i).get())));
    }

    /** The rows as a class whose method gives one supplier a row. */
    @SuppressWarnings("unchecked")
    private List<Supplier<Object>> compile(List<Row> rows) throws Exception {
        var source = new StringBuilder();
        for (String name : List.of("autograd", "data", "nn", "optim", "shape", "tensor", "train")) {
            source.append("import dev.gradus.").append(name).append(".*;\n");
        }
        source.append("public class Page {\n");
        source.append(
                "public static java.util.List<java.util.function.Supplier<Object>> rows() {\n");
        source.append(Programs.in(PAGE).getFirst());
        source.append("return java.util.List.of(\n");
        for (int i = 0; i < rows.size(); i++) {
            source.append(i == 0 ? "" : ",\n").append("() -> ").append(rows.get(i).code());
        }
        source.append(");\n}\n}\n");
        Path file = Files.writeString(folder.resolve("Page.java"), source);
        String path = System.getProperty("java.class.path");
        int exit =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-cp", path, file.toString());
        assertEquals(0, exit, "a row does not compile; the compiler's message names its line");
        URL[] here = {folder.toUri().toURL()};
        try (var loader = new URLClassLoader(here, getClass().getClassLoader())) {
            Object made = loader.loadClass("Page").getMethod("rows").invoke(null);
            return new ArrayList<>((List<Supplier<Object>>) made);
        }
    }

    private static void check(Row row, Object found) {
        double[] expected = numbers(row.answer());
        assertEquals(sizes(row.answer()), sizes(found), "sizes of the axes");
        double[] values =
                switch (found) {
                    case Tensor t -> t.toArray();
                    case Shape s -> Arrays.stream(s.toArray()).asDoubleStream().toArray();
                    case double[] d -> d;
                    case Number n -> new double[] {n.doubleValue()};
                    case Boolean b -> new double[] {b ? 1 : 0};
                    default -> throw new AssertionError(found.getClass());
                };
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.length; i++) {
            double tolerance = 1e-6 * Math.max(largest, 1e-3);
            assertEquals(expected[i], values[i], tolerance, () -> "gives " + found);
        }
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.replaceAll("[\\[\\]]", "").split(", ", -1))
                .mapToDouble(s -> s.equals("true") ? 1 : Double.parseDouble(s))
                .toArray();
    }

    /** The sizes of nested lists: those of the outermost one, and of the first one inside. */
    private static List<Integer> sizes(String answer) {
        List<Integer> sizes = new ArrayList<>();
        for (String list = answer; list.startsWith("["); ) {
            List<String> parts = parts(list);
            sizes.add(parts.size());
            list = parts.getFirst();
        }
        return sizes;
    }

    private static List<String> parts(String list) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 1;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (depth == 0 || (depth == 1 && c == ',')) {
                parts.add(list.substring(start, i).strip());
                start = i + 1;
            }
        }
        return parts;
    }

    private static List<Integer> sizes(Object found) {
        return switch (found) {
            case Tensor t -> Arrays.stream(t.shape().toArray()).boxed().toList();
            case Shape s -> List.of(s.rank());
            case double[] d -> List.of(d.length);
            default -> List.of();
        };
    }

    @Test
    void theTrainingLoopsAgree() throws IOException, InterruptedException {
        String printed = Programs.run(Programs.in(PAGE).get(1), folder).strip();
        assertEquals(0.009820212610065937, Double.parseDouble(printed), 1e-6, "PyTorch 1.13.1");
    }
}
