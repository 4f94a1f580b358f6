package dev.gradus.examples.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class LayeredLayoutTest {
    private static final double[] SIZE = {100, 40};

    private static Rectangle2D rectangle(LayeredLayout.Box box) {
        return new Rectangle2D.Double(
                box.x() - box.width() / 2, box.y() - box.height() / 2, box.width(), box.height());
    }

    private static int crossed(Path2D curve, Rectangle2D box) {
        int inside = 0;
        double[] point = new double[6];
        for (PathIterator i = curve.getPathIterator(null, 0.1); !i.isDone(); i.next()) {
            i.currentSegment(point);
            inside += box.contains(point[0], point[1]) ? 1 : 0;
        }
        return inside;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nothingOverlapsAndArrowsGoDown(long seed) {
        Random random = new Random(seed);
        List<List<Integer>> inputs = new ArrayList<>();
        List<double[]> sizes = new ArrayList<>();
        int edges = 0;
        for (int i = 0; i < 40; i++) {
            List<Integer> from = new ArrayList<>();
            for (int k = i == 0 ? 0 : random.nextInt(4); k > 0; k--) {
                from.add(random.nextInt(i));
            }
            inputs.add(from);
            edges += (int) from.stream().distinct().count();
            sizes.add(new double[] {60 + random.nextInt(200), 30 + random.nextInt(100)});
        }
        LayeredLayout layout = new LayeredLayout(inputs, sizes);
        Rectangle2D area =
                new Rectangle2D.Double(-0.01, -0.01, layout.width() + 0.02, layout.height() + 0.02);
        List<Rectangle2D> boxes =
                layout.boxes().stream().map(LayeredLayoutTest::rectangle).toList();
        for (int i = 0; i < boxes.size(); i++) {
            assertTrue(area.contains(boxes.get(i)), boxes.get(i) + " is outside " + area);
            for (int k = 0; k < i; k++) {
                assertFalse(boxes.get(i).intersects(boxes.get(k)), i + " covers " + k);
            }
            for (int input : inputs.get(i)) {
                assertTrue(boxes.get(input).getMaxY() < boxes.get(i).getMinY());
            }
        }
        assertEquals(edges, layout.edges().size());
        for (Path2D edge : layout.edges()) {
            // Corner by corner: a straight arrow's bounds are empty, which no area contains.
            Rectangle2D bounds = edge.getBounds2D();
            assertTrue(area.contains(bounds.getMinX(), bounds.getMinY()), bounds + " is outside");
            assertTrue(area.contains(bounds.getMaxX(), bounds.getMaxY()), bounds + " is outside");
            for (Rectangle2D box : boxes) {
                // Its own boxes are touched at their rim.
                Rectangle2D inner =
                        new Rectangle2D.Double(
                                box.getX() + 1,
                                box.getY() + 1,
                                box.getWidth() - 2,
                                box.getHeight() - 2);
                assertEquals(0, crossed(edge, inner), "an arrow crosses a box");
            }
        }
    }

    @Test
    void aChainIsStraightAndALeafIsBesideWhatItIsUsedWith() {
        // 0 → 1 → 2 → 4, and the leaf 3 → 4
        LayeredLayout layout =
                new LayeredLayout(
                        List.of(List.of(), List.of(0), List.of(1), List.of(), List.of(2, 3)),
                        List.of(SIZE, SIZE, SIZE, SIZE, SIZE));
        List<LayeredLayout.Box> boxes = layout.boxes();
        assertEquals(boxes.get(1).x(), boxes.get(2).x(), 8);
        assertEquals(boxes.get(2).y(), boxes.get(3).y());
    }

    @Test
    void crossingsAreUndone() {
        // Two leaves each for two results, mixed up.
        LayeredLayout layout =
                new LayeredLayout(
                        List.of(
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(0, 2),
                                List.of(1, 3)),
                        List.of(SIZE, SIZE, SIZE, SIZE, SIZE, SIZE));
        List<LayeredLayout.Box> boxes = layout.boxes();
        boolean firstLeft = boxes.get(4).x() < boxes.get(5).x();
        for (int mine : List.of(0, 2)) {
            for (int other : List.of(1, 3)) {
                assertEquals(firstLeft, boxes.get(mine).x() < boxes.get(other).x());
            }
        }
    }
}
