package dev.gradus.data;

import dev.gradus.tensor.Tensor;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What {@link Csv} read: rows of texts in named columns, to be taken out as numbers and as classes.
 * An error names the file, the line and the column.
 */
public final class Table {
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,18}");

    private final Csv csv;
    private final String name;
    private final List<String> columns;
    private final List<String[]> rows;
    private final List<Long> lines;

    Table(Csv csv, String name, List<String> columns, List<String[]> rows, List<Long> lines) {
        this.csv = csv;
        this.name = name;
        this.columns = columns;
        this.rows = rows;
        this.lines = lines;
    }

    /** How many rows there are, without the header. */
    public int rows() {
        return rows.size();
    }

    /** The names of the columns: 0, 1, 2, … without a header. */
    public List<String> columns() {
        return columns;
    }

    /**
     * Columns as numbers: FLOAT32 {@code [rows, columns]}.
     *
     * @param names the columns, in the order wanted
     * @throws IllegalArgumentException if there is no such column, or a value is no finite number
     */
    public Tensor numbers(String... names) {
        int[] wanted = new int[names.length];
        for (int i = 0; i < names.length; i++) {
            wanted[i] = column(names[i]);
        }
        float[] values = new float[Math.multiplyExact(rows(), wanted.length)];
        int next = 0;
        for (int row = 0; row < rows(); row++) {
            for (int column : wanted) {
                values[next++] = number(row, column);
            }
        }
        return Tensor.of(values).reshape(rows(), wanted.length);
    }

    /** All columns but these as numbers: FLOAT32 {@code [rows, columns]}. */
    public Tensor numbersBut(String... names) {
        for (String unwanted : names) {
            column(unwanted);
        }
        Set<String> without = Set.of(names);
        return numbers(columns.stream().filter(c -> !without.contains(c)).toArray(String[]::new));
    }

    /**
     * A column as classes, one for each different text, in the order of their numbers if all are
     * whole numbers, and of the alphabet otherwise.
     *
     * @throws IllegalArgumentException if there is no such column, or a value is missing
     */
    public Labels labels(String column) {
        int at = column(column);
        List<String> names = rows.stream().map(cells -> cells[at]).distinct().toList();
        Comparator<String> order =
                names.stream().allMatch(text -> WHOLE.matcher(text).matches())
                        ? Comparator.comparingLong(Long::parseLong)
                        : Comparator.naturalOrder();
        return labels(column, names.stream().sorted(order).toList());
    }

    /**
     * A column as classes whose names are known, such as from the training data.
     *
     * @throws IllegalArgumentException if there is no such column, or a value is missing or none of
     *     the names
     */
    public Labels labels(String column, List<String> names) {
        int at = column(column);
        Map<String, Integer> index = new HashMap<>();
        names.forEach(label -> index.put(label, index.size()));
        int[] indices = new int[rows()];
        for (int row = 0; row < indices.length; row++) {
            String text = rows.get(row)[at];
            if (csv.missing().contains(text)) {
                throw wrong(row, at, "the value is missing; Csv.missing(DROP_ROW) drops such rows");
            }
            Integer found = index.get(text);
            if (found == null) {
                throw wrong(row, at, "'%s' is none of %s".formatted(text, names));
            }
            indices[row] = found;
        }
        return new Labels(Tensor.of(indices), names);
    }

    private int column(String wanted) {
        int at = columns.indexOf(wanted);
        if (at < 0) {
            throw new IllegalArgumentException(
                    "%s has no column '%s'; there are %s".formatted(name, wanted, columns));
        }
        return at;
    }

    private float number(int row, int column) {
        String text = rows.get(row)[column];
        if (csv.missing().contains(text)) {
            if (csv.onMissing() == Csv.Missing.NAN) {
                return Float.NaN;
            }
            throw wrong(
                    row,
                    column,
                    "the value is missing; Csv.missing(…) makes it NaN or drops the row");
        }
        // Double.parseDouble would also take 1f, 0x1p3 and NaN.
        if (text.chars().allMatch(c -> "+-.0123456789eE".indexOf(c) >= 0)) {
            try {
                float value = (float) Double.parseDouble(text);
                if (Float.isFinite(value)) {
                    return value;
                }
            } catch (NumberFormatException _) {
                // Told below, with the place.
            }
        }
        throw wrong(row, column, "'%s' is not a finite number".formatted(text));
    }

    private IllegalArgumentException wrong(int row, int column, String what) {
        String called = csv.header() ? " (%s)".formatted(columns.get(column)) : "";
        return new IllegalArgumentException(
                "%s, line %d, column %d%s: %s"
                        .formatted(name, lines.get(row), column + 1, called, what));
    }

    @Override
    public String toString() {
        return "%s: %d rows of %s".formatted(name, rows(), columns);
    }
}
