package dev.gradus.examples.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class PictureErrorsTest {
    private static final Range UNIT = new Range(0, 1);
    private static final Picture LINES = Plot.lines("Loss");

    @TempDir Path directory;

    /** A mistake, and what the message must say. */
    record Mistake(String says, Executable code) {
        @Override
        public String toString() {
            return says;
        }
    }

    static Stream<Mistake> mistakes() {
        double[][] none = {};
        double[][] one = {{1, 2}};
        Surface plane = Surface.of(UNIT, UNIT, (x, y) -> x);
        return Stream.of(
                new Mistake("series 'SGD' is empty", () -> LINES.line("SGD")),
                new Mistake("series 'path' is empty", () -> LINES.path("path", none)),
                new Mistake("series 'words' is empty", () -> LINES.points("words", none)),
                new Mistake(
                        "'SGD': 2 x values but 1 y values",
                        () -> LINES.line("SGD", new double[2], new double[1])),
                new Mistake(
                        "'path': point 1 has 3 coordinates",
                        () -> LINES.path("path", new double[][] {{1, 2}, {1, 2, 3}})),
                new Mistake(
                        "'words': 1 points but 2 labels",
                        () -> LINES.points("words", one, List.of("a", "b"))),
                new Mistake("bars 'Flow': 1 values but 0 names", () -> bars("Flow", 1)),
                new Mistake("series 'Flow' is empty", () -> bars("Flow")),
                new Mistake(
                        "grouped bars 'Flow' have no group",
                        () -> Plot.groupedBars("Flow", List.of("a"), new LinkedHashMap<>())),
                new Mistake(
                        "bars 'step 1': 2 values but 1 names",
                        () ->
                                Plot.groupedBars(
                                        "Flow",
                                        List.of("a"),
                                        new LinkedHashMap<>(
                                                Map.of("step 1", new double[] {1, 2})))),
                new Mistake("heat map 'W' is empty", () -> Plot.heatMap("W", none)),
                new Mistake("heat map 'W' is empty", () -> Plot.heatMap("W", new double[2][0])),
                new Mistake(
                        "'W': row 0 has 2 values, row 1 has 1",
                        () -> Plot.heatMap("W", new double[][] {{1, 2}, {3}})),
                new Mistake(
                        "'W': 2 columns but 1 column names",
                        () -> Plot.heatMap("W", one, List.of(), List.of("a"))),
                new Mistake("no log axis", () -> Plot.heatMap("W", one).logY()),
                new Mistake("grid 'G': 0 heat maps in 2 columns", () -> grid(2)),
                new Mistake("grid 'G': 1 heat maps in 0 columns", () -> grid(0, LINES)),
                new Mistake(
                        "grid 'G': picture 'Loss' is not a plain heat map",
                        () -> grid(2, Plot.heatMap("W", one), LINES.line("SGD", 1))),
                new Mistake("contour 'f': levels []", () -> Plot.contour("f", plane)),
                new Mistake("levels [2.0, 1.0]", () -> Plot.contour("f", plane, 2, 1)),
                new Mistake("levels [NaN]", () -> Plot.contour("f", plane, Double.NaN)),
                new Mistake("logLevels(0.0, 1.0, 3)", () -> Plot.logLevels(0, 1, 3)),
                new Mistake("logLevels(1.0, 2.0, 1)", () -> Plot.logLevels(1, 2, 1)),
                new Mistake("Range(1.0, 1.0)", () -> new Range(1, 1)),
                new Mistake("Range(0.0, NaN)", () -> new Range(0, Double.NaN)),
                new Mistake("Range(1.0E17", () -> new Range(1e17, 1e17 + 16)),
                new Mistake(
                        "got 19481 points and returned 3 values",
                        () -> Surface.ofBatch(UNIT, UNIT, points -> new double[3])),
                new Mistake("picture 'Loss' is empty", () -> LINES.save(Path.of("x"), "loss")),
                new Mistake("plain file name", () -> save(" ")),
                new Mistake("plain file name", () -> save("a/b")),
                new Mistake("plain file name", () -> save("/")));
    }

    private static Picture bars(String title, double... values) {
        return Plot.bars(title, List.of(), values);
    }

    private static Grid grid(int columns, Picture... heatMaps) {
        return Plot.grid("G", columns, List.of(heatMaps));
    }

    private static List<Path> save(String name) {
        return LINES.line("SGD", 1).save(Path.of("never made"), name);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakesAreExplained(Mistake mistake) {
        var error = assertThrows(IllegalArgumentException.class, mistake.code());
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains(mistake.says()), message);
    }

    @Test
    void directoryThatCantBeMadeIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        Path below = file.resolve("pictures");
        var error =
                assertThrows(
                        UncheckedIOException.class, () -> LINES.line("s", 1).save(below, "loss"));
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains(below + " "), message);
        assertTrue(message.contains("picture 'loss' can't be saved"), message);
    }

    @Test
    void failedSaveLeavesNothingBehind() throws IOException {
        Path inTheWay = Files.createDirectories(directory.resolve("loss.png/full")).getParent();
        assertThrows(UncheckedIOException.class, () -> LINES.line("s", 1).save(directory, "loss"));
        try (Stream<Path> all = Files.list(directory)) {
            assertEquals(List.of(inTheWay), all.toList());
        }
    }
}
