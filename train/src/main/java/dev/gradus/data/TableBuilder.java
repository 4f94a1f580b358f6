package dev.gradus.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Collects the rows of a table as they are read. */
final class TableBuilder {
    /** So many different texts are kept once only, however often they are there. */
    private static final int MOST_SHARED = 1 << 14;

    private final Csv csv;
    private final String name;
    private final Map<String, String> shared = new HashMap<>();
    private final List<String[]> rows = new ArrayList<>();
    private final List<Long> lines = new ArrayList<>();
    private List<String> columns = List.of();

    TableBuilder(Csv csv, String name) {
        this.csv = csv;
        this.name = name;
    }

    /** One more row, or the header. */
    void add(String[] cells, long line) throws IOException {
        if (columns.isEmpty()) {
            start(cells, line);
            if (csv.header()) {
                return;
            }
        }
        if (cells.length != columns.size()) {
            throw new IOException(
                    "%s, line %d has %d values, but there are %d columns; a value with a '%c' in it needs quotes"
                            .formatted(name, line, cells.length, columns.size(), csv.delimiter()));
        }
        if (csv.onMissing() == Csv.Missing.DROP_ROW
                && Arrays.stream(cells).anyMatch(csv.missing()::contains)) {
            return;
        }
        for (int i = 0; i < cells.length; i++) {
            String known = shared.get(cells[i]);
            if (known != null) {
                cells[i] = known;
            } else if (shared.size() < MOST_SHARED) {
                shared.put(cells[i], cells[i]);
            }
        }
        rows.add(cells);
        lines.add(line);
    }

    private void start(String[] cells, long line) throws IOException {
        if (!csv.header()) {
            columns = IntStream.range(0, cells.length).mapToObj(Integer::toString).toList();
            return;
        }
        columns = List.of(cells);
        if (columns.stream().distinct().count() < columns.size()) {
            throw new IOException(
                    "%s, line %d: two columns have the same name in %s; if this is no header, read it with Csv.withoutHeader()"
                            .formatted(name, line, columns));
        }
    }

    Table table() throws IOException {
        if (columns.isEmpty()) {
            throw new IOException(name + " is empty");
        }
        return new Table(csv, name, columns, rows, lines);
    }
}
