package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.tensor.Generator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

class SamplingTest {
    /** Logits whose softmax is known: 0.1, 0.4, 0.2, 0.3. */
    private static final double[] LOGITS = logits(0.1, 0.4, 0.2, 0.3);

    private static double[] logits(double... probabilities) {
        double[] logits = new double[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = 5 + Math.log(probabilities[i]);
        }
        return logits;
    }

    static Stream<Arguments> byHand() {
        return Stream.of(
                row(new Sampling(1), 0.1, 0.4, 0.2, 0.3),
                row(Sampling.GREEDY, 0, 1, 0, 0),
                // p^(1/T), divided by the sum: squares for T = ½, 0.01 + 0.16 + 0.04 + 0.09
                row(new Sampling(0.5), 1 / 30.0, 16 / 30.0, 4 / 30.0, 9 / 30.0),
                row(new Sampling(1, 3, 1), 0, 4 / 9.0, 2 / 9.0, 3 / 9.0),
                row(new Sampling(1, 1, 1), 0, 1, 0, 0),
                row(new Sampling(1, 99, 1), 0.1, 0.4, 0.2, 0.3),
                // 0.4 alone is less than 0.5, 0.4 + 0.3 is not
                row(new Sampling(1, 0, 0.5), 0, 4 / 7.0, 0, 3 / 7.0),
                row(new Sampling(1, 0, 0.75), 0, 4 / 9.0, 2 / 9.0, 3 / 9.0),
                row(new Sampling(1, 0, 0.95), 0.1, 0.4, 0.2, 0.3),
                row(new Sampling(1, 0, 1e-9), 0, 1, 0, 0),
                // of the 0.9 that top-k leaves, 0.7 is less than 0.8 · 0.9 and 0.9 is not
                row(new Sampling(1, 3, 0.8), 0, 4 / 9.0, 2 / 9.0, 3 / 9.0),
                row(new Sampling(1, 3, 0.75), 0, 4 / 7.0, 0, 3 / 7.0),
                // the temperature comes first: 16 / 30 is enough by itself
                row(new Sampling(0.5, 0, 0.5), 0, 1, 0, 0));
    }

    private static Arguments row(Sampling sampling, double... expected) {
        return Arguments.of(sampling, expected);
    }

    @ParameterizedTest
    @MethodSource("byHand")
    void probabilitiesByHand(Sampling sampling, double[] expected) {
        assertArrayEquals(expected, sampling.probabilities(LOGITS), 1e-12);
    }

    @Test
    void extremes() {
        double none = Double.NEGATIVE_INFINITY;
        assertArrayEquals(
                new double[] {0, 0.5, 0.5}, new Sampling(1).probabilities(none, 800, 800), 0);
        assertArrayEquals(
                new double[] {0, 1, 0}, new Sampling(1, 1, 1).probabilities(none, 800, 800), 0);
        assertArrayEquals(new double[] {1, 0}, new Sampling(1e-300).probabilities(1, 0), 0);
        assertArrayEquals(new double[] {1}, new Sampling(2, 5, 0.1).probabilities(-3), 0);
        // Of equal ones the first.
        assertEquals(1, Sampling.GREEDY.choose(new double[] {1, 2, 2}, new Generator(0)));
    }

    /** The token is the one in whose part of 0 … 1 the random number lies. */
    @ParameterizedTest
    @CsvSource({"1, 0, 1", "0.6, 3, 0.9", "3, 2, 1"})
    void aTokenIsDrawnByOneNumber(double temperature, int topK, double topP) {
        var sampling = new Sampling(temperature, topK, topP);
        double[] p = sampling.probabilities(LOGITS);
        var generator = new Generator(8);
        Generator numbers = generator.copy();
        int[] counts = new int[4];
        int n = 20_000;
        for (int i = 0; i < n; i++) {
            double number = numbers.nextDouble();
            int token = sampling.choose(LOGITS, generator);
            counts[token]++;
            double below = 0;
            for (int j = 0; j < token; j++) {
                below += p[j];
            }
            assertEquals(below + p[token] / 2, number, p[token] / 2 + 1e-12);
        }
        for (int j = 0; j < 4; j++) {
            assertEquals(p[j], counts[j] / (double) n, 0.015);
        }
    }

    @Test
    void greedyDrawsNoNumber() {
        var generator = new Generator(3);
        Sampling.GREEDY.choose(LOGITS, generator);
        assertEquals(new Generator(3).nextDouble(), generator.nextDouble());
    }

    @Test
    void errors() {
        Expect.error(
                IllegalArgumentException.class,
                "sampling: the temperature must be 0 (greedy) or above, not -0.1",
                () -> new Sampling(-0.1));
        Expect.error(
                IllegalArgumentException.class,
                "sampling: the temperature must be 0 (greedy) or above, not NaN",
                () -> new Sampling(Double.NaN));
        Expect.error(
                IllegalArgumentException.class,
                "sampling: top-k is how many tokens are left, 0 for all, not -1",
                () -> new Sampling(1, -1, 1));
        for (double p : new double[] {0, 1.01, Double.NaN}) {
            Expect.error(
                    IllegalArgumentException.class,
                    "sampling: top-p is how much probability is left, above 0 and at most 1, not "
                            + p,
                    () -> new Sampling(1, 0, p));
        }
        for (double logit : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Expect.error(
                    IllegalArgumentException.class,
                    "sampling: the logit of token 1 is " + logit + "; was the training stable?",
                    () -> new Sampling(1).probabilities(0, logit));
        }
        double none = Double.NEGATIVE_INFINITY;
        Expect.error(
                IllegalArgumentException.class,
                "sampling: none of the 2 logits is a number above -Infinity: no token may come",
                () -> new Sampling(1).probabilities(none, none));
    }
}
