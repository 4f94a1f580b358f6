package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicTest;

import java.util.Arrays;
import java.util.function.Supplier;

/** Small calculations whose answers another library gave. */
final class Facts {
    private Facts() {}

    /**
     * A test that a question has this answer: nested lists, as {@code tolist()} gives them in NumPy
     * and PyTorch.
     */
    static DynamicTest fact(Supplier<Tensor> question, String answer) {
        return dynamicTest(answer, () -> check(question.get(), answer));
    }

    private static void check(Tensor found, String answer) {
        double[] expected =
                Arrays.stream(answer.replaceAll("[\\[\\]]", "").split(", ", -1))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
        assertEquals(shape(answer, expected.length), found.shape());
        double[] values = found.toArray();
        for (int i = 0; i < expected.length; i++) {
            double tolerance =
                    Double.isFinite(expected[i]) ? 1e-6 * Math.abs(expected[i]) + 1e-30 : 0;
            assertEquals(expected[i], values[i], tolerance, found::toString);
        }
    }

    private static Shape shape(String answer, int size) {
        int rank = answer.length() - answer.replaceFirst("^\\[*", "").length();
        int[] dims = new int[rank];
        int lists = 1;
        for (int axis = 0; axis < rank; axis++) {
            // Lists that hold single numbers, or end with as many brackets as are deeper.
            int below = rank - axis - 1;
            int parts = below == 0 ? size : answer.split("]{" + below + ",}", -1).length - 1;
            dims[axis] = parts / lists;
            lists = parts;
        }
        return Shape.of(dims);
    }
}
