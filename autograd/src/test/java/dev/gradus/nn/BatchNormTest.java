package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Mode;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Objects;

/** The numbers are those of PyTorch 1.13.1 in float64. */
class BatchNormTest {
    private static final Class<IllegalArgumentException> KIND = IllegalArgumentException.class;
    private static final Tensor X = Tensor.of(new double[][] {{1, 10}, {2, -20}, {4, 30}});
    private static final Tensor COTANGENT =
            Tensor.of(new double[][] {{1, -2}, {0.5, 3}, {-1, 0.25}});

    private final BatchNorm norm = new BatchNorm(2);
    private final Parameter weight = norm.parameters().get(0);
    private final Parameter bias = norm.parameters().get(1);

    BatchNormTest() {
        weight.set(Tensor.of(2, -0.5));
        bias.set(Tensor.of(0.5, 1));
    }

    private static Slot slot(BatchNorm norm, String name) {
        return Objects.requireNonNull(norm.slots().get(name));
    }

    private Tensor running(String name) {
        return slot(norm, name).value();
    }

    @Test
    void trains() {
        assertEquals(
                List.of("weight", "bias", "runningMean", "runningVar"),
                List.copyOf(norm.slots().keySet()));
        try (Tape tape = Tape.watch(X)) {
            Tensor y = norm.apply(X);
            double[][] value = {
                {-1.6380830629005954, 0.9188892903951403},
                {-0.03452076572514917, 1.648885676838878},
                {3.172603828625743, 0.43222503276598206}
            };
            Expect.close(value, y);
            Gradients gradients = tape.gradients(y, COTANGENT);
            double[][] byInput = {
                {-0.11453083730198604, 0.05362912061791131},
                {0.17181257782143416, -0.021451649178870408},
                {-0.05728174051944853, -0.03217747143904091}
            };
            Expect.close(byInput, gradients.of(X));
            Expect.close(
                    new double[] {-2.5389736371944567, -3.933869415835697}, gradients.of(weight));
            Expect.close(new double[] {0.5, 1.25}, gradients.of(bias));
        }
        Expect.close(
                new double[] {0.23333333333333336, 0.6666666666666667}, running("runningMean"));
        Expect.close(new double[] {1.1333333333333333, 64.23333333333335}, running("runningVar"));
        try (Tape _ = Tape.start()) {
            norm.apply(Tensor.of(new double[][] {{0, 1}, {3, 5}, {-1, -3}, {2, 2}}));
        }
        Expect.close(
                new double[] {0.31000000000000005, 0.7250000000000001}, running("runningMean"));
        Expect.close(new double[] {1.3533333333333335, 58.901666666666685}, running("runningVar"));
    }

    @Test
    void evaluatesByTheRunningStatistics() {
        slot(norm, "runningMean").set(Tensor.of(0.31, 0.725));
        slot(norm, "runningVar").set(Tensor.of(1.3533333333333335, 58.901666666666685));
        double[][] value = {
            {1.6862469052992783, 0.3957452209422597},
            {3.4054453187764935, 2.3502081181640615},
            {6.843842145730924, -0.9072300438722749}
        };
        Expect.close(value, norm.apply(X));
        try (Tape tape = Tape.start(Mode.EVAL)) {
            tape.track(X);
            Tensor y = norm.apply(X);
            Expect.close(value, y);
            Gradients gradients = tape.gradients(y, COTANGENT);
            double[][] byInput = {
                {1.7191984134772151, 0.13029752648145346},
                {0.8595992067386076, -0.1954462897221802},
                {-1.7191984134772151, -0.016287190810181682}
            };
            Expect.close(byInput, gradients.of(X));
            Expect.close(
                    new double[] {-1.8524362905216996, -9.564652803279195}, gradients.of(weight));
            Expect.close(new double[] {0.5, 1.25}, gradients.of(bias));
        }
        Expect.same(Tensor.of(0.31, 0.725), running("runningMean"));
    }

    @Test
    void allAxesButTheLastAreTheBatch() {
        Tensor x = new Generator(5).randn(3, 4, 2);
        Tensor flat;
        try (Tape _ = Tape.start()) {
            flat = norm.apply(x.reshape(12, 2)).keep();
        }
        Tensor mean = running("runningMean").keep();
        slot(norm, "runningMean").set(Tensor.zeros(2));
        try (Tape _ = Tape.start()) {
            Tensor y = norm.apply(x);
            assertEquals(x.shape(), y.shape());
            Expect.close(flat.toArray(), y.flatten());
        }
        Expect.close(mean.toArray(), running("runningMean"));
    }

    @Test
    void momentumAndEps() {
        var quick = new BatchNorm(1, 1, 3);
        try (Tape _ = Tape.start()) {
            // Variance 1, so the divisor is √(1 + 3).
            double[][] expected = {{-0.5}, {0.5}};
            Expect.close(expected, quick.apply(Tensor.of(new double[][] {{4}, {6}})));
        }
        Expect.same(Tensor.of(5.0), slot(quick, "runningMean").value());
        Expect.same(Tensor.of(2.0), slot(quick, "runningVar").value());
    }

    @Test
    void doublesInGiveDoublesOut() {
        try (Tape _ = Tape.start()) {
            assertEquals(DType.FLOAT64, norm.apply(X.to(DType.FLOAT64)).dtype());
        }
        assertEquals(DType.FLOAT32, running("runningMean").dtype());
    }

    @Test
    void gradCheck() {
        Tensor x = new Generator(2).randn(5, 2);
        GradCheck.check(at -> norm.apply(at[0]).square(), x);
        // With any weight and bias, as a composition of tensors.
        GradCheck.check(at -> norm.apply(at[0]).mul(at[1]).add(at[2]), x, Tensor.ones(2), X.get(0));
    }

    @Test
    void badInput() {
        try (Tape _ = Tape.start()) {
            Expect.error(
                    KIND,
                    "BatchNorm(2): training needs at least two values a feature, and an input of"
                            + " shape [1, 2] has 1; use a larger batch, or no tape or"
                            + " Tape.start(Mode.EVAL) for the running statistics",
                    () -> norm.apply(Tensor.zeros(1, 2)));
        }
        assertEquals(1, norm.apply(Tensor.zeros(1, 2)).size(0));
        Expect.error(
                KIND,
                "BatchNorm(2): input of shape [4, 3] must be [n, .., 2]",
                () -> norm.apply(Tensor.zeros(4, 3)));
        Expect.error(
                KIND,
                "BatchNorm(2): input of shape [2] must be [n, .., 2]; unsqueeze(0) makes it a batch"
                        + " of one",
                () -> norm.apply(Tensor.zeros(2)));
        String range = "features must be at least 1, momentum in 0 … 1, eps not negative";
        Expect.error(KIND, "BatchNorm(0, 0.1, 1.0E-5): " + range, () -> new BatchNorm(0));
        Expect.error(
                KIND, "BatchNorm(2, NaN, 0.1): " + range, () -> new BatchNorm(2, Double.NaN, 0.1));
        Expect.error(KIND, "BatchNorm(2, 0.1, -1.0): " + range, () -> new BatchNorm(2, 0.1, -1));
    }
}
