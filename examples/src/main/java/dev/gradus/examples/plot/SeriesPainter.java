package dev.gradus.examples.plot;

import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.StandardXYBarPainter;
import org.jfree.chart.renderer.xy.XYBarRenderer;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.DefaultXYDataset;
import org.jfree.data.xy.XYBarDataset;
import org.jfree.data.xy.XYDataset;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.List;

/** Adds the layers that consist of points to a plot: each one a data set with its own renderer. */
final class SeriesPainter {
    private static final BasicStroke RIM = new BasicStroke(1.2f);
    private static final double BAR_WIDTH = 0.7;

    private final XYPlot plot;
    private final Axes axes;
    private final boolean logY;
    private final LabelPlacer labels;

    /** Starts and ends of paths: drawn last, so that no path covers another one's. */
    private final List<Runnable> ends = new ArrayList<>();

    /** How many colours are used. */
    private int colors;

    SeriesPainter(XYPlot plot, Axes axes, boolean logY) {
        this.plot = plot;
        this.axes = axes;
        this.logY = logY;
        this.labels = new LabelPlacer(axes);
    }

    void paint(List<Layer.Data> layers) {
        for (Layer.Data layer : layers) {
            labels.avoid(layer.series().drawn(logY));
        }
        for (Layer.Data layer : layers) {
            Series series = layer.series().drawn(logY);
            switch (layer) {
                case Layer.Line _ -> line(series);
                case Layer.Trace _ -> trace(series);
                case Layer.Points(var _, List<String> texts) -> points(series, texts);
                case Layer.Mark _ -> add(series, points(Markers.STAR, Colors.YELLOW), true);
                case Layer.Bars(var _, var _, int group, int groups) -> bars(series, group, groups);
            }
        }
        ends.forEach(Runnable::run);
    }

    /** An entry of the legend for something that is not made of points. */
    void legendLine(String name, Color color, BasicStroke stroke) {
        add(nowhere(name), lines(color, stroke), true);
    }

    private void line(Series series) {
        Color color = Colors.ofSeries(colors);
        add(series, lines(color, stroke(2.2f, Colors.round(colors))), true);
        colors++;
        for (int i = 0; i < series.size(); i++) {
            if (series.visible(i) && !series.visible(i - 1) && !series.visible(i + 1)) {
                add(series.part(i, i + 1), points(Markers.DOT, color), false);
            }
        }
    }

    private void trace(Series series) {
        Color color = Colors.ofSeries(colors);
        XYLineAndShapeRenderer renderer = lines(color, stroke(1.8f, Colors.round(colors)));
        renderer.setDefaultShapesVisible(true);
        renderer.setDrawOutlines(false);
        renderer.setDefaultShape(Markers.STEP);
        add(series, renderer, true);
        colors++;
        boolean first = ends.isEmpty();
        int last = series.size() - 1;
        ends.add(() -> {
            add(series.part(0, 1), points(Markers.START, Color.WHITE), false);
            add(series.part(last, last + 1), points(Markers.END, color), false);
            if (first) {
                add(nowhere("start"), points(Markers.START, Color.WHITE), true);
                add(nowhere("end"), points(Markers.END, Colors.GRID), true);
            }
        });
    }

    private void points(Series series, List<String> texts) {
        add(series, points(Markers.ofSeries(colors), Colors.ofSeries(colors)), true);
        colors++;
        for (int i = 0; i < texts.size(); i++) {
            if (series.visible(i)) {
                plot.addAnnotation(labels.place(texts.get(i), series.x(i), series.y(i)));
            }
        }
    }

    private void bars(Series series, int group, int groups) {
        double width = BAR_WIDTH / groups;
        XYBarRenderer renderer = new XYBarRenderer();
        renderer.setBarPainter(new StandardXYBarPainter());
        renderer.setShadowVisible(false);
        renderer.setBase(logY ? axes.y().low() : 0);
        renderer.setDefaultPaint(Colors.ofSeries(colors));
        renderer.setAutoPopulateSeriesPaint(false);
        colors++;
        Series beside = series.shifted((group - (groups - 1) / 2.0) * width);
        add(new XYBarDataset(dataset(beside), width), renderer, groups > 1);
    }

    private void add(Series series, XYItemRenderer renderer, boolean inLegend) {
        add(dataset(series), renderer, inLegend);
    }

    private void add(XYDataset dataset, XYItemRenderer renderer, boolean inLegend) {
        int index = plot.getDatasetCount();
        renderer.setDefaultSeriesVisibleInLegend(inLegend);
        plot.setDataset(index, dataset);
        plot.setRenderer(index, renderer);
    }

    private static XYDataset dataset(Series series) {
        DefaultXYDataset dataset = new DefaultXYDataset();
        dataset.addSeries(series.name(), series.toArrays());
        return dataset;
    }

    private static Series nowhere(String name) {
        return new Series(name, new double[] {Double.NaN}, new double[] {Double.NaN});
    }

    private static XYLineAndShapeRenderer lines(Color color, BasicStroke stroke) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);
        // Segment by segment, a dash pattern would start anew at each point.
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setDefaultPaint(color);
        renderer.setDefaultStroke(stroke);
        renderer.setLegendLine(new Line2D.Double(-12, 0, 12, 0));
        renderer.setAutoPopulateSeriesPaint(false);
        renderer.setAutoPopulateSeriesStroke(false);
        renderer.setAutoPopulateSeriesShape(false);
        return renderer;
    }

    private static XYLineAndShapeRenderer points(Shape shape, Color fill) {
        XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
        renderer.setDefaultShape(shape);
        renderer.setUseFillPaint(true);
        renderer.setDefaultFillPaint(fill);
        renderer.setUseOutlinePaint(true);
        renderer.setDefaultOutlinePaint(Colors.INK);
        renderer.setDefaultOutlineStroke(RIM);
        renderer.setAutoPopulateSeriesShape(false);
        renderer.setAutoPopulateSeriesPaint(false);
        renderer.setAutoPopulateSeriesFillPaint(false);
        renderer.setAutoPopulateSeriesOutlinePaint(false);
        renderer.setAutoPopulateSeriesOutlineStroke(false);
        return renderer;
    }

    /** Solid in the first round through the colours, then dashed, then dotted. */
    private static BasicStroke stroke(float width, int round) {
        int cap = BasicStroke.CAP_ROUND;
        int join = BasicStroke.JOIN_ROUND;
        if (round == 0) {
            return new BasicStroke(width, cap, join);
        }
        float[] dash = round == 1 ? new float[] {8, 6} : new float[] {1, 5};
        return new BasicStroke(width, cap, join, 1, dash, 0);
    }
}
