package dev.gradus.data;

import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;

/**
 * Reads tables of comma-separated values (RFC 4180) in UTF-8, plain or compressed by gzip:
 *
 * <pre>{@code
 * Table iris = Csv.withHeader().read(Path.of("iris.csv"));
 * Labels species = iris.labels("species");
 * var dataset = new TensorDataset(iris.numbersBut("species"), species.indices());
 * }</pre>
 *
 * <p>Cells may be quoted, and hold commas, line breaks and doubled quotes then. Blanks around a
 * cell are no part of it. Empty lines are skipped.
 *
 * @param header whether the first line has the columns' names; else they are called 0, 1, 2, …
 * @param delimiter what stands between cells
 * @param missing cells with these texts are missing; the empty one at least
 * @param onMissing what to do with them
 */
public record Csv(boolean header, char delimiter, Set<String> missing, Missing onMissing) {
    /** What to do with a missing value. */
    public enum Missing {
        /** An error that names its line and column. */
        REPORT,
        /** It becomes NaN in a column of numbers, and an error in a column of labels. */
        NAN,
        /** The rows with one are left out. */
        DROP_ROW
    }

    /** How to read. */
    public Csv {
        missing = Set.copyOf(missing);
    }

    /** The first line has the names of the columns; a missing value is an error. */
    public static Csv withHeader() {
        return new Csv(true, ',', Set.of(""), Missing.REPORT);
    }

    /** All lines are data; a missing value is an error. */
    public static Csv withoutHeader() {
        return new Csv(false, ',', Set.of(""), Missing.REPORT);
    }

    /** Another character between cells, such as a semicolon or a tab. */
    public Csv delimiter(char between) {
        return new Csv(header, between, missing, onMissing);
    }

    /**
     * What to do with missing values, and what stands for one besides an empty cell.
     *
     * @param texts such as "NA" and "?"
     */
    public Csv missing(Missing what, String... texts) {
        Set<String> all = new HashSet<>(Set.of(texts));
        all.add("");
        return new Csv(header, delimiter, all, what);
    }

    /**
     * The table in a file.
     *
     * @throws IOException if it can't be read or is no table: names the file and the line
     */
    public Table read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, file.toString());
        }
    }

    /**
     * The table in a stream, which stays open.
     *
     * @param name what errors call it
     * @throws IOException as {@link #read(Path)}
     */
    public Table read(InputStream in, String name) throws IOException {
        CSVFormat format =
                CSVFormat.RFC4180
                        .builder()
                        .setDelimiter(delimiter)
                        .setIgnoreSurroundingSpaces(true)
                        .setIgnoreEmptyLines(true)
                        .get();
        Reader reader = new InputStreamReader(text(in, name), StandardCharsets.UTF_8.newDecoder());
        CSVParser parser = CSVParser.builder().setReader(reader).setFormat(format).get();
        Iterator<CSVRecord> records = parser.iterator();
        var rows = new TableBuilder(this, name);
        while (hasNext(records, parser, name)) {
            CSVRecord record = records.next();
            rows.add(record.values(), parser.getCurrentLineNumber() - breaksWithin(record));
        }
        return rows.table();
    }

    private static InputStream text(InputStream in, String name) throws IOException {
        try {
            return Opened.utf8(in);
        } catch (IOException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    private static long breaksWithin(CSVRecord record) {
        return record.stream().flatMapToInt(String::chars).filter(c -> c == '\n').count();
    }

    private static boolean hasNext(Iterator<CSVRecord> records, CSVParser parser, String name)
            throws IOException {
        try {
            return records.hasNext();
        } catch (UncheckedIOException e) {
            IOException cause = Objects.requireNonNull(e.getCause());
            String what =
                    cause instanceof CharacterCodingException
                            ? "bytes that are not UTF-8; convert the file"
                            : cause.getMessage();
            throw new IOException(
                    "%s, line %d or after it: %s"
                            .formatted(name, parser.getCurrentLineNumber(), what),
                    cause);
        }
    }
}
