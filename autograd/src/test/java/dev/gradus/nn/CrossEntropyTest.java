package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** The numbers are those of PyTorch 1.13.1 in float64, its classes moved to axis 1. */
class CrossEntropyTest {
    private static final Class<IllegalArgumentException> KIND = IllegalArgumentException.class;
    private static final Tensor LOGITS = Waves.scaled(2, 0.3, 2, 3, 4);
    private static final Tensor CLASSES = Tensor.of(new int[][] {{1, 3, 0}, {2, 2, 1}});
    private static final Tensor PADDED = Tensor.of(new int[][] {{1, 3, 0}, {2, 2, -100}});
    private static final Tensor PROBABILITIES = Waves.of(4, 2, 3, 4).softmax(-1);

    /** A row has the loss, and of the gradient by the logits its product with a wave, and a row. */
    static Stream<Arguments> pyTorch() {
        return Stream.of(
                row(
                        "classes",
                        CLASSES,
                        0,
                        -100,
                        2.0878378,
                        0.22569755,
                        0.098609408,
                        -0.11635694,
                        0.013923098,
                        0.0038244298),
                row("−100 is ignored", PADDED, 0, -100, 2.2658459, 0.21407897, 0, 0, 0, 0),
                row("smoothed", PADDED, 0.1, -100, 2.2254575, 0.21688308, 0, 0, 0, 0),
                row(
                        "a class is ignored",
                        CLASSES,
                        0,
                        2,
                        2.0438257,
                        0.10558482,
                        0.14791411,
                        -0.1745354,
                        0.020884646,
                        0.0057366447),
                row(
                        "smoothed, a class is ignored",
                        CLASSES,
                        0.25,
                        2,
                        1.9744656,
                        0.13027542,
                        0.13228911,
                        -0.1276604,
                        0.0052596464,
                        -0.0098883553),
                row(
                        "probabilities",
                        PROBABILITIES,
                        0,
                        -100,
                        2.2758575,
                        0.48046991,
                        0.084575053,
                        0.024686572,
                        -0.036254134,
                        -0.073007492),
                row(
                        "smoothed probabilities",
                        PROBABILITIES,
                        0.1,
                        -100,
                        2.2366838,
                        0.46199539,
                        0.081811822,
                        0.023082222,
                        -0.035403077,
                        -0.069490967),
                row(
                        "a sum of 2",
                        PROBABILITIES.mul(2),
                        0,
                        -100,
                        4.5517149,
                        0.96093982,
                        0.16915011,
                        0.049373145,
                        -0.072508267,
                        -0.14601498));
    }

