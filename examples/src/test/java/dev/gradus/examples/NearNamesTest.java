package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class NearNamesTest {
    private static final List<String> NAMES = List.of("xor", "rosenbrock", "run");

    @ParameterizedTest
    @CsvSource({
        "xro, xor",
        "xr, xor",
        "xorr, xor",
        "nor, xor",
        "XOR, xor",
        "rosen, rosenbrock",
        "rosenborck, rosenbrock",
        "rozenbrok, rosenbrock",
        "r, rosenbrock run",
        "rn, run",
        "resnet, ''",
        "xylophone, ''"
    })
    void findsWhatIsNear(String typed, String expected) {
        assertEquals(expected, String.join(" ", NearNames.of(typed, NAMES)));
    }
}
