package dev.gradus.examples.plot;

import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

/** The two files of a picture, read back. */
record SavedPicture(Path png, Path svg) {
    static SavedPicture of(Picture picture, Path directory) {
        List<Path> files = picture.save(directory, "picture");
        return new SavedPicture(files.get(0), files.get(1));
    }

    BufferedImage image() {
        try {
            return ImageIO.read(png.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The colours (0xRRGGBB) that cover an area, not just the rim of a letter. */
    Set<Integer> colors() {
        BufferedImage image = image();
        int width = image.getWidth();
        int height = image.getHeight();
        Map<Integer, Integer> counts = new HashMap<>();
        for (int color : image.getRGB(0, 0, width, height, null, 0, width)) {
            counts.merge(color & 0xFFFFFF, 1, Integer::sum);
        }
        counts.values().removeIf(count -> count < 50);
        return counts.keySet();
    }

    /** The columns that have a pixel of this colour above the legend. */
    List<Integer> columnsWith(int color) {
        BufferedImage image = image();
        int legend = image.getHeight() - 50;
        return IntStream.range(0, image.getWidth())
                .filter(x ->
                        IntStream.range(0, legend)
                                .anyMatch(y -> (image.getRGB(x, y) & 0xFFFFFF) == color))
                .boxed()
                .toList();
    }

    /** What the drawing says in words. */
    List<String> texts() throws IOException, SAXException, ParserConfigurationException {
        return textElements().stream().map(Element::getTextContent).toList();
    }

    /** How far down a text is written. */
    double yOf(String text) throws IOException, SAXException, ParserConfigurationException {
        Element element =
                textElements().stream()
                        .filter(e -> e.getTextContent().equals(text))
                        .findFirst()
                        .orElseThrow();
        return Double.parseDouble(element.getAttribute("y"));
    }

    private List<Element> textElements()
            throws IOException, SAXException, ParserConfigurationException {
        NodeList texts =
                DocumentBuilderFactory.newDefaultInstance()
                        .newDocumentBuilder()
                        .parse(svg.toFile())
                        .getElementsByTagName("text");
        return IntStream.range(0, texts.getLength())
                .mapToObj(i -> (Element) texts.item(i))
                .toList();
    }

    List<byte[]> bytes() throws IOException {
        return List.of(Files.readAllBytes(png), Files.readAllBytes(svg));
    }
}
