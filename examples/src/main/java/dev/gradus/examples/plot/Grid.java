package dev.gradus.examples.plot;

import org.jfree.chart.text.TextUtils;
import org.jfree.chart.ui.TextAnchor;

import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.nio.file.Path;
import java.util.List;

/**
 * Heat maps in rows and columns under one title, such as the attention weights of all heads. They
 * share one colour scale, so that equal colours mean equal values. Made by {@link Plot#grid}.
 */
public final class Grid {
    private static final int TITLE_HEIGHT = 44;
    private static final int BAR_WIDTH = 100;
    private static final int LEAST_MAP = 270;

    /** Room for the name of a row beside the one above it. */
    private static final int CELL = 16;

    /** What a panel has beside its map: names of rows and columns, a label and a title. */
    private static final int AROUND_WIDTH = 80;

    private static final int AROUND_HEIGHT = 96;

    private final String title;
    private final int columns;
    private final List<Picture> heatMaps;

    Grid(String title, int columns, List<Picture> heatMaps) {
        if (columns < 1 || heatMaps.isEmpty()) {
            throw new IllegalArgumentException(
                    "grid '%s': %d heat maps in %d columns; give at least one of each"
                            .formatted(title, heatMaps.size(), columns));
        }
        for (Picture picture : heatMaps) {
            if (picture.layers().size() != 1
                    || !(picture.layers().getFirst() instanceof Layer.Cells)) {
                throw new IllegalArgumentException(
                        "grid '%s': picture '%s' is not a plain heat map"
                                .formatted(title, picture.title()));
            }
        }
        this.title = title;
        this.columns = Math.min(columns, heatMaps.size());
        this.heatMaps = List.copyOf(heatMaps);
    }

    /**
     * Writes {@code name.png} and {@code name.svg} as {@link Picture#save} does, but as large as
     * the heat maps need.
     *
     * @param directory made when missing
     * @param name a file name without extension
     * @return the two files, PNG first
     * @throws IllegalArgumentException if the name is not a plain file name
     * @throws java.io.UncheckedIOException if a file can't be written; the message names it
     */
    public List<Path> save(Path directory, String name) {
        List<Matrix> matrices = heatMaps.stream().map(map -> cells(map).matrix()).toList();
        int mapWidth = LEAST_MAP;
        int mapHeight = LEAST_MAP;
        for (Matrix matrix : matrices) {
            mapWidth = Math.max(mapWidth, CELL * matrix.columns());
            mapHeight = Math.max(mapHeight, CELL * matrix.rows());
        }
        int panelWidth = mapWidth + AROUND_WIDTH;
        int panelHeight = mapHeight + AROUND_HEIGHT;
        int rows = Math.ceilDiv(heatMaps.size(), columns);
        int width = columns * panelWidth + BAR_WIDTH;
        int height = TITLE_HEIGHT + rows * panelHeight;
        ColorScale colors = ColorScale.of(matrices);
        int usedWidth = mapWidth;
        return PictureFiles.write(
                width,
                height,
                g -> {
                    for (int i = 0; i < heatMaps.size(); i++) {
                        int x = i % columns * panelWidth;
                        int row = i / columns;
                        int y = TITLE_HEIGHT + row * panelHeight;
                        ChartBuilder.panel(heatMaps.get(i), colors, usedWidth)
                                .draw(g, new Rectangle(x, y, panelWidth, panelHeight));
                    }
                    drawTitleAndBar(g, width, panelHeight, colors);
                },
                directory,
                name);
    }

    private void drawTitleAndBar(Graphics2D g, int width, int panelHeight, ColorScale colors) {
        g.setFont(Fonts.TITLE);
        g.setPaint(Colors.INK);
        TextUtils.drawAlignedString(title, g, width / 2f, 14, TextAnchor.TOP_CENTER);
        ChartBuilder.colorBar(heatMaps.getFirst().colorLabel(), colors)
                .draw(
                        g,
                        new Rectangle(
                                width - BAR_WIDTH, TITLE_HEIGHT + 32, BAR_WIDTH, panelHeight - 40));
    }

    private static Layer.Cells cells(Picture heatMap) {
        return (Layer.Cells) heatMap.layers().getFirst();
    }
}