    private static Arguments row(
            String name,
            Tensor target,
            double smoothing,
            int ignored,
            double loss,
            double checksum,
            double... lastRow) {
        return Arguments.of(name, target, smoothing, ignored, loss, checksum, lastRow);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pyTorch")
    void valuesAndGradientsAreThoseOfPyTorch(
            String name,
            Tensor target,
            double smoothing,
            int ignored,
            double loss,
            double checksum,
            double[] lastRow) {
        try (Tape tape = Tape.watch(LOGITS)) {
            Tensor y = Losses.crossEntropy(LOGITS, target, smoothing, ignored);
            assertEquals(Shape.of(), y.shape());
            assertEquals(loss, y.item(), 2e-6 * loss);
            Tensor gradient = tape.gradients(y).of(LOGITS);
            assertEquals(checksum, gradient.mul(Waves.of(0.9, 2, 3, 4)).sum().item(), 1e-6);
            Expect.close(lastRow, gradient.get(1).get(2));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pyTorch")
    void gradCheck(String name, Tensor target, double smoothing, int ignored) {
        GradCheck.check(
                t -> Losses.crossEntropy(t[0], t[1], smoothing, ignored),
                LOGITS.to("reference"),
                target.to("reference"));
    }

    @Test
    void theShortFormAndAClassAsARow() {
        double loss = Losses.crossEntropy(LOGITS, PADDED, 0, -100).item();
        assertEquals(loss, Losses.crossEntropy(LOGITS, PADDED).item());
        Tensor one = Tensor.of(0.0, 0); // ln 2, whichever class
        assertEquals(
                Math.log(2),
                Losses.crossEntropy(one, Tensor.of(new int[] {1}).get(0)).item(),
                1e-7);
        // 255 is no class, and a common number for what does not count.
        Tensor large = Tensor.of(new int[][] {{1, 3, 0}, {2, 2, 255}});
        assertEquals(loss, Losses.crossEntropy(LOGITS, large, 0, 255).item());
    }

    @Test
    void largeLogitsNeitherOverflowNorVanish() {
        Tensor x = Tensor.of(new double[][] {{1e30, 0}, {-1e4, 1e4}});
        assertEquals(0, Losses.crossEntropy(x, Tensor.of(new int[] {0, 1})).item());
        assertEquals(1e4, Losses.crossEntropy(x, Tensor.of(new int[] {0, 0})).item());
    }

    @Test
    void aLabelOutOfRange() {
        Class<IndexOutOfBoundsException> kind = IndexOutOfBoundsException.class;
        String reason = " is not one of the 4 classes 0 … 3, nor -100, which is ignored";
        int[][] labels = {{1, 3, 0}, {2, 4, -1}};
        Expect.error(
                kind,
                "crossEntropy: label 4 at [1, 1]" + reason + "; classes count from 0",
                () -> Losses.crossEntropy(LOGITS, Tensor.of(labels)));
        labels[1][1] = -100;
        Expect.error(
                kind,
                "crossEntropy: label -1 at [1, 2]" + reason,
                () -> Losses.crossEntropy(LOGITS, Tensor.of(labels)));
        Expect.error(
                kind,
                "crossEntropy: label -100 at [1, 2] is not one of the 4 classes 0 … 3, nor 2, which"
                        + " is ignored",
                () -> Losses.crossEntropy(LOGITS, PADDED, 0, 2));
    }

    private static void wrong(Tensor logits, Tensor target, String hint) {
        Expect.error(
                KIND,
                "crossEntropy: logits of shape "
                        + logits.shape()
                        + " and a target of "
                        + target.dtype()
                        + " and shape "
                        + target.shape()
                        + " must be [.., c] and either INT32 classes, [..], or probabilities,"
                        + " [.., c]"
                        + hint,
                () -> Losses.crossEntropy(logits, target));
    }

    @Test
    void badShapesAndTypes() {
        wrong(
                Tensor.zeros(5, 3),
                Tensor.zeros(5),
                "; are these classes? target.to(DType.INT32) makes them so");
        wrong(
                Tensor.zeros(5, 3),
                Tensor.zeros(5, 3).to(DType.INT32),
                "; are these probabilities? target.to(DType.FLOAT32) makes them so");
        wrong(
                Tensor.zeros(2, 7, 3),
                Tensor.zeros(2, 3).to(DType.INT32),
                "; the classes are logits' last axis, not, as in PyTorch, axis 1");
        wrong(
                Tensor.zeros(5, 3),
                Tensor.zeros(4).to(DType.INT32),
                "; there are 5 rows and 4 labels");
        wrong(Tensor.zeros(), Tensor.zeros(), "");
    }

    @Test
    void nothingToTakeAMeanOf() {
        Expect.error(
                KIND,
                "crossEntropy: logits of shape [0, 3] have no rows to take a mean of",
                () -> Losses.crossEntropy(Tensor.zeros(0, 3), Tensor.zeros(0).to(DType.INT32)));
        Expect.error(
                KIND,
                "crossEntropy: all 2 labels are -100, which is ignored: there is nothing to take a"
                        + " mean of",
                () ->
                        Losses.crossEntropy(
                                Tensor.zeros(2, 3), Tensor.full(-100, 2).to(DType.INT32)));
        Expect.error(
                KIND,
                "crossEntropy: the label smoothing must be in 0 … 1, not 1.5",
                () -> Losses.crossEntropy(LOGITS, CLASSES, 1.5, -100));
    }
}
