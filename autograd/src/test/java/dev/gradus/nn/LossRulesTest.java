package dev.gradus.nn;

import static dev.gradus.nn.LossFactsTest.ALL;
import static dev.gradus.nn.LossFactsTest.C;
import static dev.gradus.nn.LossFactsTest.CW;
import static dev.gradus.nn.LossFactsTest.L;
import static dev.gradus.nn.LossFactsTest.LP;
import static dev.gradus.nn.LossFactsTest.P;
import static dev.gradus.nn.LossFactsTest.T;
import static dev.gradus.nn.LossFactsTest.TP;
import static dev.gradus.nn.LossFactsTest.X;
import static dev.gradus.nn.LossFactsTest.YES;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Tape;
import dev.gradus.nn.Losses.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

/** What losses share: weights, reductions, kinks, rows that do not count, and their errors. */
class LossRulesTest {
    private static final Class<IllegalArgumentException> KIND = IllegalArgumentException.class;

    @Test
    void theShortFormsAreMeans() {
        Reduction mean = Reduction.MEAN;
        Expect.same(Losses.l1(X, T, null, mean), Losses.l1(X, T));
        Expect.same(Losses.mse(X, T, null, mean), Losses.mse(X, T));
        Expect.same(Losses.huber(X, T, 1.5, null, mean), Losses.huber(X, T, 1.5));
        Expect.same(Losses.smoothL1(X, T, 1.5, null, mean), Losses.smoothL1(X, T, 1.5));
        Expect.same(
                Losses.binaryCrossEntropy(P, YES, null, mean), Losses.binaryCrossEntropy(P, YES));
        Expect.same(
                Losses.binaryCrossEntropyWithLogits(L, YES, null, null, mean),
                Losses.binaryCrossEntropyWithLogits(L, YES));
        Expect.same(Losses.nll(LP, C, null, -100, mean), Losses.nll(LP, C));
        Expect.same(Losses.crossEntropy(LP, C, null, 0, -100, mean), Losses.crossEntropy(LP, C));
    }

    @Test
    void crossEntropyIsNllOfALogSoftmax() {
        Tensor logits = Waves.of(0.4, 2, 3, 4);
        Tensor classes = Tensor.of(new int[][] {{1, 3, 0}, {2, -1, 1}});
        Tensor weights = Tensor.of(0.5, 2, 1.25, 1);
        for (Reduction r : Reduction.values()) {
            assertArrayEquals(
                    Losses.crossEntropy(logits, classes, weights, 0, -1, r).toArray(),
                    Losses.nll(logits.logSoftmax(-1), classes, weights, -1, r).toArray(),
                    1e-6);
        }
        assertEquals(Shape.of(2, 3), Losses.nll(logits, classes, null, -1, Reduction.NONE).shape());
    }

    @Test
    void weightsOfElementsBroadcast() {
        Tensor rows = Tensor.of(new double[][] {{1}, {0}, {3}});
        for (Reduction r : Reduction.values()) {
            Expect.same(Losses.mse(X, T, rows.expand(3, 2), r), Losses.mse(X, T, rows, r));
        }
        Tensor each = Losses.l1(X, T, rows, Reduction.NONE);
        Expect.close(new double[] {0, 0.5, 0, 0, 4.5, 123}, each.flatten());
        // Divided by the number of elements, as in PyTorch's binary_cross_entropy.
        assertEquals(128 / 6.0, Losses.l1(X, T, rows, Reduction.MEAN).item(), 1e-5);
    }

    @Test
    void doublesStayDoubles() {
        Tensor x = X.to(DType.FLOAT64);
        Tensor loss = Losses.huber(x, T.to(DType.FLOAT64), 0.1, null, Reduction.SUM);
        assertEquals(DType.FLOAT64, loss.dtype());
        assertEquals(0.1 * 46 - 5 * 0.005, loss.item(), 1e-12, "0.1 was not rounded to a float");
    }

    @Test
    void kinksAndExtremes() {
        double inf = Double.POSITIVE_INFINITY;
        Tensor x = Tensor.of(inf, -inf, Double.NaN, 1e30, 0);
        Tensor zero = Tensor.zeros(5);
        try (Tape tape = Tape.watch(x)) {
            Tensor huber = Losses.huber(x, zero, 2, null, Reduction.NONE);
            double large = 2 * (float) 1e30;
            assertArrayEquals(new double[] {inf, inf, Double.NaN, large, 0}, huber.toArray(), 1e23);
            Tensor gradient = tape.gradients(huber.sum()).of(x);
            assertEquals(2, gradient.at(0));
            assertEquals(-2, gradient.at(1));
            assertEquals(2, gradient.at(3), "no ∞ from the square that is not taken");
            assertEquals(0, gradient.at(4));
        }
        // β = 0 is L1, whose derivative at 0 is 0; PyTorch 1.13 gives −1 there.
        try (Tape tape = Tape.watch(x)) {
            Tensor loss = Losses.smoothL1(x, zero, 0, null, Reduction.NONE);
            assertEquals(0, loss.at(4));
            assertEquals(0, tape.gradients(loss.sum()).of(x).at(4));
        }
    }

