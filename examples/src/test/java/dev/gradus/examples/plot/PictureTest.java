package dev.gradus.examples.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class PictureTest {
    private static final int BLUE = 0x0072B2;
    private static final int VERMILLION = 0xD55E00;
    private static final int YELLOW = 0xF0E442;
    private static final Range UNIT = new Range(0, 1);

    @TempDir Path directory;

    /** A picture, what it must say, and the colours it must have. */
    record Sample(String kind, Picture picture, List<String> texts, Set<Integer> colors) {
        @Override
        public String toString() {
            return kind;
        }
    }

    static Stream<Sample> samples() {
        return Stream.of(
                new Sample(
                        "lines",
                        Plot.lines("Loss")
                                .xLabel("epoch")
                                .yLabel("mean loss")
                                .line("SGD", 3, 2, 1)
                                .line("Adam <&> more", new double[] {0, 1.5}, new double[] {2, 1}),
                        List.of("Loss", "epoch", "mean loss", "SGD", "Adam <&> more", "1.5"),
                        Set.of(BLUE, VERMILLION)),
                new Sample(
                        "log axis",
                        Plot.lines("Loss").logY().line("SGD", 1, 1e-3, 1e-7),
                        List.of("Loss", "step", "value", "SGD", "0.001", "1e-6"),
                        Set.of(BLUE)),
                new Sample(
                        "decision boundary",
                        Plot.decisionBoundary("XOR", (x, y) -> x, UNIT, UNIT)
                                .xLabel("x₁")
                                .points("class 0", new double[][] {{0.2, 0.5}})
                                .points("class 1", new double[][] {{0.8, 0.5}}),
                        List.of("XOR", "x₁", "y", "class 0", "class 1", "probability of class 1"),
                        Set.of(BLUE, VERMILLION)),
                new Sample(
                        "contour",
                        Plot.contour("Bowl", bowl(), 0.1, 0.2, 0.5)
                                .colorLabel("height")
                                .path("SGD", new double[][] {{0, 0}, {0.3, 0.4}, {0.5, 0.5}})
                                .path("Adam", new double[][] {{1, 0}, {0.5, 0.4}})
                                .mark("minimum", 0.5, 0.5),
                        List.of("Bowl", "height", "0.2", "SGD", "minimum", "start", "end"),
                        Set.of(BLUE, VERMILLION, YELLOW)),
                new Sample(
                        "heat map",
                        Plot.heatMap(
                                        "Attention",
                                        new double[][] {{1, 0}, {0.25, 0.75}},
                                        List.of("the", "cat"),
                                        List.of("keys", "more"))
                                .xLabel("key")
                                .yLabel("query"),
                        List.of("Attention", "query", "the", "more", "0.25", "value"),
                        Set.of(0xFFFFFF, 0x00304F)),
                new Sample(
                        "signed heat map",
                        Plot.heatMap("Weights", new double[][] {{-2, 0, 2, Double.NaN}}),
                        List.of("Weights", "row", "column", "3", "-2"),
                        Set.of(BLUE, VERMILLION, 0x999999)),
                new Sample(
                        "scatter",
                        Plot.scatter("Words")
                                .points(
                                        "people",
                                        new double[][] {{0, 0}, {1, 1}},
                                        List.of("king", "queen")),
                        List.of("Words", "x", "y", "people", "king", "queen"),
                        Set.of(BLUE)),
                new Sample(
                        "bars",
                        Plot.bars("Flow", List.of("a long layer name", "head"), 1e-3, 1).logY(),
                        List.of("Flow", "name", "value", "a long layer name", "0.01"),
                        Set.of(BLUE)),
                new Sample(
                        "grouped bars",
                        Plot.groupedBars("Flow", List.of("in", "out"), flow()).logY(),
                        List.of("Flow", "in", "out", "step 1", "step 100", "0.001"),
                        Set.of(BLUE, VERMILLION)));
    }

    private static SequencedMap<String, double[]> flow() {
        var groups = new LinkedHashMap<String, double[]>();
        groups.put("step 1", new double[] {1e-4, 0.01});
        groups.put("step 100", new double[] {2e-3, Double.NaN});
        return groups;
    }

    @Test
    void groupedBarsStandBesideEachOther() {
        SavedPicture saved =
                SavedPicture.of(Plot.groupedBars("Flow", List.of("in", "out"), flow()), directory);
        List<Integer> blue = saved.columnsWith(BLUE);
        List<Integer> red = saved.columnsWith(VERMILLION);
        assertTrue(blue.getFirst() < red.getFirst() && red.getLast() < blue.getLast());
        assertTrue(blue.stream().noneMatch(red::contains), "one covers the other");
    }

    private static Surface bowl() {
        return Surface.of(UNIT, UNIT, (x, y) -> (x - 0.5) * (x - 0.5) + 2 * (y - 0.5) * (y - 0.5));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void eachKindShowsItsTextsAndColors(Sample sample) throws Exception {
        SavedPicture saved = SavedPicture.of(sample.picture(), directory);
        BufferedImage image = saved.image();
        assertEquals(List.of(800, 600), List.of(image.getWidth(), image.getHeight()));
        assertTrue(saved.colors().containsAll(sample.colors()), "colours " + saved.colors());
        Set<String> missing = new HashSet<>(sample.texts());
        missing.removeAll(saved.texts());
        assertEquals(Set.of(), missing, "texts that are missing in the SVG");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void sameInputGivesSameBytesInAnyLocale(Sample sample) throws Exception {
        Locale before = Locale.getDefault();
        List<byte[]> first = SavedPicture.of(sample.picture(), directory).bytes();
        try {
            Locale.setDefault(Locale.GERMANY);
            List<byte[]> second = SavedPicture.of(sample.picture(), directory).bytes();
            assertArrayEquals(first.get(0), second.get(0), "PNG");
            assertArrayEquals(first.get(1), second.get(1), "SVG");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void gapsAreLeftWhereThereIsNoValue() {
        double nan = Double.NaN;
        Picture picture =
                Plot.lines("Gaps").line("curve", 0, 0, 0, nan, nan, nan, 1, nan, nan, 0, 0, 0);
        List<Integer> columns = SavedPicture.of(picture, directory).columnsWith(BLUE);
        int[] jumps =
                IntStream.range(1, columns.size())
                        .filter(i -> columns.get(i) - columns.get(i - 1) > 50)
                        .toArray();
        assertEquals(2, jumps.length, "a gap on both sides of the single value: " + columns);
    }

    @Test
    void whatHasNoPlaceOnTheAxesIsDrawnLikeNaN() throws Exception {
        Picture empty = Plot.lines("Odd").line("curve", 1, Double.NaN, 3, Double.NaN, 2);
        Picture infinite =
                Plot.lines("Odd").line("curve", 1, Double.POSITIVE_INFINITY, 3, -1e305, 2);
        Picture negative = Plot.lines("Odd").line("curve", 1, 0, 3, -4, 2);
        List<byte[]> expected = SavedPicture.of(empty, directory).bytes();
        assertArrayEquals(expected.get(1), SavedPicture.of(infinite, directory).bytes().get(1));
        List<byte[]> expectedLog = SavedPicture.of(empty.logY(), directory).bytes();
        List<byte[]> actualLog = SavedPicture.of(negative.logY(), directory).bytes();
        assertArrayEquals(expectedLog.get(1), actualLog.get(1));
    }

    static Stream<Picture> picturesOfOddValues() {
        double nan = Double.NaN;
        return Stream.of(
                Plot.lines("nothing").line("nan", nan, nan),
                Plot.lines("nothing on a log axis").line("negative", -1, 0).logY(),
                Plot.lines("one value").line("one", 5),
                Plot.lines("all the same, large").line("flat", 1e300, 1e300),
                Plot.lines("all the same, tiny").line("flat", 1e-320, 1e-320),
                Plot.lines("close together").line("near", 1, Math.nextUp(1.0)),
                Plot.lines("far apart").line("far", -1e300, 1e300, 1e-300),
                Plot.lines("far apart, log").line("far", 1e-300, 1e300).logY(),
                Plot.lines("close together, log").line("near", 1e-299, 1.0001e-299).logY(),
                Plot.heatMap("no value", new double[][] {{nan, nan}}),
                Plot.heatMap("one value", new double[][] {{0}}),
                Plot.heatMap("many rows", new double[900][2]),
                Plot.bars("no value", List.of("a"), nan).logY(),
                Plot.contour("no value", Surface.of(UNIT, UNIT, (x, y) -> nan), 1)
                        .path("outside", new double[][] {{-5, nan}, {1e308, 7}}),
                Plot.decisionBoundary("edge", (x, y) -> 1 / (x - 0.5), UNIT, UNIT));
    }

    @ParameterizedTest
    @MethodSource("picturesOfOddValues")
    void oddValuesAreNoError(Picture picture) throws Exception {
        assertTrue(SavedPicture.of(picture, directory).texts().contains(picture.title()));
    }

    @Test
    void firstRowOfHeatMapIsAtTheTop() throws Exception {
        double[][] values = {{0.31}, {0.73}};
        Picture picture = Plot.heatMap("Rows", values, List.of("first", "last"), List.of());
        SavedPicture saved = SavedPicture.of(picture, directory);
        assertTrue(saved.yOf("first") < saved.yOf("last"), "names");
        assertTrue(saved.yOf("0.31") < saved.yOf("0.73"), "values");
        int white = saved.image().getRGB(200, 100) & 0xFFFFFF;
        int dark = saved.image().getRGB(200, 400) & 0xFFFFFF;
        assertEquals(List.of(0xFFFFFF, 0x00304F), List.of(white, dark), "colours");
    }

    @Test
    void nearbyWordsDontCoverEachOther() {
        Picture words = Plot.scatter("Words").points("corners", new double[][] {{0, 0}, {10, 10}});
        Axes axes = Axes.of(words);
        LabelPlacer placer = new LabelPlacer(axes);
        var first = placer.place("king", 5, 5);
        var second = placer.place("queen", 5.05, 5.05);
        assertFalse(
                first.getTextAnchor().equals(second.getTextAnchor()),
                "both words are on the same side");
    }

    @Test
    void directoryIsMadeAndOldFilesAreReplaced() throws IOException {
        Path deep = directory.resolve("a/b");
        List<Path> files = Plot.lines("First").line("s", 1).save(deep, "loss");
        byte[] first = Files.readAllBytes(files.get(0));
        assertEquals(files, Plot.lines("Second").line("s", 1).save(deep, "loss"));
        assertFalse(Arrays.equals(first, Files.readAllBytes(files.get(0))));
        try (Stream<Path> all = Files.list(deep)) {
            assertEquals(Set.copyOf(files), Set.copyOf(all.toList()), "no file is left over");
        }
        assertEquals(List.of(deep.resolve("loss.png"), deep.resolve("loss.svg")), files);
    }
}
