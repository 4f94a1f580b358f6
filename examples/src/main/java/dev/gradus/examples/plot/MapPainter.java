package dev.gradus.examples.plot;

import org.jfree.chart.annotations.XYAnnotation;
import org.jfree.chart.annotations.XYDataImageAnnotation;
import org.jfree.chart.annotations.XYShapeAnnotation;
import org.jfree.chart.annotations.XYTextAnnotation;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * How a map layer looks: a picture that fills the axes, and lines or numbers over it. The picture
 * is one image, not a rectangle a cell: between those, thin seams would show.
 */
final class MapPainter {
    /** The line between two classes. */
    static final BasicStroke BOUNDARY = stroke(2.2f);

    private static final BasicStroke CONTOUR = stroke(0.9f);
    private static final int IMAGE_WIDTH = 800;
    private static final int IMAGE_HEIGHT = 600;

    /** More cells than this along an axis, and there is no room to write their values. */
    private static final int WRITTEN_CELLS = 12;

    private MapPainter() {}

    /** The image and what is over it, back to front. */
    static List<XYAnnotation> paint(Layer.Map map, ColorScale colors) {
        List<XYAnnotation> result = new ArrayList<>();
        switch (map) {
            case Layer.Probability(Surface surface) -> {
                result.add(filling(map, smooth(surface, colors)));
                result.add(contour(surface, 0.5, BOUNDARY, Colors.INK));
            }
            case Layer.Bands(Surface surface, List<Double> levels) -> {
                result.add(filling(map, smooth(surface, colors)));
                for (double level : levels) {
                    result.add(contour(surface, level, CONTOUR, Colors.CONTOUR));
                }
            }
            case Layer.Cells cells -> {
                Matrix matrix = cells.matrix();
                result.add(filling(cells, colors));
                if (Math.max(matrix.rows(), matrix.columns()) <= WRITTEN_CELLS) {
                    result.addAll(numbers(cells, colors));
                }
            }
        }
        return result;
    }

    private static BasicStroke stroke(float width) {
        return new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    }

    /** The cells without their numbers. */
    static XYAnnotation filling(Layer.Cells cells, ColorScale colors) {
        return filling(cells, image(cells.matrix(), colors));
    }

    private static XYAnnotation filling(Layer.Map map, BufferedImage image) {
        Range x = map.xRange();
        Range y = map.yRange();
        return new XYDataImageAnnotation(image, x.low(), y.low(), x.length(), y.length());
    }

    private static XYAnnotation contour(
            Surface surface, double level, BasicStroke stroke, Color color) {
        return new XYShapeAnnotation(MarchingSquares.line(surface, level), stroke, color);
    }

    private static BufferedImage smooth(Surface surface, ColorScale colors) {
        BufferedImage image = image(IMAGE_WIDTH, IMAGE_HEIGHT);
        for (int row = 0; row < IMAGE_HEIGHT; row++) {
            for (int column = 0; column < IMAGE_WIDTH; column++) {
                double u = (column + 0.5) / IMAGE_WIDTH;
                double v = 1 - (row + 0.5) / IMAGE_HEIGHT;
                image.setRGB(column, row, colors.of(surface.interpolate(u, v)).getRGB());
            }
        }
        return image;
    }

    /** Each cell as many equal pixels: enlarging single pixels would blur them. */
    private static BufferedImage image(Matrix matrix, ColorScale colors) {
        int width = Math.ceilDiv(IMAGE_WIDTH, matrix.columns());
        int height = Math.ceilDiv(IMAGE_HEIGHT, matrix.rows());
        BufferedImage image = image(width * matrix.columns(), height * matrix.rows());
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, colors.of(matrix.at(y / height, x / width)).getRGB());
            }
        }
        return image;
    }

    private static BufferedImage image(int width, int height) {
        return new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    }

    private static List<XYAnnotation> numbers(Layer.Cells cells, ColorScale colors) {
        Matrix matrix = cells.matrix();
        List<XYAnnotation> result = new ArrayList<>();
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < matrix.columns(); column++) {
                double value = matrix.at(row, column);
                var text = new XYTextAnnotation(Ticks.text(value, 2), column, cells.y(row));
                text.setFont(Fonts.TICK);
                text.setPaint(Colors.textOn(colors.of(value)));
                result.add(text);
            }
        }
        return result;
    }
}
