package dev.gradus.examples.plot;

import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;

/** Shapes of points, centred on (0, 0): colour alone should not tell classes apart. */
final class Markers {
    static final Shape STEP = circle(1.5);
    static final Shape DOT = circle(2.5);
    static final Shape START = circle(6);
    static final Shape END = polygon(4, 7, 7);
    static final Shape STAR = polygon(10, 10, 4.2);

    private static final List<Shape> POINTS =
            List.of(
                    circle(5),
                    new Rectangle2D.Double(-4.5, -4.5, 9, 9),
                    polygon(3, 6.5, 6.5),
                    polygon(4, 6.5, 6.5));

    private Markers() {}

    static Shape ofSeries(int index) {
        return POINTS.get(index % POINTS.size());
    }

    private static Shape circle(double radius) {
        return new Ellipse2D.Double(-radius, -radius, 2 * radius, 2 * radius);
    }

    /** Corners on two circles in turn, the first one at the top: a star if the circles differ. */
    private static Shape polygon(int corners, double radius, double otherRadius) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < corners; i++) {
            double r = i % 2 == 0 ? radius : otherRadius;
            double angle = 2 * Math.PI * i / corners;
            double x = r * Math.sin(angle);
            double y = -r * Math.cos(angle);
            if (i == 0) {
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
        path.closePath();
        return path;
    }
}
