package dev.gradus.examples.plot;

import org.apache.batik.svggen.ImageHandlerBase64Encoder;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGGraphics2DIOException;
import org.jfree.chart.text.TextUtils;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;

/** Draws something as PNG and as SVG and puts the bytes into files. */
final class PictureFiles {
    private static final String SVG = "http://www.w3.org/2000/svg";

    private static final String XLINK = "http://www.w3.org/1999/xlink";

    static {
        // Otherwise JFreeChart draws upright text as outlines, which in SVG is no text.
        TextUtils.setUseDrawRotatedStringWorkaround(false);
    }

    private PictureFiles() {}

    /** {@code drawing} draws on a white area of {@code width} × {@code height} pixels, twice. */
    static List<Path> write(
            int width, int height, Consumer<Graphics2D> drawing, Path directory, String name) {
        if (name.isBlank() || !Path.of(name).equals(Path.of(name).getFileName())) {
            throw new IllegalArgumentException(
                    "save(%s, '%s'): give a plain file name without extension, such as 'loss'"
                            .formatted(directory, name));
        }
        Path png = directory.resolve(name + ".png");
        Path svg = directory.resolve(name + ".svg");
        try {
            byte[] pixels = png(width, height, drawing);
            byte[] elements = svg(width, height, drawing);
            Files.createDirectories(directory);
            replace(png, pixels);
            replace(svg, elements);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "picture '%s' can't be saved in %s (%s): choose a directory you may write to"
                            .formatted(name, directory.toAbsolutePath(), e),
                    e);
        }
        return List.of(png, svg);
    }

    private static byte[] png(int width, int height, Consumer<Graphics2D> drawing)
            throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
        g.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        drawing.accept(g);
        g.dispose();
        return encode(image);
    }

    /** The bytes of {@code image} as a PNG file. */
    private static byte[] encode(RenderedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Not through ImageIO's default stream, which is a temporary file.
        try (var stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", stream);
        }
        return bytes.toByteArray();
    }

    private static byte[] svg(int width, int height, Consumer<Graphics2D> drawing)
            throws IOException {
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(emptyDocument());
        context.setImageHandler(new InlineImages());
        context.setPrecision(2);
        SVGGraphics2D g = new SVGGraphics2D(context, false);
        g.setSVGCanvasSize(new Dimension(width, height));
        drawing.accept(g);
        Element root = g.getRoot();
        root.setAttribute("viewBox", "0 0 " + width + " " + height);
        // Not through Batik's writer, which names an outside DTD that many parsers then load.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            TransformerFactory.newDefaultInstance()
                    .newTransformer()
                    .transform(new DOMSource(root), new StreamResult(bytes));
        } catch (TransformerException e) {
            throw new IOException("the drawing can't be written as XML", e);
        }
        return bytes.toByteArray();
    }

    /** Puts images into the drawing itself. Batik's own handler needs one more library for it. */
    private static final class InlineImages extends ImageHandlerBase64Encoder {
        @Override
        public void handleHREF(RenderedImage image, Element element, SVGGeneratorContext context)
                throws SVGGraphics2DIOException {
            try {
                String base64 = Base64.getEncoder().encodeToString(encode(image));
                element.setAttributeNS(XLINK, "xlink:href", "data:image/png;base64," + base64);
            } catch (IOException e) {
                throw new SVGGraphics2DIOException("an image can't be encoded", e);
            }
        }
    }

    private static Document emptyDocument() {
        try {
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(SVG, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK's XML parser can't be set up", e);
        }
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        String unique = ProcessHandle.current().pid() + "-" + Thread.currentThread().threadId();
        Path beside = file.resolveSibling("." + file.getFileName() + "." + unique + ".tmp");
        try {
            Files.write(beside, bytes);
            Files.move(
                    beside,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
