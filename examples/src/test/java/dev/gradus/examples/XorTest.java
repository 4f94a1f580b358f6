package dev.gradus.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.stream.IntStream;

/** From how many seeds the networks learn XOR. The README states these numbers. */
class XorTest {
    private static final double[][] INPUTS = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};

    @Test
    void learnsFromEverySeed() {
        assertEquals(100, seedsThatLearn(false));
    }

    @Test
    void theCoursesFormGetsStuckFromSomeSeeds() {
        assertEquals(71, seedsThatLearn(true));
    }

    private static long seedsThatLearn(boolean course) {
        return IntStream.range(0, 100).filter(seed -> learns(new Xor(course), seed)).count();
    }

    private static boolean learns(Xor xor, int seed) {
        Tensor.seed(seed);
        Xor.Trained trained = xor.train();
        double[] losses = trained.losses();
        double[] says = xor.probabilities(trained.net(), INPUTS);
        boolean right = says[0] < 0.5 && says[1] > 0.5 && says[2] > 0.5 && says[3] < 0.5;
        return right && losses[losses.length - 1] < 0.05;
    }
}
