package dev.gradus.examples.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Collections;
import java.util.List;

class TicksTest {
    @ParameterizedTest
    @CsvSource({
        "0, 1, 0 0.2 0.4 0.6 0.8 1",
        "-2, 2, -2 -1 0 1 2",
        "0, 1050, 0 200 400 600 800 1000",
        "0.1, 0.1003, 0.1 0.10005 0.1001 0.10015 0.1002 0.10025 0.1003",
        "0, 3e-7, 0 5e-8 1e-7 1.5e-7 2e-7 2.5e-7 3e-7",
        "0, 4e9, 0 1e9 2e9 3e9 4e9",
    })
    void linearTicksAreRound(double low, double high, String labels) {
        assertEquals(labels, labels(Ticks.linear(new Range(low, high))));
    }

    @ParameterizedTest
    @CsvSource({
        "1e-6, 1, 1e-6 1e-5 0.0001 0.001 0.01 0.1 1",
        "0.9, 11, 1 2 5 10",
        "3, 5, 3 3.5 4 4.5 5",
        "1e-30, 1, 1e-28 1e-24 1e-20 1e-16 1e-12 1e-8 0.0001 1",
    })
    void logTicksAreRound(double low, double high, String labels) {
        Range range = new Range(Math.log10(low), Math.log10(high));
        List<Ticks.Tick> ticks = Ticks.log(range);
        assertEquals(labels, labels(ticks));
        for (Ticks.Tick tick : ticks) {
            assertTrue(tick.place() >= range.low() && tick.place() <= range.high(), "" + tick);
            if (!tick.label().isEmpty()) {
                double place = Math.log10(Double.parseDouble(tick.label()));
                assertEquals(place, tick.place(), 1e-12);
            }
        }
    }

    @Test
    void namesAreThinnedOut() {
        assertEquals(
                "0 5 10 15 20 25 30 35 40 45",
                labels(Ticks.indices(48)),
                "a long axis of numbers has round steps");
        assertEquals("0 1 2", labels(Ticks.indices(3)));
        List<String> names = Collections.nCopies(65, "name");
        assertEquals(22, Ticks.names(names).size());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 6, 0",
        "-0.25, 6, -0.25",
        "100, 2, 100",
        "0.316227, 3, 0.316",
        "NaN, 2, NaN",
        "123456789, 6, 1.23457e8",
        "0.00001, 2, 1e-5",
        "999999.9, 6, 1e6"
    })
    void numbersAreShort(double value, int digits, String text) {
        assertEquals(text, Ticks.text(value, digits));
    }

    private static String labels(List<Ticks.Tick> ticks) {
        return String.join(
                " ", ticks.stream().map(Ticks.Tick::label).filter(s -> !s.isEmpty()).toList());
    }
}
