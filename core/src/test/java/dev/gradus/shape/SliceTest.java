package dev.gradus.shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Slicing, held against NumPy's answers. */
class SliceTest {
    /**
     * {@code shape | slice | shape of the result | its elements}, of {@code
     * np.arange(size).reshape(shape)}.
     */
    private static final String NUMPY =
            """
            4 | : | 4 | 0 1 2 3
            4 | 1:3 | 2 | 1 2
            4 | -3:-1 | 2 | 1 2
            4 | :-1 | 3 | 0 1 2
            4 | 2: | 2 | 2 3
            4 | ::2 | 2 | 0 2
            4 | 1::2 | 2 | 1 3
            4 | ::-1 | 4 | 3 2 1 0
            4 | ::-2 | 2 | 3 1
            4 | 3:0:-1 | 3 | 3 2 1
            4 | -1:-4:-2 | 2 | 3 1
            4 | 0:4:-1 | 0 |
            4 | 2:1 | 0 |
            4 | 7: | 0 |
            4 | :99 | 4 | 0 1 2 3
            4 | -99:2 | 2 | 0 1
            4 | 99::-1 | 4 | 3 2 1 0
            4 | -99::-1 | 0 |
            4 | :-99:-1 | 4 | 3 2 1 0
            4 | 2:99:3 | 1 | 2
            4 | 1:1 | 0 |
            4 | 0 |  | 0
            4 | -1 |  | 3
            4 | -4 |  | 0
            4 | ... | 4 | 0 1 2 3
            0 | ::-1 | 0 |
            0 | 3:5 | 0 |
            1 | ::-3 | 1 | 0
            3 4 | 1 | 4 | 4 5 6 7
            3 4 | -1, -1 |  | 11
            3 4 | :, 1 | 3 | 1 5 9
            3 4 | 1:, ::2 | 2 2 | 4 6 8 10
            3 4 | ..., 0 | 3 | 0 4 8
            3 4 | 0, ... | 4 | 0 1 2 3
            3 4 | ..., ::-1 | 3 4 | 3 2 1 0 7 6 5 4 11 10 9 8
            3 4 | ::-1, ::-1 | 3 4 | 11 10 9 8 7 6 5 4 3 2 1 0
            3 4 | ::-2, 3:0:-2 | 2 2 | 11 9 3 1
            3 4 | 1:1, 2 | 0 |
            3 4 | 2, 1:1 | 0 |
            2 3 4 | 1, ..., -1 | 3 | 15 19 23
            2 3 4 | ..., 1, 2 | 2 | 6 18
            2 3 4 | :, 1:2, ::3 | 2 1 2 | 4 7 16 19
            2 3 4 | ::-1, 0, 1:3 | 2 2 | 13 14 1 2
            2 3 4 | ..., 3 | 2 3 | 3 7 11 15 19 23
            2 3 4 | 1, 2, 3, ... |  | 23
            2 3 4 | -1, -1, -2: | 2 | 22 23
            2 1 2 2 | 0, ..., ::-1 | 1 2 2 | 1 0 3 2
            """;

    @TestFactory
    Stream<DynamicTest> slicesAsNumPyDoes() {
        return NUMPY.lines()
                .map(line -> {
                    String[] row = line.split("\\|", -1);
                    return dynamicTest(
                            row[1].strip() + " of [" + row[0].strip() + "]",
                            () -> check(row[0], row[1], row[2], row[3]));
                });
    }

    private static void check(String shape, String slice, String shapeThen, String elements) {
        Layout whole = Layout.contiguous(Shape.of(numbers(shape)));
        Layout part = whole.slice(Slice.parse(slice.strip()));
        assertEquals(Shape.of(numbers(shapeThen)), part.shape());
        int[] found = IntStream.range(0, part.shape().size()).map(part::positionOf).toArray();
        assertEquals(Arrays.toString(numbers(elements)), Arrays.toString(found));
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(s -> !s.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    @Test
    void theTypedFormsMeanWhatTheirTextSays() {
        assertEquals(
                Arrays.asList(Slice.parse("1:3, 2, ::-2, 1:, :4, 5:1:-1, :, ...")),
                Arrays.asList(
                        Slice.range(1, 3),
                        Slice.at(2),
                        Slice.step(-2),
                        Slice.from(1),
                        Slice.to(4),
                        Slice.range(5, 1, -1),
                        Slice.ALL,
                        Slice.ELLIPSIS));
    }

    @Test
    void spacesDoNotMatter() {
        assertEquals(
                Arrays.asList(Slice.parse("1:3,-1")), Arrays.asList(Slice.parse("  1 : 3 ,\t-1 ")));
    }

    @Test
    void theLargestStepsTakeOneElement() {
        Layout five = Layout.contiguous(Shape.of(5));
        for (int step : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -Integer.MAX_VALUE}) {
            Layout one = five.slice(Slice.step(step));
            assertEquals(Shape.of(1), one.shape(), "step " + step);
            assertEquals(step > 0 ? 0 : 4, one.positionOf(0), "step " + step);
        }
        assertEquals(
                Shape.of(5), five.slice(Slice.range(Integer.MIN_VALUE, Integer.MAX_VALUE)).shape());
    }

    @TestFactory
    Stream<DynamicTest> sayWhatIsWrong() {
        return Stream.of(
                        // slice of [3, 4], two parts of the message
                        new String[] {"", "\"\"", "start:stop:step"},
                        new String[] {"1,", "\"\" in \"1,\"", "start:stop:step"},
                        new String[] {"a", "\"a\"", "index"},
                        new String[] {"1:b", "\"1:b\"", "range"},
                        new String[] {"1 2", "\"1 2\"", "index"},
                        new String[] {"1.5", "\"1.5\"", "index"},
                        new String[] {"--1", "\"--1\"", "index"},
                        new String[] {"0:1:2:3", "\"0:1:2:3\"", "range"},
                        new String[] {"9999999999", "\"9999999999\"", "index"},
                        new String[] {"0:..., 1", "\"0:...\"", "range"},
                        new String[] {"::0", "step of 0", "slice"},
                        new String[] {"1, 1, 1", "3 entries", "[3, 4]"},
                        new String[] {"..., ...", "more than one ...", "slice"},
                        new String[] {"3", "index 3", "axis 0 of shape [3, 4]"},
                        new String[] {":, -5", "index -5", "axis 1 of shape [3, 4]"})
                .map(row ->
                        dynamicTest(
                                "\"" + row[0] + "\"", () -> checkError(row[0], row[1], row[2])));
    }

    private static void checkError(String slice, String... fragments) {
        Layout layout = Layout.contiguous(Shape.of(3, 4));
        Says.error(
                fragments[0].startsWith("index ")
                        ? IndexOutOfBoundsException.class
                        : IllegalArgumentException.class,
                () -> layout.slice(Slice.parse(slice)),
                fragments);
    }
}
