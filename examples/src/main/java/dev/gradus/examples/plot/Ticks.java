package dev.gradus.examples.plot;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Where an axis has its ticks, and what is written there. */
final class Ticks {
    /** A place on the axis; a minor tick has an empty label. */
    record Tick(double place, String label) {}

    /** More decades than this are labelled every second, third, … decade. */
    private static final int DECADES = 9;

    /** There is room for so many names, upright, and for so many numbers. */
    private static final int NAMES = 32;

    private static final int INDICES = 16;

    /** Enough to tell neighbouring ticks apart. */
    private static final int DIGITS = 6;

    private Ticks() {}

    /** About six round numbers within {@code range}. */
    static List<Tick> linear(Range range) {
        List<Tick> ticks = new ArrayList<>();
        for (double number : roundNumbers(range.low(), range.high())) {
            ticks.add(new Tick(number, text(number, DIGITS)));
        }
        return ticks;
    }

    /**
     * Round numbers on a log axis: powers of ten, with 2, 5 or all digits between them as there is
     * room.
     *
     * @param range of the base-10 logarithms
     */
    static List<Tick> log(Range range) {
        if (range.length() > 1.5) {
            return decades(range);
        }
        List<Tick> ticks = new ArrayList<>();
        for (int power = floor(range.low()); power <= floor(range.high()); power++) {
            for (int digit : new int[] {1, 2, 5}) {
                addIfInside(ticks, range, digit * Math.pow(10, power), true);
            }
        }
        if (ticks.size() >= 3) {
            return ticks;
        }
        // Less than a decade: the numbers of a linear axis, at their logarithms.
        ticks.clear();
        double low = Math.pow(10, range.low());
        for (double number : roundNumbers(low, Math.pow(10, range.high()))) {
            addIfInside(ticks, range, number, true);
        }
        return ticks;
    }

    /** Names at 0, 1, 2, …; every second, third, … where there is no room for all. */
    static List<Tick> names(List<String> names) {
        int stride = Math.ceilDiv(names.size(), NAMES);
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i < names.size(); i += stride) {
            ticks.add(new Tick(i, names.get(i)));
        }
        return ticks;
    }

    /** The numbers 0..count-1 in round steps. */
    static List<Tick> indices(int count) {
        int stride = (int) Math.max(1, roundStep(count / (double) INDICES));
        return IntStream.range(0, Math.ceilDiv(count, stride))
                .mapToObj(i -> new Tick(i * stride, Integer.toString(i * stride)))
                .toList();
    }

    /** A number with at most so many digits, without trailing zeros: 0.25, 1000, 2e-7. */
    static String text(double value, int digits) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal rounded = new BigDecimal(value, new MathContext(digits)).stripTrailingZeros();
        if (rounded.signum() == 0) {
            return "0";
        }
        int power = rounded.precision() - rounded.scale() - 1;
        if (power < -4 || power > 5) {
            return rounded.scaleByPowerOfTen(-power).toPlainString() + "e" + power;
        }
        return rounded.toPlainString();
    }

    private static List<Tick> decades(Range range) {
        List<Tick> ticks = new ArrayList<>();
        int first = floor(range.low());
        int last = floor(range.high());
        int stride = Math.ceilDiv(last - first + 1, DECADES);
        for (int power = first; power <= last; power++) {
            double decade = Math.pow(10, power);
            addIfInside(ticks, range, decade, Math.floorMod(power, stride) == 0);
            for (int digit = 2; stride == 1 && digit <= 9; digit++) {
                addIfInside(ticks, range, digit * decade, false);
            }
        }
        return ticks;
    }

    private static void addIfInside(List<Tick> ticks, Range range, double value, boolean labelled) {
        double place = Math.log10(value);
        if (place >= range.low() && place <= range.high()) {
            ticks.add(new Tick(place, labelled ? text(value, DIGITS) : ""));
        }
    }

    private static List<Double> roundNumbers(double low, double high) {
        double step = roundStep((high - low) / 6);
        List<Double> numbers = new ArrayList<>();
        double last = Math.floor(high / step + 1e-9);
        for (double i = Math.ceil(low / step - 1e-9); i <= last; i++) {
            numbers.add(i * step);
        }
        return numbers;
    }

    /** The smallest of 1, 2, 5 times a power of ten that is not below {@code least}. */
    private static double roundStep(double least) {
        double power = Math.pow(10, floor(Math.log10(least)));
        for (int digit : new int[] {1, 2, 5}) {
            if (digit * power >= least) {
                return digit * power;
            }
        }
        return 10 * power;
    }

    private static int floor(double value) {
        return (int) Math.floor(value);
    }
}
