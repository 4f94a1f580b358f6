package dev.gradus.examples.plot;

import java.util.List;

/**
 * One thing drawn on a picture's axes. Holds data only; {@link ChartBuilder} gives it its looks.
 */
sealed interface Layer {
    /** What is drawn from a list of points. */
    sealed interface Data extends Layer {
        Series series();
    }

    /** Joined values. */
    record Line(Series series) implements Data {}

    /** Joined places, each with a small marker, the first and the last one with a large one. */
    record Trace(Series series) implements Data {}

    /** Separate places; {@code labels} is empty or has one text a place. */
    record Points(Series series, List<String> labels) implements Data {}

    /** One named place. */
    record Mark(Series series) implements Data {}

    /**
     * A bar a value, at x = 0, 1, 2, …; the first layer is one, too.
     *
     * @param group which of the bars beside each other, from 0
     * @param groups how many stand beside each other
     */
    record Bars(Series series, List<String> names, int group, int groups) implements Data {}

    /** What lies behind everything else and fills the axes; always the first layer. */
    sealed interface Map extends Layer {
        Range xRange();

        Range yRange();
    }

    /** A heat map of probabilities, 0..1, with the line where they are 0.5. */
    record Probability(Surface surface) implements Map {
        @Override
        public Range xRange() {
            return surface.x();
        }

        @Override
        public Range yRange() {
            return surface.y();
        }
    }

    /** Filled bands between contour lines at ascending levels. */
    record Bands(Surface surface, List<Double> levels) implements Map {
        @Override
        public Range xRange() {
            return surface.x();
        }

        @Override
        public Range yRange() {
            return surface.y();
        }
    }

    /**
     * A heat map of a matrix: a unit square a cell, the cell at row 0 and column 0 at the top left.
     */
    record Cells(Matrix matrix, List<String> rowNames, List<String> columnNames) implements Map {
        /** The height at which row {@code row} lies. */
        double y(int row) {
            return matrix.rows() - 1.0 - row;
        }

        @Override
        public Range xRange() {
            return new Range(-0.5, matrix.columns() - 0.5);
        }

        @Override
        public Range yRange() {
            return new Range(-0.5, matrix.rows() - 0.5);
        }
    }
}
