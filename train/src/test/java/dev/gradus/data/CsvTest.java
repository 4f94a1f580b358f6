package dev.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.data.Csv.Missing;
import dev.gradus.shape.DType;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Tables of comma-separated values. */
class CsvTest {
    private static Table read(Csv csv, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return csv.read(new ByteArrayInputStream(bytes), "some.csv");
    }

    @Test
    void columnsAreNumbersOrClasses() throws IOException {
        Table table =
                read(
                        Csv.withHeader(),
                        """
                        \uFEFF"long, wide", height ,species
                        1,-2.5e1,"tulip, red"
                        +3,.5,rose

                        4,0,"a ""b""
                        c"
                        5,6, rose\
                        """);
        assertEquals(List.of("long, wide", "height", "species"), table.columns());
        assertEquals(4, table.rows());
        assertEquals(DType.FLOAT32, table.numbers("height").dtype());
        assertArrayEquals(
                new double[][] {{-25, 1}, {.5, 3}, {0, 4}, {6, 5}},
                table.numbers("height", "long, wide").toArray2d());
        assertArrayEquals(
                new double[][] {{1}, {3}, {4}, {5}},
                table.numbersBut("height", "species").toArray2d());
        Labels labels = table.labels("species");
        assertEquals(List.of("a \"b\"\nc", "rose", "tulip, red"), labels.names());
        assertArrayEquals(new int[] {2, 1, 0, 1}, labels.indices().toIntArray());
        assertEquals(DType.INT32, labels.indices().dtype());
    }

    @Test
    void numbersAsClassesKeepTheirOrder() throws IOException {
        Table table = read(Csv.withoutHeader().delimiter(';'), "10;x\n9;x\n-1;x\n10;x\n");
        assertEquals(List.of("0", "1"), table.columns());
        assertEquals(List.of("-1", "9", "10"), table.labels("0").names());
        assertArrayEquals(new int[] {2, 1, 0, 2}, table.labels("0").indices().toIntArray());
        assertArrayEquals(
                new int[] {0, 1, 2, 0},
                table.labels("0", List.of("10", "9", "-1")).indices().toIntArray());
    }

    @Test
    void missingValuesAreNaNOrTheirRowIsLeftOutIfAskedFor() throws IOException {
        String text = "a,b,c\n1,,x\n?,3,y\n4,5,z\n6,7,?\n";
        Table nan = read(Csv.withHeader().missing(Missing.NAN, "?"), text);
        assertArrayEquals(
                new double[] {1, Double.NaN, Double.NaN, 3, 4, 5, 6, 7},
                nan.numbers("a", "b").toArray());
        Table dropped = read(Csv.withHeader().missing(Missing.DROP_ROW, "?"), text);
        assertArrayEquals(new double[][] {{4, 5}}, dropped.numbers("a", "b").toArray2d());
        assertEquals(List.of("z"), dropped.labels("c").names());
    }

    private record Mistake(String text, Consumer<Table> use, String... parts) {}

    @TestFactory
    Stream<DynamicTest> aValueThatDoesNotFitIsNamedByLineAndColumn() {
        Consumer<Table> numbers = table -> table.numbers("a", "b");
        return Stream.of(
                        new Mistake("a,b\n1,2\n3,x", numbers, "line 3, column 2 (b): 'x' is not"),
                        new Mistake("a,b\n1,2\n3,x\n", numbers, "line 3, column 2 (b): 'x' is not"),
                        new Mistake("a,b\r\n1,2\r\n3,x\r\n", numbers, "line 3, column 2"),
                        new Mistake("a,b\n\n\n1,2\n\nx,3", numbers, "line 6, column 1 (a)"),
                        new Mistake(
                                "a,b,c\n1,2,\"q\nr\"\nx,\"3\",\"\n\n\"\n",
                                numbers,
                                "line 4, column 1"),
                        new Mistake(
                                "a,b\n1,\n", numbers, "line 2, column 2 (b): the value is missing"),
                        new Mistake("a,b\n1,NaN\n", numbers, "'NaN' is not a finite number"),
                        new Mistake("a,b\n1,1e39\n", numbers, "'1e39' is not a finite number"),
                        new Mistake("a,b\n1,1f\n", numbers, "'1f' is not"),
                        new Mistake("a,b\n1,1-2\n", numbers, "'1-2' is not"),
                        new Mistake("a\n1\n", numbers, "no column 'b'; there are [a]"),
                        new Mistake("a,b\n1,2\n", t -> t.numbersBut("c"), "no column 'c'"),
                        new Mistake("a,b\n1,\n", t -> t.labels("b"), "line 2, column 2", "missing"),
                        new Mistake(
                                "a,b\n1,x\n",
                                t -> t.labels("b", List.of("y")),
                                "line 2, column 2 (b): 'x' is none of [y]"))
                .map(m ->
                        dynamicTest(
                                m.text,
                                () -> {
                                    Table table = read(Csv.withHeader(), m.text);
                                    Said.by(
                                            IllegalArgumentException.class,
                                            () -> m.use.accept(table),
                                            m.parts);
                                }));
    }

    @TestFactory
    Stream<DynamicTest> whatIsNoTableIsNamedByLine() {
        return Stream.of(
                        List.of("", "some.csv is empty"),
                        List.of("a,b\n1,2\n3\n", "line 3 has 1 values, but there are 2 columns"),
                        List.of("a,b\n1,2\n3,4,5", "line 3 has 3 values"),
                        List.of("a,a\n1,2\n", "line 1: two columns have the same name"),
                        List.of("a,b\n1,\"2\"x\n", "line 2 or after it"),
                        List.of("a,b\n1,\"2\n3,4\n", "(startline 2) EOF"))
                .map(row ->
                        dynamicTest(
                                "of " + row.getFirst(),
                                () ->
                                        Said.by(
                                                IOException.class,
                                                () -> read(Csv.withHeader(), row.getFirst()),
                                                "some.csv",
                                                row.getLast())));
    }

    @Test
    void bytesThatAreNotUtf8AreAnError() {
        byte[] latin = "a,b\n1,2\nï,3\n".getBytes(StandardCharsets.ISO_8859_1);
        Said.by(
                IOException.class,
                () -> Csv.withHeader().read(new ByteArrayInputStream(latin), "latin.csv"),
                "latin.csv, line ",
                "not UTF-8");
    }
}
