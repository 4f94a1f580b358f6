package dev.gradus.shape;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * What one entry of a slice takes from its axis: one index, or a range with a step, with NumPy's
 * rules: negative positions count from the end, a range is clipped to the axis, a negative step
 * walks backwards. {@link #ELLIPSIS} stands for as many whole axes as are left.
 */
public sealed interface Slice {
    /** One index: the axis disappears. */
    record At(int index) implements Slice {}

    /** {@code start:stop:step}; null stands for the end that the step's direction gives. */
    record Range(@Nullable Integer start, @Nullable Integer stop, int step) implements Slice {
        /** Checks the step. */
        public Range {
            if (step == 0) {
                throw new IllegalArgumentException("slice: a step of 0 goes nowhere");
            }
        }
    }

    /** The axes that are not named. */
    record Ellipsis() implements Slice {}

    /** {@code :}, the whole axis. */
    Slice ALL = new Range(null, null, 1);

    /** {@code ...}. */
    Slice ELLIPSIS = new Ellipsis();

    /** One index. */
    static Slice at(int index) {
        return new At(index);
    }

    /** {@code start:stop}. */
    static Slice range(int start, int stop) {
        return new Range(start, stop, 1);
    }

    /** {@code start:stop:step}. */
    static Slice range(int start, int stop, int step) {
        return new Range(start, stop, step);
    }

    /** {@code start:}. */
    static Slice from(int start) {
        return new Range(start, null, 1);
    }

    /** {@code :stop}. */
    static Slice to(int stop) {
        return new Range(null, stop, 1);
    }

    /** {@code ::step}. */
    static Slice step(int step) {
        return new Range(null, null, step);
    }

    /**
     * NumPy's text form, such as {@code "1:4, ::2, -1"}.
     *
     * @throws IllegalArgumentException if the text makes no sense; the message shows the part
     */
    static Slice[] parse(String text) {
        List<Slice> slices = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            slices.add(parsePart(part.strip(), text));
        }
        return slices.toArray(Slice[]::new);
    }

    private static Slice parsePart(String part, String text) {
        if (part.equals("...")) {
            return ELLIPSIS;
        }
        String[] numbers = part.split(":", -1);
        if (part.isEmpty() || numbers.length > 3) {
            throw wrong(part, text, null);
        }
        if (numbers.length == 1) {
            return new At(number(part, part, text));
        }
        Integer start = optional(numbers[0], part, text);
        Integer stop = optional(numbers[1], part, text);
        Integer step = numbers.length == 3 ? optional(numbers[2], part, text) : null;
        return new Range(start, stop, step == null ? 1 : step);
    }

    private static @Nullable Integer optional(String number, String part, String text) {
        return number.isBlank() ? null : Integer.valueOf(number(number, part, text));
    }

    private static int number(String number, String part, String text) {
        try {
            return Integer.parseInt(number.strip());
        } catch (NumberFormatException e) {
            throw wrong(part, text, e);
        }
    }

    private static IllegalArgumentException wrong(
            String part, String text, @Nullable NumberFormatException cause) {
        return new IllegalArgumentException(
                "slice: \""
                        + part
                        + "\" in \""
                        + text
                        + "\" is not an index, a range start:stop:step or ...; "
                        + (part.equals("None") || part.endsWith("newaxis")
                                ? "unsqueeze makes a new axis"
                                : "one entry an axis, with commas between, as in \"1:4, ::2, -1\""),
                cause);
    }
}
