package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.function.Executable;

/** What the tests of layers and losses assert. */
final class Expect {
    private Expect() {}

    /** The same shape, and numbers that differ by at most 2e-6 times (1 + their size). */
    static void close(double[][] expected, Tensor actual) {
        assertEquals(Shape.of(expected.length, expected[0].length), actual.shape());
        for (int i = 0; i < expected.length; i++) {
            close(expected[i], actual.get(i));
        }
    }

    /** As above, for a vector. */
    static void close(double[] expected, Tensor actual) {
        assertEquals(Shape.of(expected.length), actual.shape());
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual.at(i), 2e-6 * (1 + Math.abs(expected[i])));
        }
    }

    /** The same shape and the same bits. */
    static void same(Tensor expected, Tensor actual) {
        assertEquals(expected.shape(), actual.shape());
        assertArrayEquals(expected.toArray(), actual.toArray());
    }

    /** An error of this kind with exactly this message. */
    static void error(Class<? extends Exception> kind, String message, Executable code) {
        assertEquals(message, assertThrows(kind, code).getMessage());
    }
}
