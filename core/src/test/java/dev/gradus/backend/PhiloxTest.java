package dev.gradus.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HexFormat;
import java.util.stream.IntStream;

class PhiloxTest {
    /** The known answers for philox4x32-10 that Random123 is distributed with (kat_vectors). */
    @ParameterizedTest
    @CsvSource({
        // counter (low, high), key, four words
        "0000000000000000, 0000000000000000, 0000000000000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        "ffffffffffffffff, ffffffffffffffff, ffffffffffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
        "85a308d3243f6a88, 0370734413198a2e, 299f31d0a4093822, d16cfe09 94fdcceb 5001e420 24126ea1"
    })
    void knownAnswers(String low, String high, String key, String expected) {
        int[] words = new int[4];
        Philox.words(hex(key), hex(low), hex(high), words);
        assertEquals(
                expected,
                String.join(
                        " ",
                        IntStream.of(words).mapToObj(w -> HexFormat.of().toHexDigits(w)).toList()));
    }

    private static long hex(String digits) {
        return HexFormat.fromHexDigitsToLong(digits);
    }

    @Test
    void wordsBecomeNumbers() {
        assertEquals(0, Philox.uniform(0));
        assertEquals(0, Philox.uniform(255));
        assertEquals(0.5, Philox.uniform(0x80000000));
        assertEquals(1 - 0x1p-24, Philox.uniform(-1));
        // u = 1/2, v = 1/4: an angle of a quarter turn
        double radius = Math.sqrt(2 * Math.log(2));
        assertEquals(0, Philox.normal(0x80000000, 0x40000000, false), 1e-15);
        assertEquals(radius, Philox.normal(0x80000000, 0x40000000, true), 1e-15);
        // the largest word: u = 2^-24, and never infinite
        assertEquals(Math.sqrt(48 * Math.log(2)), Philox.normal(-1, 0, false), 1e-12);
    }

    @Test
    void aDrawTakesItsWordOrItsPairOfWords() {
        int[] words = {0x12345678, 0x40000000, 0x76543210, 0x60000000};
        double[] uniform = new double[4];
        double[] normal = new double[4];
        for (int i = 0; i < 4; i++) {
            uniform[i] = Philox.draw(Distribution.UNIFORM, words, i);
            normal[i] = Philox.draw(Distribution.NORMAL, words, i);
        }
        assertArrayEquals(IntStream.of(words).mapToDouble(Philox::uniform).toArray(), uniform);
        assertArrayEquals(
                new double[] {
                    Philox.normal(words[0], words[1], false),
                    Philox.normal(words[0], words[1], true),
                    Philox.normal(words[2], words[3], false),
                    Philox.normal(words[2], words[3], true)
                },
                normal);
    }
}
