package dev.gradus.tensor;

import static dev.gradus.tensor.Printer.Kind.FLOAT32;
import static dev.gradus.tensor.Printer.Kind.FLOAT64;
import static dev.gradus.tensor.Printer.Kind.INT32;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import static java.lang.Double.NEGATIVE_INFINITY;
import static java.lang.Double.NaN;
import static java.lang.Double.POSITIVE_INFINITY;

import dev.gradus.tensor.Printer.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The expected texts are those of {@code str(np.array(...))} in NumPy 2.2.6. NumPy 1.24.2 differs
 * in one row (it writes 1e-4 with an exponent in float32), NumPy 2.4.6 in two (it writes float32
 * from 1e6 up with an exponent).
 */
class PrinterTest {
    static Stream<Arguments> rows() {
        return Stream.of(
                row(
                        "integers as floats end in a point",
                        FLOAT32,
                        shape(3),
                        of(1, 2, 3),
                        "[1. 2. 3.]"),
                row(
                        "fractions padded to one width",
                        FLOAT32,
                        shape(4),
                        of(1, 2.5, -3.25, 100),
                        "[  1.     2.5   -3.25 100.  ]"),
                row(
                        "shortest digits of a float",
                        FLOAT32,
                        shape(3),
                        of(0.1, 0.2, 0.3),
                        "[0.1 0.2 0.3]"),
                row(
                        "eight digits after the point in float",
                        FLOAT32,
                        shape(3),
                        of(1.0 / 3, 2.0 / 3, 0.5),
                        "[0.33333334 0.6666667  0.5       ]"),
                row(
                        "eight digits after the point in double",
                        FLOAT64,
                        shape(3),
                        of(1.0 / 3, 2.0 / 3, 12345.678901234),
                        "[3.33333333e-01 6.66666667e-01 1.23456789e+04]"),
                row(
                        "large integer part is exact",
                        FLOAT32,
                        shape(2),
                        of(99999992, 1e6),
                        "[99999992.  1000000.]"),
                row(
                        "rounded to whole at eight digits",
                        FLOAT64,
                        shape(2),
                        of(9.99999999999, 1.5),
                        "[10.   1.5]"),
                row("exponent from 1e8", FLOAT64, shape(2), of(1e8, 1e6), "[1.e+08 1.e+06]"),
                row(
                        "exponent below 1e-4",
                        FLOAT64,
                        shape(2),
                        of(9.9e-5, 0.01),
                        "[9.9e-05 1.0e-02]"),
                row(
                        "1e-4 itself has none in float",
                        FLOAT32,
                        shape(2),
                        of(1e-4, 0.01),
                        "[0.0001 0.01  ]"),
                row(
                        "exponent above a ratio of 1000",
                        FLOAT64,
                        shape(2),
                        of(1, 1000.5),
                        "[1.0000e+00 1.0005e+03]"),
                row(
                        "no exponent at a ratio of 1000",
                        FLOAT64,
                        shape(2),
                        of(1, 1000),
                        "[   1. 1000.]"),
                row(
                        "exponent digits in float are those of the exact value",
                        FLOAT32,
                        shape(3),
                        of(0.1, 100000.125, 1.2345678e-5),
                        "[1.00000001e-01 1.00000125e+05 1.23456784e-05]"),
                row(
                        "three exponent digits",
                        FLOAT64,
                        shape(3),
                        of(1e-300, -2.5, 0),
                        "[ 1.0e-300 -2.5e+000  0.0e+000]"),
                row("smallest double", FLOAT64, shape(1), of(Double.MIN_VALUE), "[5.e-324]"),
                row("negative zeros", FLOAT32, shape(3), of(-0.0, 0.0, -1.5), "[-0.   0.  -1.5]"),
                row(
                        "nan and infinities",
                        FLOAT32,
                        shape(4),
                        of(1.5, NaN, POSITIVE_INFINITY, NEGATIVE_INFINITY),
                        "[ 1.5  nan  inf -inf]"),
                row("nothing finite", FLOAT32, shape(2), of(NaN, NEGATIVE_INFINITY), "[ nan -inf]"),
                row(
                        "nan and infinity among exponents",
                        FLOAT64,
                        shape(3),
                        of(1e10, NaN, NEGATIVE_INFINITY),
                        "[1.e+10    nan   -inf]"),
                row(
                        "integers aligned",
                        INT32,
                        shape(2, 3),
                        of(1, -20, 300, 4, 5, -6),
                        """
                        [[  1 -20 300]
                         [  4   5  -6]]\
                        """),
                row("scalar float", FLOAT32, shape(), of(0.1), "0.1"),
                row("scalar whole", FLOAT64, shape(), of(1.0), "1.0"),
                row(
                        "scalar without an exponent below 1e16",
                        FLOAT64,
                        shape(),
                        of(1e15),
                        "1000000000000000.0"),
                row("scalar has all digits", FLOAT64, shape(), of(1.0 / 3), "0.3333333333333333"),
                row("scalar float large", FLOAT32, shape(), of(134217728), "134217730.0"),
                row("scalar small", FLOAT32, shape(), of(1e-5), "1e-05"),
                row("scalar with an exponent from 1e16", FLOAT64, shape(), of(1e16), "1e+16"),
                row("scalar int", INT32, shape(), of(-7), "-7"),
                row("empty", FLOAT32, shape(0), of(), "[]"),
                row("empty matrix", FLOAT32, shape(0, 3), of(), "[]"),
                row("matrix with no columns", INT32, shape(2, 0), of(), "[]"),
                row(
                        "three axes: a blank line between matrices",
                        FLOAT32,
                        shape(2, 2, 2),
                        range(8, 0, 1),
                        """
                        [[[0. 1.]
                          [2. 3.]]

                         [[4. 5.]
                          [6. 7.]]]\
                        """),
                row(
                        "lines of at most 75 columns",
                        FLOAT32,
                        shape(30),
                        range(30, 0, 0.25),
                        """
                        [0.   0.25 0.5  0.75 1.   1.25 1.5  1.75 2.   2.25 2.5  2.75 3.   3.25
                         3.5  3.75 4.   4.25 4.5  4.75 5.   5.25 5.5  5.75 6.   6.25 6.5  6.75
                         7.   7.25]\
                        """),
                row(
                        "a line that is just full",
                        INT32,
                        shape(38),
                        range(38, 7, 0),
                        """
                        [7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7
                         7]\
                        """),
                row(
                        "a line leaves room for its closing brackets",
                        INT32,
                        shape(1, 1, 36),
                        range(36, 7, 0),
                        """
                        [[[7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7
                           7]]]\
                        """),
                row(
                        "lines wrapped inside a matrix",
                        FLOAT32,
                        shape(2, 17),
                        range(34, -7, 0.5),
                        """
                        [[-7.  -6.5 -6.  -5.5 -5.  -4.5 -4.  -3.5 -3.  -2.5 -2.  -1.5 -1.  -0.5
                           0.   0.5  1. ]
                         [ 1.5  2.   2.5  3.   3.5  4.   4.5  5.   5.5  6.   6.5  7.   7.5  8.
                           8.5  9.   9.5]]\
                        """),
                row(
                        "spaces stripped where a line is wrapped",
                        FLOAT32,
                        shape(20),
                        range(20, 9995, 0.5),
                        """
                        [ 9995.   9995.5  9996.   9996.5  9997.   9997.5  9998.   9998.5  9999.
                          9999.5 10000.  10000.5 10001.  10001.5 10002.  10002.5 10003.  10003.5
                         10004.  10004.5]\
                        """),
                row(
                        "summarised vector",
                        INT32,
                        shape(1001),
                        range(1001, 0, 1),
                        "[   0    1    2 ...  998  999 1000]"),
                row(
                        "summarised on both axes",
                        FLOAT32,
                        shape(100, 50),
                        range(5000, 0, 0.5),
                        """
                        [[0.0000e+00 5.0000e-01 1.0000e+00 ... 2.3500e+01 2.4000e+01 2.4500e+01]
                         [2.5000e+01 2.5500e+01 2.6000e+01 ... 4.8500e+01 4.9000e+01 4.9500e+01]
                         [5.0000e+01 5.0500e+01 5.1000e+01 ... 7.3500e+01 7.4000e+01 7.4500e+01]
                         ...
                         [2.4250e+03 2.4255e+03 2.4260e+03 ... 2.4485e+03 2.4490e+03 2.4495e+03]
                         [2.4500e+03 2.4505e+03 2.4510e+03 ... 2.4735e+03 2.4740e+03 2.4745e+03]
                         [2.4750e+03 2.4755e+03 2.4760e+03 ... 2.4985e+03 2.4990e+03 2.4995e+03]]\
                        """),
                row(
                        "summarised in three axes",
                        INT32,
                        shape(11, 2, 50),
                        range(1100, 0, 1),
                        """
                        [[[   0    1    2 ...   47   48   49]
                          [  50   51   52 ...   97   98   99]]

                         [[ 100  101  102 ...  147  148  149]
                          [ 150  151  152 ...  197  198  199]]

                         [[ 200  201  202 ...  247  248  249]
                          [ 250  251  252 ...  297  298  299]]

                         ...

                         [[ 800  801  802 ...  847  848  849]
                          [ 850  851  852 ...  897  898  899]]

                         [[ 900  901  902 ...  947  948  949]
                          [ 950  951  952 ...  997  998  999]]

                         [[1000 1001 1002 ... 1047 1048 1049]
                          [1050 1051 1052 ... 1097 1098 1099]]]\
                        """));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void printsLikeNumPy(String name, Kind kind, int[] shape, double[] values, String expected) {
        assertEquals(
                expected,
                Printer.format(shape, kind, i -> kind == FLOAT32 ? (float) values[i] : values[i]),
                name);
    }

    @Test
    void aThousandElementsAreShownInFull() {
        assertFalse(Printer.format(shape(10, 100), INT32, i -> i).contains("..."));
    }

    @Test
    void aSummaryReadsOnlyWhatItShows() {
        var reads = new AtomicInteger();
        Printer.format(shape(40_000, 40_000), FLOAT32, i -> reads.getAndIncrement());
        assertEquals(36, reads.get());
    }

    private static Arguments row(
            String name, Kind kind, int[] shape, double[] values, String expected) {
        return arguments(name, kind, shape, values, expected);
    }

    private static int[] shape(int... lengths) {
        return lengths;
    }

    private static double[] of(double... values) {
        return values;
    }

    private static double[] range(int count, double start, double step) {
        return IntStream.range(0, count).mapToDouble(i -> start + step * i).toArray();
    }
}