    @Test
    void whatCannotBeCostsNothingIfItWasMaskedOut() {
        Tensor logQ = Tensor.of(Double.NEGATIVE_INFINITY, Math.log(0.5), Math.log(0.5));
        Tensor p = Tensor.of(0, 0.25, 0.75);
        double expected = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5);
        try (Tape tape = Tape.watch(logQ, p)) {
            Tensor loss = Losses.klDiv(logQ, p, Reduction.SUM);
            assertEquals(expected, loss.item(), 1e-6);
            Expect.close(new double[] {0, -0.25, -0.75}, tape.gradients(loss).of(logQ));
            // ln p + 1 − ln q, and 0 where p is 0: PyTorch's is NaN there.
            Expect.close(
                    new double[] {0, 1 + Math.log(0.5), 1 + Math.log(1.5)},
                    tape.gradients(loss).of(p));
        }
        Tensor masked = Tensor.of(new double[][] {{Double.NEGATIVE_INFINITY, -1}, {-1, -2}});
        Tensor ignored = Tensor.of(new int[] {7, 1});
        assertEquals(2, Losses.nll(masked, ignored, null, 7, Reduction.SUM).item());
    }

    @Test
    void nothingCounts() {
        Tensor none = Tensor.of(new int[] {9, 9, 9, 9});
        Tensor zeros = Tensor.zeros(4);
        Expect.same(zeros, Losses.nll(LP, none, CW, 9, Reduction.NONE));
        Expect.same(zeros, Losses.crossEntropy(LP, none, CW, 0.5, 9, Reduction.NONE));
        assertEquals(0, Losses.nll(LP, none, CW, 9, Reduction.SUM).item());
        Expect.error(
                KIND,
                "nll: all 4 labels are 9, which is ignored: there is nothing to take a mean of",
                () -> Losses.nll(LP, none, CW, 9, Reduction.MEAN));
        // Rows that count, of classes that do not: 0/0 as in PyTorch.
        Tensor weightless = Losses.nll(LP, ALL, Tensor.zeros(3), 9, Reduction.MEAN);
        assertTrue(Double.isNaN(weightless.item()));

        Tensor empty = Tensor.zeros(0, 3);
        Tensor noLabels = Tensor.zeros(0).to(DType.INT32);
        assertEquals(Shape.of(0), Losses.nll(empty, noLabels, CW, 9, Reduction.NONE).shape());
        assertEquals(0, Losses.crossEntropy(empty, noLabels, CW, 0.1, 9, Reduction.SUM).item());
        assertEquals(0, Losses.l1(empty, empty, null, Reduction.SUM).item());
        assertEquals(Shape.of(0, 3), Losses.l1(empty, empty, null, Reduction.NONE).shape());
        Expect.error(
                KIND,
                "nll: log-probabilities of shape [0, 3] have no rows to take a mean of",
                () -> Losses.nll(empty, noLabels));
    }

    @Test
    void errorsTeach() {
        Expect.error(
                KIND,
                "l1: a weight of shape [3] does not broadcast to the prediction's, [3, 2]",
                () -> Losses.l1(X, T, Tensor.ones(3), Reduction.MEAN));
        Expect.error(
                KIND,
                "binaryCrossEntropyWithLogits: a weight of shape [2, 3, 2] does not broadcast to"
                        + " the prediction's, [3, 2]",
                () ->
                        Losses.binaryCrossEntropyWithLogits(
                                L, YES, null, Tensor.ones(2, 3, 2), Reduction.MEAN));
        Expect.error(
                KIND,
                "huber: delta must be a finite number above 0, not 0.0",
                () -> Losses.huber(X, T, 0));
        Expect.error(
                KIND,
                "smoothL1: beta must be a finite number at least 0, not NaN",
                () -> Losses.smoothL1(X, T, Double.NaN));
        Expect.error(
                KIND,
                "crossEntropy: class weights of shape [4] must be [3], one a class, for logits of"
                        + " shape [4, 3]; weights of rows multiply the losses of Reduction.NONE",
                () -> Losses.crossEntropy(LP, ALL, Tensor.ones(4), 0, -100, Reduction.MEAN));
        Expect.error(
                KIND,
                "crossEntropy: the label smoothing must be in 0 … 1, not 1.5",
                () -> Losses.crossEntropy(LP, ALL, CW, 1.5, -100, Reduction.MEAN));
        Expect.error(
                IndexOutOfBoundsException.class,
                "nll: label 3 at [1] is not one of the 3 classes 0 … 2, nor -100, which is ignored"
                        + "; classes count from 0",
                () -> Losses.nll(LP, Tensor.of(new int[] {0, 3, 1, 1})));
        String shapes = " must be [.., c] and, of INT32, [..]";
        Expect.error(
                KIND,
                "nll: log-probabilities of shape [4, 3] and a target of FLOAT32 and shape [4]"
                        + shapes
                        + "; are these classes? target.to(DType.INT32) makes them so",
                () -> Losses.nll(LP, Tensor.ones(4)));
        Expect.error(
                KIND,
                "nll: log-probabilities of shape [4, 3] and a target of FLOAT32 and shape [4, 3]"
                        + shapes
                        + "; are these probabilities? klDiv and crossEntropy take such targets",
                () -> Losses.nll(LP, TP));
        Expect.error(
                KIND,
                "nll: log-probabilities of shape [2, 3, 5] and a target of INT32 and shape [2, 5]"
                        + shapes
                        + "; the classes are log-probabilities' last axis, not, as in PyTorch, axis"
                        + " 1",
                () -> Losses.nll(Tensor.zeros(2, 3, 5), Tensor.zeros(2, 5).to(DType.INT32)));
    }
}
