package dev.gradus.examples.plot;

import java.awt.geom.Path2D;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Contour lines by marching squares: the line at a level crosses those grid edges whose ends lie on
 * different sides of it, and in each cell the crossed edges are joined. The crossing is placed by
 * linear interpolation. It is the plane case of Lorensen and Cline, "Marching Cubes" (1987).
 */
final class MarchingSquares {
    private final Surface surface;
    private final double level;

    /** For each crossed edge, the edges it is still to be joined with: at most two. */
    private final Map<Integer, Deque<Integer>> joins = new LinkedHashMap<>();

    private MarchingSquares(Surface surface, double level) {
        this.surface = surface;
        this.level = level;
    }

    /** The line where {@code surface} is {@code level}; it leaves out cells with a NaN corner. */
    static Path2D line(Surface surface, double level) {
        MarchingSquares squares = new MarchingSquares(surface, level);
        for (int row = 0; row + 1 < surface.rows(); row++) {
            for (int column = 0; column + 1 < surface.columns(); column++) {
                squares.addCell(column, row);
            }
        }
        return squares.joined();
    }

    private void addCell(int column, int row) {
        double a = surface.at(column, row);
        double b = surface.at(column + 1, row);
        double c = surface.at(column + 1, row + 1);
        double d = surface.at(column, row + 1);
        if (!Double.isFinite(a + b + c + d)) {
            return;
        }
        // Around the cell, so that edges i and i + 1 meet in a corner.
        int[] edges = {
            flat(column, row), upright(column + 1, row), flat(column, row + 1), upright(column, row)
        };
        int[] crossed = new int[4];
        int count = 0;
        for (int edge : edges) {
            if (above(edge, 0) != above(edge, 1)) {
                crossed[count++] = edge;
            }
        }
        if (count == 2) {
            join(crossed[0], crossed[1]);
        } else if (count == 4) {
            // Opposite corners agree. The value at the saddle of the bilinear interpolation tells
            // which two are connected: if it is on the side of a and c, the line cuts off b and d
            // (Nielson and Hamann, "The asymptotic decider", 1991).
            double saddle = (a * c - b * d) / (a + c - b - d);
            boolean cutsSecond = (saddle >= level) == (a >= level);
            join(edges[0], edges[cutsSecond ? 1 : 3]);
            join(edges[2], edges[cutsSecond ? 3 : 1]);
        }
    }

    /** The number of the edge from a grid point to the next one in its row. */
    private int flat(int column, int row) {
        return 2 * (row * surface.columns() + column);
    }

    /** The number of the edge from a grid point to the one in the next row. */
    private int upright(int column, int row) {
        return flat(column, row) + 1;
    }

    private int column(int edge, int end) {
        return edge / 2 % surface.columns() + (edge % 2 == 0 ? end : 0);
    }

    private int row(int edge, int end) {
        return edge / 2 / surface.columns() + (edge % 2 == 0 ? 0 : end);
    }

    private double value(int edge, int end) {
        return surface.at(column(edge, end), row(edge, end));
    }

    private boolean above(int edge, int end) {
        return value(edge, end) >= level;
    }

    private void join(int a, int b) {
        joinsOf(a).add(b);
        joinsOf(b).add(a);
    }

    private Deque<Integer> joinsOf(int edge) {
        return joins.computeIfAbsent(edge, _ -> new ArrayDeque<>());
    }

    /** Walks along the joins: first from the ends of open lines, then around the closed ones. */
    private Path2D joined() {
        Path2D path = new Path2D.Double();
        for (int ends = 1; ends <= 2; ends++) {
            for (Map.Entry<Integer, Deque<Integer>> entry : joins.entrySet()) {
                if (entry.getValue().size() == ends) {
                    walk(path, entry.getKey());
                }
            }
        }
        return path;
    }

    private void walk(Path2D path, int start) {
        path.moveTo(x(start), y(start));
        int edge = start;
        Integer next = joinsOf(edge).poll();
        while (next != null) {
            joinsOf(next).remove(edge);
            edge = next;
            path.lineTo(x(edge), y(edge));
            next = joinsOf(edge).poll();
        }
    }

    private double x(int edge) {
        double from = column(edge, 0);
        return surface.xAt(from + crossing(edge) * (column(edge, 1) - from));
    }

    private double y(int edge) {
        double from = row(edge, 0);
        return surface.yAt(from + crossing(edge) * (row(edge, 1) - from));
    }

    /** Where along the edge the level lies, 0..1. */
    private double crossing(int edge) {
        return (level - value(edge, 0)) / (value(edge, 1) - value(edge, 0));
    }
}
