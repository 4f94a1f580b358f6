package dev.gradus.examples.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.util.ArrayList;
import java.util.List;

class MarchingSquaresTest {
    private static final Range AROUND_ZERO = new Range(-2, 2);

    /** The points of each piece of a line. */
    private static List<List<double[]>> pieces(Path2D line) {
        List<List<double[]>> pieces = new ArrayList<>();
        for (PathIterator i = line.getPathIterator(null); !i.isDone(); i.next()) {
            double[] point = new double[2];
            if (i.currentSegment(point) == PathIterator.SEG_MOVETO) {
                pieces.add(new ArrayList<>());
            }
            pieces.getLast().add(point);
        }
        return pieces;
    }

    @Test
    void circleIsOneClosedLine() {
        Surface surface = Surface.of(AROUND_ZERO, AROUND_ZERO, (x, y) -> x * x + y * y);
        List<List<double[]>> pieces = pieces(MarchingSquares.line(surface, 1));
        assertEquals(1, pieces.size());
        List<double[]> circle = pieces.getFirst();
        assertEquals(0, distance(circle.getFirst(), circle.getLast()));
        double length = 0;
        for (int i = 0; i < circle.size(); i++) {
            assertEquals(1, Math.hypot(circle.get(i)[0], circle.get(i)[1]), 1e-4);
            length += i == 0 ? 0 : distance(circle.get(i - 1), circle.get(i));
        }
        assertEquals(2 * Math.PI, length, 1e-3, "once around");
    }

    @Test
    void openLineRunsFromEdgeToEdge() {
        Surface surface = Surface.of(AROUND_ZERO, AROUND_ZERO, (x, y) -> x + 2 * y);
        List<List<double[]>> pieces = pieces(MarchingSquares.line(surface, 1));
        assertEquals(1, pieces.size());
        double[] from = pieces.getFirst().getFirst();
        double[] to = pieces.getFirst().getLast();
        assertEquals(Math.hypot(4, 2), distance(from, to), 1e-9);
    }

    @Test
    void saddleKeepsTheTwoBranchesApart() {
        // x y at a level off zero: two branches of a hyperbola, and none crosses the other.
        for (double level : new double[] {1e-6, -1e-6}) {
            Surface surface =
                    Surface.of(new Range(-2.003, 2), new Range(-2.003, 2), (x, y) -> x * y);
            List<List<double[]>> pieces = pieces(MarchingSquares.line(surface, level));
            assertEquals(2, pieces.size());
            for (List<double[]> branch : pieces) {
                double side = Math.signum(branch.getFirst()[0]);
                assertTrue(
                        branch.stream().allMatch(point -> Math.signum(point[0]) == side),
                        "a branch changes sides at level " + level);
            }
        }
    }

    @Test
    void cellsWithoutValuesAreLeftOut() {
        Surface surface =
                Surface.of(AROUND_ZERO, AROUND_ZERO, (x, y) -> Math.abs(x) < 0.5 ? Double.NaN : y);
        List<List<double[]>> pieces = pieces(MarchingSquares.line(surface, 0.1));
        assertEquals(2, pieces.size());
        for (List<double[]> piece : pieces) {
            assertTrue(piece.stream().allMatch(point -> Math.abs(point[0]) >= 0.5));
        }
    }

    private static double distance(double[] a, double[] b) {
        return Math.hypot(a[0] - b[0], a[1] - b[1]);
    }
}
