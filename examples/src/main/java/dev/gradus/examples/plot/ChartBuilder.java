package dev.gradus.examples.plot;

import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYAnnotation;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.DatasetRenderingOrder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYItemRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.PaintScaleLegend;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.DefaultXYDataset;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.util.List;

/** Turns a picture into a JFreeChart chart. */
final class ChartBuilder {
    /** About how wide a picture's axes are, in pixels. */
    private static final int AREA_WIDTH = 690;

    /** Between a name below the axis and the next one. */
    private static final int BLANK = 6;

    private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

    private static final BasicStroke GRID = new BasicStroke(0.8f);

    private ChartBuilder() {}

    static JFreeChart chart(Picture picture) {
        Axes axes = Axes.of(picture);
        XYPlot plot = plot(picture, axes, AREA_WIDTH);
        JFreeChart chart = chart(picture.title(), Fonts.TITLE, plot);

        SeriesPainter painter = new SeriesPainter(plot, axes, picture.isLogY());
        Layer first = picture.layers().getFirst();
        if (first instanceof Layer.Map map) {
            addBehind(plot, MapPainter.paint(map, ColorScale.of(map)));
            if (map instanceof Layer.Probability) {
                painter.legendLine("probability 0.5", Colors.INK, MapPainter.BOUNDARY);
            }
        }
        painter.paint(
                picture.layers().stream()
                        .filter(Layer.Data.class::isInstance)
                        .map(Layer.Data.class::cast)
                        .toList());
        // The legend takes the full width, so it comes before the colour bar.
        if (plot.getLegendItems().getItemCount() > 0) {
            chart.addLegend(legend(plot));
        }
        if (first instanceof Layer.Map map) {
            chart.addSubtitle(colorBar(picture.colorLabel(), ColorScale.of(map)));
        }
        return chart;
    }

    /**
     * A heat map among others: in a colour scale whose bar is elsewhere, and without numbers in its
     * cells.
     *
     * @param width of the map, in pixels
     */
    static JFreeChart panel(Picture heatMap, ColorScale colors, int width) {
        XYPlot plot = plot(heatMap, Axes.of(heatMap), width);
        Layer.Cells cells = (Layer.Cells) heatMap.layers().getFirst();
        addBehind(plot, List.of(MapPainter.filling(cells, colors)));
        return chart(heatMap.title(), Fonts.AXIS, plot);
    }

    private static JFreeChart chart(String title, Font font, XYPlot plot) {
        JFreeChart chart = new JFreeChart(title, font, plot, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(8, 8, 8, 16));
        chart.getTitle().setPaint(Colors.INK);
        return chart;
    }

    private static XYPlot plot(Picture picture, Axes axes, int width) {
        XYPlot plot = new XYPlot();
        TickAxis x = new TickAxis(picture.xLabel(), axes.x(), axes.xTicks());
        x.setVerticalTickLabels(!fitBesideEachOther(axes.xTicks(), width));
        plot.setDomainAxis(x);
        plot.setRangeAxis(new TickAxis(picture.yLabel(), axes.y(), axes.yTicks()));
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(Colors.GRID);
        plot.setRangeGridlinePaint(Colors.GRID);
        plot.setDomainGridlineStroke(GRID);
        plot.setRangeGridlineStroke(GRID);
        plot.setOutlinePaint(Colors.INK);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
        return plot;
    }

    private static boolean fitBesideEachOther(List<Ticks.Tick> ticks, int width) {
        double widths = 0;
        for (Ticks.Tick tick : ticks) {
            widths += Fonts.TICK.getStringBounds(tick.label(), CONTEXT).getWidth() + BLANK;
        }
        return widths <= width;
    }

    /** Annotations are drawn behind the data only when they belong to a renderer. */
    private static void addBehind(XYPlot plot, List<XYAnnotation> annotations) {
        XYItemRenderer renderer = new XYLineAndShapeRenderer();
        for (XYAnnotation annotation : annotations) {
            renderer.addAnnotation(annotation, org.jfree.chart.ui.Layer.BACKGROUND);
        }
        plot.setRenderer(0, renderer);
        plot.setDataset(0, new DefaultXYDataset());
    }

    static PaintScaleLegend colorBar(String label, ColorScale colors) {
        TickAxis axis = new TickAxis(label, colors.range(), colors.ticks());
        PaintScaleLegend bar = new PaintScaleLegend(colors, axis);
        bar.setPosition(RectangleEdge.RIGHT);
        bar.setAxisLocation(AxisLocation.BOTTOM_OR_RIGHT);
        bar.setStripWidth(20);
        bar.setStripOutlineVisible(true);
        bar.setStripOutlinePaint(Colors.INK);
        bar.setSubdivisionCount(120);
        bar.setBackgroundPaint(Color.WHITE);
        bar.setMargin(0, 16, 50, 0);
        return bar;
    }

    private static LegendTitle legend(XYPlot plot) {
        LegendTitle legend = new LegendTitle(plot);
        legend.setPosition(RectangleEdge.BOTTOM);
        legend.setItemFont(Fonts.LEGEND);
        legend.setItemPaint(Colors.INK);
        legend.setBackgroundPaint(Color.WHITE);
        legend.setFrame(BlockBorder.NONE);
        legend.setItemLabelPadding(new RectangleInsets(2, 4, 2, 10));
        legend.setMargin(6, 0, 0, 0);
        return legend;
    }
}
