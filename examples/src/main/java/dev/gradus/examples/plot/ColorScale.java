package dev.gradus.examples.plot;

import org.jfree.chart.renderer.PaintScale;

import java.awt.Color;
import java.awt.Paint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * From a value to its colour, and the colour bar that explains it.
 *
 * @param range of places on the bar
 * @param ticks beside the bar
 * @param ramp the colours from low to high
 * @param levels if empty, a place on the bar is the value itself; otherwise it is the number of
 *     levels below the value, so that bands of equal height stand for any ratio between levels
 */
record ColorScale(Range range, List<Ticks.Tick> ticks, List<Color> ramp, List<Double> levels)
        implements PaintScale {

    /** More labels than this run into each other on the bar. */
    private static final int LABELS = 16;

    static ColorScale of(Layer.Map map) {
        return switch (map) {
            case Layer.Probability _ -> continuous(new Range(0, 1), Colors.CLASSES);
            case Layer.Bands(var _, List<Double> levels) -> banded(levels);
            case Layer.Cells(Matrix matrix, var _, var _) -> of(List.of(matrix));
        };
    }

    /** One scale for the values of all these matrices. */
    static ColorScale of(List<Matrix> matrices) {
        double[] values = matrices.stream().flatMapToDouble(Matrix::values).toArray();
        Range range = Range.around(Arrays.stream(values), 0);
        double size = Math.max(Math.abs(range.low()), Math.abs(range.high()));
        return Arrays.stream(values).filter(Range::drawable).anyMatch(value -> value < 0)
                ? continuous(new Range(-size, size), Colors.DIVERGING)
                : continuous(range, Colors.SEQUENTIAL);
    }

    private static ColorScale continuous(Range range, List<Color> ramp) {
        return new ColorScale(range, Ticks.linear(range), ramp, List.of());
    }

    private static ColorScale banded(List<Double> levels) {
        int stride = Math.ceilDiv(levels.size(), LABELS);
        List<Ticks.Tick> ticks = new ArrayList<>();
        for (int i = 0; i < levels.size(); i += stride) {
            ticks.add(new Ticks.Tick(i + 1, Ticks.text(levels.get(i), 3)));
        }
        return new ColorScale(new Range(0, levels.size() + 1), ticks, Colors.BACKDROP, levels);
    }

    /** The colour of a value; grey for one that has no place on the bar. */
    Color of(double value) {
        if (!Range.drawable(value)) {
            return Colors.MISSING;
        }
        if (levels.isEmpty()) {
            return onBar(value);
        }
        int below = 0;
        while (below < levels.size() && levels.get(below) <= value) {
            below++;
        }
        return onBar(below);
    }

    private Color onBar(double place) {
        if (levels.isEmpty()) {
            return Colors.on(ramp, range.fraction(place));
        }
        return Colors.on(ramp, Math.floor(place) / levels.size());
    }

    @Override
    public double getLowerBound() {
        return range.low();
    }

    @Override
    public double getUpperBound() {
        return range.high();
    }

    @Override
    public Paint getPaint(double place) {
        return onBar(place);
    }
}
