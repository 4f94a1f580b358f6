package dev.gradus.examples.plot;

import dev.gradus.autograd.TapeGraph;

import org.jfree.chart.text.TextUtils;
import org.jfree.chart.ui.TextAnchor;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.awt.geom.RoundRectangle2D;
import java.nio.file.Path;
import java.util.List;

/**
 * What a tape recorded, drawn: a box a tensor with its operation, shape, value and gradient, an
 * arrow from each input to each result, results below. Yellow is watched, blue a parameter, grey a
 * constant, green the result. Made by {@link Plot#tape}.
 */
public final class TapeDrawing {
    private static final Font TEXT = new Font(Font.MONOSPACED, Font.PLAIN, 13);
    private static final Font HEAD = new Font(Font.SANS_SERIF, Font.BOLD, 14);
    private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);
    private static final BasicStroke LINE =
            new BasicStroke(1.3f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);

    private static final int LINE_HEIGHT = 17;
    private static final int PADDING = 9;
    private static final int MARGIN = 24;
    private static final int TITLE_HEIGHT = 56;

    /** More nodes than this are drawn without their numbers. */
    private static final int WITH_NUMBERS = 40;

    /** The most pixels of a picture, 100 MB in memory. */
    private static final long MOST_PIXELS = 25_000_000;

    private static final Color WATCHED = new Color(0xFBE3B0);
    private static final Color PARAMETER = new Color(0xCFE6F5);
    private static final Color CONSTANT = new Color(0xE8E8E8);
    private static final Color RESULT = new Color(0xCDEBDD);

    private final String title;
    private final TapeGraph graph;
    private final List<List<String>> texts;
    private final LayeredLayout layout;

    TapeDrawing(String title, TapeGraph graph) {
        List<TapeGraph.Node> nodes = graph.nodes();
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException(
                    "tape '%s': nothing was recorded; compute something of a watched tensor first"
                            .formatted(title));
        }
        this.title = title;
        this.graph = graph;
        boolean numbers = nodes.size() <= WITH_NUMBERS;
        this.texts =
                nodes.stream()
                        .map(node -> numbers ? node.lines() : node.lines().subList(0, 2))
                        .toList();
        this.layout =
                new LayeredLayout(
                        nodes.stream().map(TapeGraph.Node::inputs).toList(),
                        texts.stream().map(TapeDrawing::size).toList());
    }

    private static double[] size(List<String> lines) {
        double width = HEAD.getStringBounds(lines.getFirst(), CONTEXT).getWidth();
        for (String line : lines.subList(1, lines.size())) {
            width = Math.max(width, TEXT.getStringBounds(line, CONTEXT).getWidth());
        }
        return new double[] {
            Math.ceil(width) + 2 * PADDING, lines.size() * LINE_HEIGHT + 2 * PADDING
        };
    }

    /**
     * Writes {@code name.png} and {@code name.svg} as {@link Picture#save} does, but as large as
     * the graph needs. A graph of more than 40 nodes is drawn without its numbers.
     *
     * @param directory made when missing
     * @param name a file name without extension
     * @return the two files, PNG first
     * @throws IllegalArgumentException if the graph is too large for a picture, or the name is not
     *     a plain file name
     * @throws java.io.UncheckedIOException if a file can't be written; the message names it
     */
    public List<Path> save(Path directory, String name) {
        double titleWidth = Fonts.TITLE.getStringBounds(title, CONTEXT).getWidth();
        int width = (int) Math.ceil(Math.max(layout.width(), titleWidth)) + 2 * MARGIN;
        int height = (int) Math.ceil(layout.height()) + TITLE_HEIGHT + MARGIN;
        if ((long) width * height > MOST_PIXELS) {
            throw new IllegalArgumentException(
                    "tape '%s': %d nodes need %d × %d pixels; draw a part of the graph, or let"
                                    .formatted(title, graph.nodes().size(), width, height)
                            + " Graphviz draw graph.toDot()");
        }
        return PictureFiles.write(width, height, g -> draw(g, width), directory, name);
    }

    private void draw(Graphics2D g, int width) {
        // As the sizes were measured: without these, text is wider and rims are jagged.
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(
                RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(
                RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        g.setPaint(Colors.INK);
        g.setFont(Fonts.TITLE);
        TextUtils.drawAlignedString(title, g, width / 2f, 16, TextAnchor.TOP_CENTER);
        double left = (width - layout.width()) / 2;
        AffineTransform shift = AffineTransform.getTranslateInstance(left, TITLE_HEIGHT);
        g.setStroke(LINE);
        for (Path2D edge : layout.edges()) {
            Path2D curve = new Path2D.Double(edge, shift);
            g.draw(curve);
            g.fill(tip(curve));
        }
        for (int i = 0; i < texts.size(); i++) {
            LayeredLayout.Box box = layout.boxes().get(i);
            drawBox(
                    g,
                    color(graph.nodes().get(i)),
                    texts.get(i),
                    left + box.x() - box.width() / 2,
                    TITLE_HEIGHT + box.y() - box.height() / 2,
                    box);
        }
    }

    private static void drawBox(
            Graphics2D g,
            Color color,
            List<String> lines,
            double x,
            double y,
            LayeredLayout.Box box) {
        var outline = new RoundRectangle2D.Double(x, y, box.width(), box.height(), 12, 12);
        g.setPaint(color);
        g.fill(outline);
        g.setPaint(Colors.INK);
        g.draw(outline);
        g.setFont(HEAD);
        for (int i = 0; i < lines.size(); i++) {
            float baseline = (float) (y + PADDING + LINE_HEIGHT * (i + 0.75));
            g.drawString(withHardBlanks(lines.get(i)), (float) x + PADDING, baseline);
            g.setFont(TEXT);
        }
    }

    /** An XML reader may join ordinary blanks, and columns of numbers would shift. */
    private static String withHardBlanks(String line) {
        return line.replace(' ', '\u00A0');
    }

    private Color color(TapeGraph.Node node) {
        if (!node.isLeaf()) {
            return node.id() == graph.nodes().size() - 1 ? RESULT : Color.WHITE;
        }
        return switch (node.operation()) {
            case TapeGraph.WATCHED -> WATCHED;
            case TapeGraph.PARAMETER -> PARAMETER;
            default -> CONSTANT;
        };
    }

    /** The arrow tip at the end of a curve, which comes from above. */
    private static Path2D tip(Path2D curve) {
        Point2D end = curve.getCurrentPoint();
        Path2D tip = new Path2D.Double();
        tip.moveTo(end.getX(), end.getY());
        tip.lineTo(end.getX() - 4.5, end.getY() - 10);
        tip.lineTo(end.getX() + 4.5, end.getY() - 10);
        tip.closePath();
        return tip;
    }
}
