package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.function.UnaryOperator;

/** Gradients of distances where a norm is 0 or nearly so; the first two are PyTorch 1.13.1's. */
class DistanceGradientsTest {
    private static double[] gradient(UnaryOperator<Tensor> f, double... at) {
        Parameter x = new Parameter("x", Tensor.of(at));
        try (var tape = Tape.start()) {
            return tape.gradients(f.apply(x.value()).sum()).of(x).toArray();
        }
    }

    @Test
    void cosineOfZero() {
        Tensor b = Tensor.of(1, 2, 3);
        double[] expected = {26726124.191242438, 53452248.382484876, 80178372.57372732};
        double[] found = gradient(x -> Functional.cosineSimilarity(x, b, 0), 0, 0, 0);
        assertArrayEquals(expected, found, 10);
    }

    @Test
    void distanceOfEqualOnes() {
        double[] found = gradient(x -> Functional.pairwiseDistance(x, Tensor.of(2, 2, 2)), 2, 2, 2);
        double root = 1 / Math.sqrt(3);
        assertArrayEquals(new double[] {root, root, root}, found, 1e-6);
    }

    /** Σ (a − b + ε)² is 0 here, and the square root's slope infinite. */
    @Test
    void distanceThatTheEpsilonMakesZero() {
        double[] found = gradient(x -> Functional.pairwiseDistance(x, Tensor.of(1e-6)), 0);
        assertArrayEquals(new double[] {0}, found);
    }
}
