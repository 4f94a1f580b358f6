package dev.gradus.examples.plot;

import java.awt.geom.Rectangle2D;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A picture with a title and two named axes, started by {@link Plot} and saved as PNG and SVG. No
 * window is needed. Immutable: every method returns a new picture.
 *
 * <p>Colours are those of Okabe and Ito, "Color Universal Design" (2008), which people with a
 * colour vision deficiency can tell apart. The same input gives the same bytes.
 *
 * <p>NaN and infinite values (and magnitudes beyond 1e300) leave a gap; on a log axis zero and
 * negative ones do, too. A value between two gaps is drawn as a dot.
 */
public final class Picture {
    static {
        // Before any AWT class is loaded: without it, AWT looks for a screen. A program that shows
        // windows has said so itself.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
    }

    private static final int WIDTH = 800;
    private static final int HEIGHT = 600;

    private final String title;
    private final String xLabel;
    private final String yLabel;
    private final String colorLabel;
    private final boolean logY;
    private final List<Layer> layers;

    private Picture(
            String title,
            String xLabel,
            String yLabel,
            String colorLabel,
            boolean logY,
            List<Layer> layers) {
        this.title = title;
        this.xLabel = xLabel;
        this.yLabel = yLabel;
        this.colorLabel = colorLabel;
        this.logY = logY;
        this.layers = layers;
    }

    static Picture titled(String title) {
        return new Picture(title, "x", "y", "value", false, List.of());
    }

    /** Names the horizontal axis. */
    public Picture xLabel(String label) {
        return new Picture(title, label, yLabel, colorLabel, logY, layers);
    }

    /** Names the vertical axis. */
    public Picture yLabel(String label) {
        return new Picture(title, xLabel, label, colorLabel, logY, layers);
    }

    /** Names the colour bar of a heat map or contour plot. */
    public Picture colorLabel(String label) {
        return new Picture(title, xLabel, yLabel, label, logY, layers);
    }

    /**
     * Makes the vertical axis logarithmic: for curves, points and bars. Zero and negative values
     * have no place on it and leave a gap.
     *
     * @throws IllegalArgumentException if the picture is a heat map or contour plot
     */
    public Picture logY() {
        if (layers.stream().anyMatch(layer -> layer instanceof Layer.Map)) {
            throw new IllegalArgumentException(
                    "picture '%s': a heat map or contour plot has no log axis".formatted(title));
        }
        return new Picture(title, xLabel, yLabel, colorLabel, true, layers);
    }

    /** Adds a curve through values at x = 0, 1, 2, … */
    public Picture line(String name, double... y) {
        return with(new Layer.Line(Series.counted(name, y)));
    }

    /** Adds a curve through the points (x[i], y[i]). */
    public Picture line(String name, double[] x, double[] y) {
        return with(new Layer.Line(new Series(name, x, y)));
    }

    /** Adds separate points, one (x, y) a row. */
    public Picture points(String name, double[][] xy) {
        return points(name, xy, List.of());
    }

    /**
     * Adds separate points with a text at each, such as word vectors.
     *
     * @param xy one (x, y) a row
     * @param labels one a row, or empty
     * @throws IllegalArgumentException if there are labels, but not one a point
     */
    public Picture points(String name, double[][] xy, List<String> labels) {
        if (!labels.isEmpty() && labels.size() != xy.length) {
            throw new IllegalArgumentException(
                    "series '%s': %d points but %d labels; give one each, or none"
                            .formatted(name, xy.length, labels.size()));
        }
        return with(new Layer.Points(Series.ofPoints(name, xy), List.copyOf(labels)));
    }

    /**
     * Adds the path of an optimizer: a line with a small marker at each step; its start and its end
     * are marked.
     *
     * @param xy one (x, y) a step
     */
    public Picture path(String name, double[][] xy) {
        return with(new Layer.Trace(Series.ofPoints(name, xy)));
    }

    /** Marks one place with a star, such as a minimum. */
    public Picture mark(String name, double x, double y) {
        return with(new Layer.Mark(Series.ofPoints(name, new double[][] {{x, y}})));
    }

    Picture with(Layer layer) {
        List<Layer> more = new ArrayList<>(layers);
        more.add(layer);
        return new Picture(title, xLabel, yLabel, colorLabel, logY, List.copyOf(more));
    }

    /**
     * Writes {@code name.png} (800 × 600 pixels) and {@code name.svg} (text as text). Each file is
     * written beside its place and then moved there, so nobody sees half a picture; a file that was
     * there is replaced.
     *
     * @param directory made when missing
     * @param name a file name without extension
     * @return the two files, PNG first
     * @throws IllegalArgumentException if the picture has nothing to draw, or the name is not a
     *     plain file name
     * @throws java.io.UncheckedIOException if a file can't be written; the message names it
     */
    public List<Path> save(Path directory, String name) {
        if (layers.isEmpty()) {
            throw new IllegalArgumentException(
                    "picture '%s' is empty: add a line, points or a path before save"
                            .formatted(title));
        }
        var chart = ChartBuilder.chart(this);
        var area = new Rectangle2D.Double(0, 0, WIDTH, HEIGHT);
        return PictureFiles.write(WIDTH, HEIGHT, g -> chart.draw(g, area), directory, name);
    }

    String title() {
        return title;
    }

    String xLabel() {
        return xLabel;
    }

    String yLabel() {
        return yLabel;
    }

    String colorLabel() {
        return colorLabel;
    }

    boolean isLogY() {
        return logY;
    }

    List<Layer> layers() {
        return layers;
    }
}
