package dev.gradus.examples.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

class GridTest {
    private static final int LARGEST = 0x00304F;
    private static final int HALF = 0x56B4E9;
    private static final int SMALLEST = 0xFFFFFF;

    @TempDir Path directory;

    private static Picture map(String title, double value) {
        return Plot.heatMap(title, new double[][] {{value}}, List.of("query"), List.of("key"))
                .colorLabel("weight");
    }

    private SavedPicture saved(Grid grid) {
        List<Path> files = grid.save(directory, "grid");
        assertEquals(List.of(directory.resolve("grid.png"), directory.resolve("grid.svg")), files);
        return new SavedPicture(files.get(0), files.get(1));
    }

    @Test
    void mapsStandRowByRowInOneColorScale() throws Exception {
        List<Picture> maps = List.of(map("first", 0), map("second", 4), map("third", 2));
        SavedPicture saved = saved(Plot.grid("All", 2, maps));
        BufferedImage image = saved.image();
        int width = (image.getWidth() - 100) / 2;
        int height = (image.getHeight() - 44) / 2;
        List<Integer> centres =
                IntStream.range(0, 4)
                        .mapToObj(i ->
                                image.getRGB(
                                                width / 2 + i % 2 * width,
                                                44 + height / 2 + i / 2 * height)
                                        & 0xFFFFFF)
                        .toList();
        assertEquals(List.of(SMALLEST, LARGEST, HALF, 0xFFFFFF), centres);
        List<String> texts = saved.texts();
        for (String text : List.of("All", "first", "second", "third", "query", "key", "weight")) {
            assertTrue(texts.contains(text), text + " is missing in " + texts);
        }
        assertEquals(1, Collections.frequency(texts, "weight"), "one colour bar");
        assertTrue(saved.yOf("first") == saved.yOf("second"), "one row");
        assertTrue(saved.yOf("third") > saved.yOf("second"), "next row");
    }

    @Test
    void thereIsRoomForTheNamesOfManyRows() throws Exception {
        List<String> names =
                IntStream.range(0, 32).mapToObj(i -> Character.toString('A' + i)).toList();
        List<String> rows = names.stream().map(name -> "row " + name).toList();
        Picture map = Plot.heatMap("many", new double[32][32], rows, names);
        SavedPicture saved = saved(Plot.grid("All", 4, List.of(map, map)));
        assertTrue(saved.image().getHeight() > 32 * 16);
        List<String> texts = saved.texts();
        for (String name : names) {
            assertEquals(2, Collections.frequency(texts, name), name + " below both maps");
            assertEquals(2, Collections.frequency(texts, "row " + name), name + " beside both");
        }
        double apart = saved.yOf("row B") - saved.yOf("row A");
        assertTrue(apart > 14, "names are " + apart + " apart");
    }

    @Test
    void sameMapsGiveSameBytes() throws Exception {
        Grid grid = Plot.grid("All", 2, List.of(map("first", -1), map("second", 1)));
        List<byte[]> first = saved(grid).bytes();
        List<byte[]> second = saved(grid).bytes();
        assertArrayEquals(first.get(0), second.get(0), "PNG");
        assertArrayEquals(first.get(1), second.get(1), "SVG");
    }
}
