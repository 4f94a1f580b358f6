package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.function.BinaryOperator;
import java.util.stream.Stream;

class LossesTest {
    private static final Tensor LOGITS = Tensor.of(new double[][] {{-2, 0.5}, {0, 3}, {40, -40}});
    private static final Tensor TARGET = Tensor.of(new double[][] {{0, 1}, {0.25, 1}, {1, 1}});
    private static final Tensor PROBABILITY =
            Tensor.of(new double[][] {{0.1, 0.5}, {0.3, 0.875}, {0.01, 0.99}});

    /** The numbers are those of PyTorch 1.13.1 in float64. */
    static Stream<Arguments> pyTorch() {
        return Stream.of(
                row(
                        "mse",
                        Losses::mse,
                        LOGITS,
                        535.0520833333334,
                        new double[][] {
                            {-0.6666666666666666, -0.16666666666666666},
                            {-0.08333333333333333, 0.6666666666666666},
                            {13.0, -13.666666666666666}
                        }),
                row(
                        "binaryCrossEntropyWithLogits",
                        Losses::binaryCrossEntropyWithLogits,
                        LOGITS,
                        6.890456587892795,
                        new double[][] {
                            {0.019867153670352924, -0.0629234447996909},
                            {0.041666666666666664, -0.007904312196261106},
                            {0.0, -0.16666666666666666}
                        }),
                row(
                        "binaryCrossEntropy",
                        Losses::binaryCrossEntropy,
                        PROBABILITY,
                        1.0192931699532366,
                        new double[][] {
                            {0.18518518518518515, -0.3333333333333333},
                            {0.03968253968253967, -0.19047619047619047},
                            {-16.666666666666664, -0.16835016835016833}
                        }));
    }

    private static Arguments row(
            String name,
            BinaryOperator<Tensor> loss,
            Tensor prediction,
            double value,
            double[][] gradient) {
        return Arguments.of(name, loss, prediction, value, gradient);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pyTorch")
    void valuesAndGradientsAreThoseOfPyTorch(
            String name,
            BinaryOperator<Tensor> loss,
            Tensor prediction,
            double value,
            double[][] gradient) {
        try (Tape tape = Tape.watch(prediction)) {
            Tensor y = loss.apply(prediction, TARGET);
            assertEquals(Shape.of(), y.shape());
            assertEquals(value, y.item(), 1e-6 * value, name);
            Expect.close(gradient, tape.gradients(y).of(prediction));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pyTorch")
    void gradCheck(
            String name,
            BinaryOperator<Tensor> loss,
            Tensor prediction,
            double value,
            double[][] gradient) {
        // Not at 0, where the logits' loss is made of two pieces.
        Tensor moved = prediction.mul(0.9).add(0.03);
        GradCheck.check(x -> loss.apply(x[0], x[1]), moved, TARGET);
    }

    @Test
    void certainProbabilities() {
        Tensor p = Tensor.of(0.0, 1, 0, 1);
        Tensor y = Tensor.of(0.0, 1, 1, 0);
        try (Tape tape = Tape.watch(p)) {
            Tensor loss = Losses.binaryCrossEntropy(p, y);
            assertEquals(50, loss.item(), "two of four logarithms are clamped at −100");
            // Right ones: −1/p and 1/(1 − p). Wrong ones: the clamp is flat.
            Expect.close(new double[] {0.25, -0.25, 0, 0}, tape.gradients(loss).of(p));
        }
        Tensor logits = Tensor.of(2, -3);
        double loss = Losses.binaryCrossEntropy(logits, Tensor.of(1, 0)).item();
        assertTrue(Double.isNaN(loss), "logits are no probabilities");
    }

    @Test
    void largeLogitsNeitherOverflowNorVanish() {
        Tensor x = Tensor.of(1e30, -1e30, 20);
        Tensor y = Tensor.of(1, 0, 1);
        double tiny = Math.log1p(Math.exp(-20));
        double loss = Losses.binaryCrossEntropyWithLogits(x, y).item();
        assertEquals(tiny / 3, loss, 1e-5 * tiny);
    }

    @Test
    void integerTargets() {
        Tensor x = Tensor.of(0.5, -1);
        double loss = Losses.binaryCrossEntropyWithLogits(x, Tensor.of(1, 0)).item();
        assertEquals(
                loss, Losses.binaryCrossEntropyWithLogits(x, Tensor.of(new int[] {1, 0})).item());
    }

    @Test
    void shapesMustBeEqual() {
        Class<IllegalArgumentException> kind = IllegalArgumentException.class;
        Expect.error(
                kind,
                "mse: the prediction has shape [4, 1] and the target [4]; they must be equal, as"
                        + " after target.reshape(prediction.shape())",
                () -> Losses.mse(Tensor.zeros(4, 1), Tensor.zeros(4)));
        Expect.error(
                kind,
                "binaryCrossEntropyWithLogits: the prediction has shape [4, 1] and the target"
                        + " [3, 1]; they must be equal",
                () -> Losses.binaryCrossEntropyWithLogits(Tensor.zeros(4, 1), Tensor.zeros(3, 1)));
        Expect.error(
                kind,
                "binaryCrossEntropy: the prediction has shape [4] and the target []; they must be"
                        + " equal",
                () -> Losses.binaryCrossEntropy(Tensor.zeros(4), Tensor.zeros()));
        Expect.error(
                kind,
                "mse: shape [0, 1] has no elements to take a mean of",
                () -> Losses.mse(Tensor.zeros(0, 1), Tensor.zeros(0, 1)));
    }
}
