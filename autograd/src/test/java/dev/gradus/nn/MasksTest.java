package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.Tape;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** Masks, and what attention says to wrong ones and to wrong inputs. */
class MasksTest {
    private static final Class<IllegalArgumentException> KIND = IllegalArgumentException.class;
    private static final Tensor QUERIES = AttentionTest.QUERIES;
    private static final Tensor KEYS = AttentionTest.KEYS;
    private static final Tensor VALUES = AttentionTest.VALUES;

    private final MultiHeadAttention attention = AttentionTest.filled();

    @Test
    void moreAxesInFront() {
        Tensor x = Waves.of(0.3, 2, 2, 3, 4);
        Tensor each = attention.apply(x.reshape(4, 3, 4), Masks.causal(3), false);
        Tensor together = attention.apply(x, Masks.causal(3), false);
        assertEquals(x.shape(), together.shape());
        Expect.close(each.flatten().toArray(), together.flatten());
        assertEquals(Shape.of(2, 2, 2, 3, 3), attention.weights(x, x, null, false).shape());
    }

    @Test
    void aQueryThatMayAttendToNoKeyGivesTheOutputsBias() {
        Tensor mask = Masks.padding(new int[] {0, 4}, 4);
        Tensor y = attention.apply(QUERIES, KEYS, VALUES, mask, false);
        Tensor bias = attention.parameters().get(7).value();
        for (int i = 0; i < 3; i++) {
            Expect.close(bias.toArray(), y.get(0).get(i));
        }
        Tensor open = attention.apply(QUERIES, KEYS, VALUES, null, false);
        Expect.close(open.get(1).flatten().toArray(), y.get(1).flatten());
        try (Tape tape = Tape.watch(KEYS)) {
            Tensor blind = attention.apply(QUERIES, KEYS, VALUES, mask, false);
            Tensor gradient = tape.gradients(blind.sum()).of(KEYS);
            assertEquals(0, gradient.get(0).abs().max().item());
        }
    }

    @Test
    void masks() {
        double[][] causal = {{1, 0, 0}, {1, 1, 0}, {1, 1, 1}};
        Expect.close(causal, Masks.causal(3));
        Tensor padding = Masks.padding(new int[] {3, 0, 2}, 3);
        assertEquals(Shape.of(3, 1, 1, 3), padding.shape());
        double[][] rows = {{1, 1, 1}, {0, 0, 0}, {1, 1, 0}};
        Expect.close(rows, padding.reshape(3, 3));
        Tensor both = Masks.causal(3).mul(padding);
        assertEquals(Shape.of(3, 1, 3, 3), both.shape());
        double[][] last = {{1, 0, 0}, {1, 1, 0}, {1, 1, 0}};
        Expect.close(last, both.get(2).get(0));
        String range = "Masks.padding: the length of sequence 1 must be in 0 … 3, not ";
        Expect.error(KIND, range + "4", () -> Masks.padding(new int[] {3, 4}, 3));
        Expect.error(KIND, range + "-1", () -> Masks.padding(new int[] {3, -1}, 3));
    }

    static Stream<Arguments> badMasks() {
        String weights = "; Masks.padding(lengths, 4) makes one for sequences of several lengths";
        String batch =
                " must be [t, s] = [3, 4], or [b, t, s], or broadcast to the weights, [2, 2, 3, 4]"
                        + weights;
        return Stream.of(
                // [b, s], which would be taken for [t, s] were there as many queries
                Arguments.of(Tensor.ones(2, 4), QUERIES, "a mask of shape [2, 4]" + batch),
                Arguments.of(Tensor.ones(4, 3), QUERIES, "a mask of shape [4, 3]" + batch),
                Arguments.of(Tensor.ones(3, 3, 4), QUERIES, "a mask of shape [3, 3, 4]" + batch),
                Arguments.of(
                        Tensor.ones(2, 2, 4, 4), QUERIES, "a mask of shape [2, 2, 4, 4]" + batch),
                Arguments.of(
                        Tensor.ones(2, 4),
                        QUERIES.get(0),
                        "a mask of shape [2, 4] must be [t, s] = [3, 4], or broadcast to the"
                                + " weights, [2, 3, 4]"
                                + weights));
    }

    @ParameterizedTest
    @MethodSource("badMasks")
    void aMaskThatDoesNotFit(Tensor mask, Tensor q, String message) {
        Tensor k = q.ndim() == 2 ? KEYS.get(0) : KEYS;
        String whole = "MultiHeadAttention(4, 2): " + message;
        Expect.error(KIND, whole, () -> attention.apply(q, k, k, mask, false));
        Expect.error(KIND, whole, () -> attention.weights(q, k, mask, true));
    }

    @Test
    void badInput() {
        String name = "MultiHeadAttention(4, 2): ";
        Expect.error(
                KIND,
                name + "input of shape [2, 3, 5] must be [.., t, 4]",
                () -> attention.apply(Tensor.zeros(2, 3, 5)));
        Expect.error(
                KIND,
                name + "input of shape [4] must be [.., t, 4]",
                () -> attention.apply(Tensor.zeros(4)));
        String fit = " must be [.., t, 4] and twice [.., s, 4]";
        Expect.error(
                KIND,
                name + "queries [2, 3, 4], keys [2, 4, 4] and values [2, 3, 4]" + fit,
                () -> attention.apply(QUERIES, KEYS, QUERIES, null, false));
        Expect.error(
                KIND,
                name + "queries [2, 3, 4], keys [1, 3, 4] and values [1, 3, 4]" + fit,
                () ->
                        attention.apply(
                                QUERIES, Tensor.ones(1, 3, 4), Tensor.ones(1, 3, 4), null, false));
        Expect.error(
                KIND,
                name + "queries [2, 3, 4], keys [3, 4] and values [3, 4]" + fit,
                () -> attention.weights(QUERIES, QUERIES.get(0), null, false));
        Expect.error(
                KIND,
                "MultiHeadAttention(6, 4): 4 heads cannot share a width of 6 equally",
                () -> new MultiHeadAttention(6, 4));
        Expect.error(
                KIND,
                "MultiHeadAttention(6, 0): 0 heads cannot share a width of 6 equally",
                () -> new MultiHeadAttention(6, 0));
    }
}
