package dev.gradus.tensor;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Prints a tensor as NumPy 2.0–2.2 prints an array with its default options.
 *
 * <p>Three steps: read the elements that will be shown, turn them into words of one common width,
 * lay the words out in brackets. A tensor of more than 1000 elements is summarised: an axis longer
 * than six shows three elements at either end, and only these are read.
 */
final class Printer {
    enum Kind {
        FLOAT32,
        FLOAT64,
        INT32
    }

    private static final int SUMMARISE_ABOVE = 1000;
    private static final int EDGE = 3;
    private static final int LINE_WIDTH = 75;

    /** The most digits after the point; fewer where fewer tell the value from its neighbours. */
    private static final int PRECISION = 8;

    /** More digits after the first than any double needs to be told from its neighbours. */
    private static final int UNLIMITED_PRECISION = 17;

    private static final int MIN_EXPONENT_DIGITS = 2;
    private static final MathContext ONE_DIGIT = new MathContext(1, RoundingMode.HALF_EVEN);

    private final int[] shape;
    private final boolean summarised;
    private final String[] words;
    private int nextWord;
    private final StringBuilder out = new StringBuilder();

    private Printer(int[] shape, long size, Kind kind, IntToDoubleFunction valueAt) {
        this.shape = shape;
        summarised = size > SUMMARISE_ABOVE;
        int count = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            count *= shown(axis);
        }
        double[] values = new double[count];
        read(0, 0, 0, valueAt, values);
        words = words(values, kind);
    }

    /**
     * The text of Python's {@code str(array)}.
     *
     * @param valueAt the element at an index in row-major order
     */
    static String format(int[] shape, Kind kind, IntToDoubleFunction valueAt) {
        if (shape.length == 0) {
            return scalar(valueAt.applyAsDouble(0), kind);
        }
        long size = 1;
        for (int length : shape) {
            size *= length;
        }
        if (size == 0) {
            return "[]";
        }
        Printer printer = new Printer(shape, size, kind, valueAt);
        printer.block(0);
        return printer.out.toString();
    }

    // Step 1: the elements that are shown.

    private boolean cut(int axis) {
        return summarised && shape[axis] > 2 * EDGE;
    }

    private int shown(int axis) {
        return cut(axis) ? 2 * EDGE : shape[axis];
    }

    /** Reads what is shown below {@code prefix} into {@code values} from {@code at}; its end. */
    private int read(int axis, int prefix, int at, IntToDoubleFunction valueAt, double[] values) {
        if (axis == shape.length) {
            values[at] = valueAt.applyAsDouble(prefix);
            return at + 1;
        }
        int next = at;
        for (int k = 0; k < shown(axis); k++) {
            int i = cut(axis) && k >= EDGE ? shape[axis] - 2 * EDGE + k : k;
            next = read(axis + 1, prefix * shape[axis] + i, next, valueAt, values);
        }
        return next;
    }

    // Step 2: elements to words.

    /** First every number as short as it can be, then all brought to one length. */
    private static String[] words(double[] values, Kind kind) {
        boolean withExponent = kind != Kind.INT32 && needsExponent(values, kind);
        String[] words = new String[values.length];
        int digits = 0;
        int exponentDigits = MIN_EXPONENT_DIGITS;
        for (int i = 0; i < words.length; i++) {
            words[i] = shortWord(values[i], kind, withExponent);
            digits = Math.max(digits, fractionLength(words[i]));
            exponentDigits = Math.max(exponentDigits, exponentLength(words[i]));
        }
        int width = 0;
        for (int i = 0; i < words.length; i++) {
            if (Double.isFinite(values[i])) {
                words[i] =
                        withExponent
                                ? scientific(values[i], kind, digits, digits, exponentDigits)
                                : words[i] + " ".repeat(digits - fractionLength(words[i]));
            }
            width = Math.max(width, words[i].length());
        }
        for (int i = 0; i < words.length; i++) {
            words[i] = " ".repeat(width - words[i].length()) + words[i];
        }
        return words;
    }

    private static String shortWord(double value, Kind kind, boolean withExponent) {
        if (kind == Kind.INT32) {
            return Integer.toString((int) value);
        } else if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
        } else if (withExponent) {
            return scientific(value, kind, 0, PRECISION, MIN_EXPONENT_DIGITS);
        }
        return withPoint(value, round(value, kind, 0, PRECISION));
    }

    /** All have an exponent where magnitudes are very large, very small or very different. */
    private static boolean needsExponent(double[] values, Kind kind) {
        double largest = 0;
        double smallest = Double.POSITIVE_INFINITY;
        for (double value : values) {
            if (value != 0 && Double.isFinite(value)) {
                largest = Math.max(largest, Math.abs(value));
                smallest = Math.min(smallest, Math.abs(value));
            }
        }
        // Compared and divided in the precision of the tensor, as NumPy does.
        boolean single = kind == Kind.FLOAT32;
        double tiny = single ? 1e-4f : 1e-4;
        double ratio = single ? (float) largest / (float) smallest : largest / smallest;
        return largest >= 1e8 || smallest < tiny || ratio > 1000;
    }

    private static int fractionLength(String word) {
        int point = word.indexOf('.');
        int end = word.indexOf('e');
        return point < 0 ? 0 : (end < 0 ? word.length() : end) - point - 1;
    }

    private static int exponentLength(String word) {
        int e = word.indexOf('e');
        return e < 0 ? 0 : word.length() - e - "e+".length();
    }

    /** A tensor of no axes prints as a Python number: all its digits, and 1.0 rather than 1. */
    private static String scalar(double value, Kind kind) {
        double magnitude = Math.abs(value);
        if (kind == Kind.INT32 || !Double.isFinite(value)) {
            return shortWord(value, kind, false);
        } else if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16)) {
            return scientific(value, kind, 0, UNLIMITED_PRECISION, MIN_EXPONENT_DIGITS)
                    .replace(".e", "e");
        }
        String text = withPoint(value, shortest(value, kind));
        return text.endsWith(".") ? text + "0" : text;
    }

    private static String scientific(
            double value, Kind kind, int minDigits, int maxDigits, int exponentDigits) {
        int first = exponent(exact(value));
        BigDecimal rounded = round(value, kind, minDigits - first, maxDigits - first);
        int exponent = exponent(rounded); // first + 1 where 9.99… was rounded up to 10
        BigDecimal mantissa = trim(rounded.scaleByPowerOfTen(-exponent), minDigits);
        String power = Integer.toString(Math.abs(exponent));
        String zeros = "0".repeat(Math.max(0, exponentDigits - power.length()));
        return withPoint(value, mantissa) + (exponent < 0 ? "e-" : "e+") + zeros + power;
    }

    private static String withPoint(double value, BigDecimal magnitude) {
        String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : ""; // sees -0.0 too
        String digits = magnitude.toPlainString();
        return sign + digits + (digits.contains(".") ? "" : ".");
    }

    /**
     * The magnitude in its shortest form where the number of digits after the point is within the
     * limits, else the exact value rounded to the limit. So 0.1f is 0.1, and with at least nine
     * digits 0.100000001.
     */
    private static BigDecimal round(double value, Kind kind, int minScale, int maxScale) {
        BigDecimal shortest = shortest(value, kind);
        int scale = Math.clamp(shortest.scale(), minScale, maxScale);
        return scale == shortest.scale()
                ? shortest
                : trim(exact(value).setScale(scale, RoundingMode.HALF_EVEN), minScale);
    }

    /** Without the zeros at the end, but with at least {@code minScale} digits after the point. */
    private static BigDecimal trim(BigDecimal value, int minScale) {
        BigDecimal stripped = value.stripTrailingZeros();
        return stripped.setScale(Math.max(minScale, stripped.scale()));
    }

    /** The fewest digits that read back as the same number of this kind. */
    private static BigDecimal shortest(double value, Kind kind) {
        double magnitude = Math.abs(value);
        boolean single = kind == Kind.FLOAT32;
        String text = single ? Float.toString((float) magnitude) : Double.toString(magnitude);
        BigDecimal shortest = new BigDecimal(text).stripTrailingZeros();
        if (shortest.precision() == 2) { // Java writes 4.9E-324 where 5E-324 is enough
            BigDecimal one = exact(value).round(ONE_DIGIT);
            if (magnitude == (single ? one.floatValue() : one.doubleValue())) {
                return one;
            }
        }
        return shortest;
    }

    private static BigDecimal exact(double value) {
        return new BigDecimal(Math.abs(value));
    }

    /** The power of ten of the first digit. */
    private static int exponent(BigDecimal value) {
        return value.signum() == 0 ? 0 : value.precision() - 1 - value.scale();
    }

    // Step 3: words into brackets.

    private void block(int axis) {
        out.append('[');
        if (axis == shape.length - 1) {
            row(axis + 1);
        } else {
            String separator = "\n".repeat(shape.length - 1 - axis) + " ".repeat(axis + 1);
            for (int k = 0; k < shown(axis); k++) {
                out.append(k > 0 ? separator : "");
                out.append(cut(axis) && k == EDGE ? "..." + separator : "");
                block(axis + 1);
            }
        }
        out.append(']');
    }

    /** The words along the last axis, in lines that leave room for {@code indent} brackets. */
    private void row(int indent) {
        List<String> row = new ArrayList<>();
        for (int k = 0; k < shown(indent - 1); k++) {
            if (cut(indent - 1) && k == EDGE) {
                row.add("...");
            }
            row.add(words[nextWord++]);
        }
        int lineStart = out.length() - indent;
        for (int k = 0; k < row.size(); k++) {
            String word = row.get(k);
            if (k > 0 && out.length() - lineStart + 1 + word.length() <= LINE_WIDTH - indent) {
                out.append(' ');
            } else if (k > 0) {
                while (out.charAt(out.length() - 1) == ' ') {
                    out.setLength(out.length() - 1);
                }
                lineStart = out.length() + 1;
                out.append('\n').append(" ".repeat(indent));
            }
            out.append(word);
        }
    }
}
