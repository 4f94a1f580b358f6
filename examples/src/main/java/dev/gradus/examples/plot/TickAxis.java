package dev.gradus.examples.plot;

import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * An axis over a fixed range with given ticks. JFreeChart's own choice of ticks depends on the
 * locale, and its log axis writes powers as outlines, not as text.
 */
final class TickAxis extends NumberAxis {
    private static final long serialVersionUID = 1L;

    private final transient List<Ticks.Tick> ticks;

    TickAxis(String label, Range range, List<Ticks.Tick> ticks) {
        super(label);
        this.ticks = ticks;
        setAutoRange(false);
        setRange(range.low(), range.high());
        setLabelFont(Fonts.AXIS);
        setTickLabelFont(Fonts.TICK);
        setTickLabelInsets(new RectangleInsets(5, 7, 5, 7));
        setLabelPaint(Colors.INK);
        setTickLabelPaint(Colors.INK);
        setAxisLinePaint(Colors.INK);
        setTickMarkPaint(Colors.INK);
        setMinorTickMarksVisible(true);
        setMinorTickMarkOutsideLength(2);
        setTickMarkOutsideLength(5);
    }

    @Override
    public List<NumberTick> refreshTicks(
            Graphics2D g2, AxisState state, Rectangle2D area, RectangleEdge edge) {
        TextAnchor anchor = TextAnchor.CENTER_LEFT;
        if (edge.equals(RectangleEdge.LEFT)) {
            anchor = TextAnchor.CENTER_RIGHT;
        } else if (edge.equals(RectangleEdge.BOTTOM)) {
            anchor = isVerticalTickLabels() ? TextAnchor.CENTER_RIGHT : TextAnchor.TOP_CENTER;
        }
        double angle = isVerticalTickLabels() ? -Math.PI / 2 : 0;
        List<NumberTick> result = new ArrayList<>();
        for (Ticks.Tick tick : ticks) {
            TickType type = tick.label().isEmpty() ? TickType.MINOR : TickType.MAJOR;
            result.add(new NumberTick(type, tick.place(), tick.label(), anchor, anchor, angle));
        }
        return result;
    }
}
