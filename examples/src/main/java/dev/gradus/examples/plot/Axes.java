package dev.gradus.examples.plot;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Which part of the plane a picture shows, and the ticks at its edges.
 *
 * @param y of base-10 logarithms on a log axis
 */
record Axes(Range x, Range y, List<Ticks.Tick> xTicks, List<Ticks.Tick> yTicks) {
    private static final double MARGIN = 0.05;

    /** Around the map or the bars if the picture has them, otherwise around all that is drawn. */
    static Axes of(Picture picture) {
        return switch (picture.layers().getFirst()) {
            case Layer.Cells cells -> ofCells(cells);
            case Layer.Map map ->
                    new Axes(
                            map.xRange(),
                            map.yRange(),
                            Ticks.linear(map.xRange()),
                            Ticks.linear(map.yRange()));
            case Layer.Bars(var _, List<String> names, int _, int _) -> {
                Range y = yRange(picture);
                Range x = new Range(-0.6, names.size() - 0.4);
                yield new Axes(x, y, Ticks.names(names), yTicks(picture, y));
            }
            case Layer.Line _, Layer.Trace _, Layer.Points _, Layer.Mark _ -> {
                Range x = Range.around(drawn(picture).flatMapToDouble(Series::xs), MARGIN);
                Range y = yRange(picture);
                yield new Axes(x, y, Ticks.linear(x), yTicks(picture, y));
            }
        };
    }

    private static Axes ofCells(Layer.Cells cells) {
        Matrix matrix = cells.matrix();
        // Row 0 is at the top, where y is largest.
        List<Ticks.Tick> rows =
                indicesOrNames(matrix.rows(), cells.rowNames()).stream()
                        .map(tick -> new Ticks.Tick(cells.y((int) tick.place()), tick.label()))
                        .toList();
        List<Ticks.Tick> columns = indicesOrNames(matrix.columns(), cells.columnNames());
        return new Axes(cells.xRange(), cells.yRange(), columns, rows);
    }

    private static List<Ticks.Tick> indicesOrNames(int count, List<String> names) {
        return names.isEmpty() ? Ticks.indices(count) : Ticks.names(names);
    }

    private static Range yRange(Picture picture) {
        DoubleStream values = drawn(picture).flatMapToDouble(Series::ys);
        boolean bars = picture.layers().getFirst() instanceof Layer.Bars;
        // A bar's length is its value, so its foot must show; a log axis has no foot.
        return bars && !picture.isLogY()
                ? Range.around(DoubleStream.concat(values, DoubleStream.of(0)), MARGIN)
                : Range.around(values, MARGIN);
    }

    private static List<Ticks.Tick> yTicks(Picture picture, Range y) {
        return picture.isLogY() ? Ticks.log(y) : Ticks.linear(y);
    }

    private static Stream<Series> drawn(Picture picture) {
        return picture.layers().stream()
                .filter(Layer.Data.class::isInstance)
                .map(layer -> ((Layer.Data) layer).series().drawn(picture.isLogY()));
    }
}
