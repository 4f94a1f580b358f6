package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gradus.autograd.Mode;
import dev.gradus.autograd.Tape;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.stream.Stream;

class DropoutTest {
    @Test
    void inTrainingElementsAreZeroOrLarger() {
        var dropout = new Dropout(0.25);
        Tensor x = Tensor.full(3, 100, 100);
        try (Tape tape = Tape.watch(x)) {
            Tensor y = dropout.apply(x);
            Tensor kept = y.ne(0);
            assertEquals(0.75, kept.mean().item(), 0.02);
            Expect.same(kept.mul(4), y);
            // The same elements pass in the backward pass.
            Tensor gradient = tape.gradients(y.sum()).of(x);
            Expect.close(kept.mul(4 / 3.0).flatten().toArray(), gradient.flatten());
        }
    }

    @Test
    void aSeedGivesTheSameElementsAgain() {
        var dropout = new Dropout(0.5);
        Tensor x = Tensor.ones(64);
        var ones = new Generator(1);
        double[] first = trained(dropout, x, ones);
        assertFalse(Arrays.equals(first, trained(dropout, x, ones)), "another draw");
        Expect.same(Tensor.of(first), Tensor.of(trained(dropout, x, new Generator(1))));
    }

    private static double[] trained(Layer layer, Tensor x, Generator generator) {
        double[][] result = new double[1][];
        try (Tape _ = Tape.start()) {
            generator.with(() -> result[0] = layer.apply(x).toArray());
        }
        return result[0];
    }

    static Stream<Layer> layers() {
        Layer[] layers = {
            new Dropout(0.5),
            Layer.of(t -> new ScaledDotProductAttention(0.5).apply(t, t, t)),
            new MultiHeadAttention(4, 2, 0.5),
            new FeedForward(4, 8, new ReLU(), 0.5),
            new TransformerBlock(4, 2, 8, TransformerBlock.Norm.PRE, new ReLU(), 0.5),
            new TransformerBlock(4, 2, 8, TransformerBlock.Norm.POST, new ReLU(), 0.5)
        };
        return Stream.of(layers);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void onlyTrainingDraws(Layer layer) {
        Tensor x = Waves.of(0.3, 2, 5, 4);
        Tensor y = layer.apply(x);
        Expect.same(y, layer.apply(x));
        try (Tape _ = Tape.start(Mode.EVAL)) {
            Expect.same(y, layer.apply(x));
        }
        double[] trained = trained(layer, x, new Generator(3));
        double[] again = trained(layer, x, new Generator(3));
        assertNotEquals(0, y.sub(Tensor.of(trained).reshape(2, 5, 4)).abs().max().item(), 1e-3);
        Expect.same(Tensor.of(trained), Tensor.of(again));
    }

    @Test
    void withoutChanceItIsTheIdentity() {
        Tensor x = Tensor.ones(3);
        assertSame(x, new Dropout(0.9).apply(x));
        try (Tape _ = Tape.start()) {
            assertSame(x, new Dropout(0).apply(x));
        }
        assertEquals("Dropout(0.1)", new Dropout(0.1).toString());
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, -0.1, 2, Double.NaN})
    void aChanceIsAtLeastZeroAndBelowOne(double p) {
        String reason =
                ": the dropout is the chance with which an element becomes 0; it must be at least"
                        + " 0 and below 1, not "
                        + p;
        Class<IllegalArgumentException> kind = IllegalArgumentException.class;
        Expect.error(kind, "Dropout(" + p + ")" + reason, () -> new Dropout(p));
        Expect.error(
                kind,
                "ScaledDotProductAttention(" + p + ")" + reason,
                () -> new ScaledDotProductAttention(p));
        Expect.error(
                kind,
                "MultiHeadAttention(4, 2, " + p + ")" + reason,
                () -> new MultiHeadAttention(4, 2, p));
        Expect.error(
                kind, "Dropout(" + p + ")" + reason, () -> new FeedForward(4, 8, new ReLU(), p));
    }
}
