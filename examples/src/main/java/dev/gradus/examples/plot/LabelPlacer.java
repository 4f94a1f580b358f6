package dev.gradus.examples.plot;

import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.ui.TextAnchor;

import java.awt.font.FontRenderContext;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a text beside each point, on the side where it covers least of the points and the texts that
 * are there already. Works on an estimate of the drawing area, which is known only while drawing.
 */
final class LabelPlacer {
    private static final double AREA_WIDTH = 690;
    private static final double AREA_HEIGHT = 430;
    private static final double DISTANCE = 8;
    private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

    /** A side of a point: the direction to it, and the corner of the text that lies there. */
    private record Side(int right, int up, TextAnchor anchor) {}

    private static final List<Side> SIDES =
            List.of(
                    new Side(1, 0, TextAnchor.CENTER_LEFT),
                    new Side(0, 1, TextAnchor.BOTTOM_CENTER),
                    new Side(-1, 0, TextAnchor.CENTER_RIGHT),
                    new Side(0, -1, TextAnchor.TOP_CENTER),
                    new Side(1, 1, TextAnchor.BOTTOM_LEFT),
                    new Side(-1, 1, TextAnchor.BOTTOM_RIGHT),
                    new Side(-1, -1, TextAnchor.TOP_RIGHT),
                    new Side(1, -1, TextAnchor.TOP_LEFT));

    private final Axes axes;
    private final Rectangle2D area = new Rectangle2D.Double(0, 0, AREA_WIDTH, AREA_HEIGHT);

    /** What is in the way, in estimated pixels, y upwards. */
    private final List<Rectangle2D> taken = new ArrayList<>();

    LabelPlacer(Axes axes) {
        this.axes = axes;
    }

    /** Keeps texts off the points of {@code series}. */
    void avoid(Series series) {
        for (int i = 0; i < series.size(); i++) {
            if (series.visible(i)) {
                double x = AREA_WIDTH * axes.x().fraction(series.x(i));
                double y = AREA_HEIGHT * axes.y().fraction(series.y(i));
                taken.add(new Rectangle2D.Double(x - 5, y - 5, 10, 10));
            }
        }
    }

    XYTextAnnotation place(String text, double x, double y) {
        double centreX = AREA_WIDTH * axes.x().fraction(x);
        double centreY = AREA_HEIGHT * axes.y().fraction(y);
        Rectangle2D size = Fonts.TICK.getStringBounds(text, CONTEXT);
        Side best = SIDES.getFirst();
        double least = Double.POSITIVE_INFINITY;
        for (Side side : SIDES) {
            double covered = covered(box(side, centreX, centreY, size));
            if (covered < least) {
                best = side;
                least = covered;
            }
        }
        taken.add(box(best, centreX, centreY, size));
        double dx = best.right() * distance(best) / AREA_WIDTH;
        double dy = best.up() * distance(best) / AREA_HEIGHT;
        var label =
                new XYTextAnnotation(text, x + dx * axes.x().length(), y + dy * axes.y().length());
        label.setTextAnchor(best.anchor());
        label.setFont(Fonts.TICK);
        label.setPaint(Colors.INK);
        return label;
    }

    private static double distance(Side side) {
        return side.right() != 0 && side.up() != 0 ? DISTANCE / 2 : DISTANCE;
    }

    private static Rectangle2D box(Side side, double x, double y, Rectangle2D size) {
        double centreX = x + side.right() * (distance(side) + size.getWidth() / 2);
        double centreY = y + side.up() * (distance(side) + size.getHeight() / 2);
        return new Rectangle2D.Double(
                centreX - size.getWidth() / 2,
                centreY - size.getHeight() / 2,
                size.getWidth(),
                size.getHeight());
    }

    /** The area shared with what is taken; what lies outside the drawing area counts double. */
    private double covered(Rectangle2D box) {
        double sum = 2 * (size(box) - size(box.createIntersection(area)));
        for (Rectangle2D other : taken) {
            if (box.intersects(other)) {
                sum += size(box.createIntersection(other));
            }
        }
        return sum;
    }

    private static double size(Rectangle2D box) {
        return Math.max(0, box.getWidth()) * Math.max(0, box.getHeight());
    }
}
