package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.stream.IntStream;

class GeneratorTest {
    @Test
    void aSeedGivesTheSameNumbers() {
        Tensor first = new Generator(3).randn(2, 5);
        assertEquals(DType.FLOAT32, first.dtype());
        assertEquals(Shape.of(2, 5), first.shape());
        assertArrayEquals(first.toArray(), new Generator(3).randn(2, 5).toArray());
        assertNotEquals(Bits.hash(first), Bits.hash(new Generator(4).randn(2, 5)));
        var again = new Generator(9);
        again.rand(100);
        again.seed(3);
        assertEquals(3, again.seed());
        assertArrayEquals(first.toArray(), again.randn(2, 5).toArray());
    }

    @Test
    void goesOnWhereItWas() {
        var generator = new Generator(3);
        generator.rand(7);
        long position = generator.position();
        Tensor expected = generator.randn(5);
        var other = new Generator(4);
        other.resume(3, position);
        assertArrayEquals(expected.toArray(), other.randn(5).toArray());
        assertEquals(generator.position(), other.position());
        assertThrows(IllegalArgumentException.class, () -> other.resume(3, -1));
    }

    @Test
    void drawingTwiceGivesOtherNumbers() {
        var generator = new Generator(3);
        Tensor a = generator.rand(6);
        Tensor b = generator.rand(6);
        for (double x : a.toArray()) {
            assertTrue(Arrays.stream(b.toArray()).noneMatch(y -> x == y));
        }
    }

    @Test
    void theCurrentGeneratorIsTheOneThatWasBound() {
        var mine = new Generator(11);
        Tensor expected = new Generator(11).rand(4);
        mine.with(() -> {
            assertSame(mine, Generator.current());
            assertArrayEquals(expected.toArray(), Tensor.rand(4).toArray());
            new Generator(12).with(() -> assertNotEquals(11, Generator.current().seed()));
            Tensor.seed(11);
            assertArrayEquals(expected.toArray(), Tensor.rand(4).toArray());
        });
        assertNotEquals(11, Generator.current().seed());
    }

    /** The first two words of Philox for key 0 and counter 0 are 6627e8d5 and e169c58d. */
    @Test
    void aNumberOnTheHost() {
        var generator = new Generator(0);
        assertEquals(0.39904647231489565, generator.nextDouble());
        assertEquals(1, generator.reserve(1)); // it took one counter
        var other = new Generator(0);
        other.rand(4);
        other.rand(1);
        assertEquals(other.nextDouble(), generator.nextDouble());
    }

    @Test
    void uniformNumbersFillTheirInterval() {
        double[] x = new Generator(1).rand(100_000).toArray();
        assertTrue(Arrays.stream(x).allMatch(v -> v >= 0 && v < 1));
        assertEquals(0.5, Arrays.stream(x).average().orElseThrow(), 0.005);
        int[] counts = new int[10];
        for (double v : x) {
            counts[(int) (10 * v)]++;
        }
        for (int c : counts) {
            assertEquals(10_000, c, 500);
        }
    }

    @Test
    void normalNumbersHaveTheMomentsOfTheNormalDistribution() {
        double[] x = new Generator(2).randn(100_000).toArray();
        double[] moments = new double[5];
        for (double v : x) {
            for (int k = 1; k <= 4; k++) {
                moments[k] += Math.pow(v, k) / x.length;
            }
        }
        assertArrayEquals(new double[] {0, 0, 1, 0, 3}, moments, 0.06);
        // neighbours come from one radius and angle, and are still uncorrelated
        double product =
                IntStream.range(0, x.length / 2).mapToDouble(i -> x[2 * i] * x[2 * i + 1]).sum();
        assertEquals(0, product / (x.length / 2.0), 0.02);
    }

    @Test
    void aPermutationHasEveryNumberOnce() {
        for (int n : new int[] {0, 1, 2, 100}) {
            int[] order = new Generator(5).permutation(n).toIntArray();
            assertArrayEquals(
                    IntStream.range(0, n).toArray(), Arrays.stream(order).sorted().toArray());
        }
        assertEquals(DType.INT32, new Generator(5).permutation(3).dtype());
        assertArrayEquals(
                new Generator(5).permutation(50).toArray(),
                new Generator(5).permutation(50).toArray());
    }

    @Test
    void everyPermutationIsAsLikelyAsTheOthers() {
        var generator = new Generator(8);
        int[] counts = new int[27];
        for (int i = 0; i < 6000; i++) {
            int[] p = generator.permutation(3).toIntArray();
            counts[9 * p[0] + 3 * p[1] + p[2]]++;
        }
        int[] seen = Arrays.stream(counts).filter(c -> c > 0).toArray();
        assertEquals(6, seen.length);
        for (int c : seen) {
            assertEquals(1000, c, 130);
        }
    }
}
