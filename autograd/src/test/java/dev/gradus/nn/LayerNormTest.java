package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.List;

/** Layer norm and softmax. The numbers are those of PyTorch 1.13.1 in float64. */
class LayerNormTest {
    private static final Class<IllegalArgumentException> KIND = IllegalArgumentException.class;
    private static final Tensor X = Waves.scaled(2, 0.3, 2, 3);

    private static LayerNorm filled(LayerNorm norm) {
        List<Parameter> parameters = norm.parameters();
        for (int i = 0; i < 2; i++) {
            parameters.get(i).set(Waves.of(1 + i, 3));
        }
        return norm;
    }

    @Test
    void valuesAndGradientsAreThoseOfPyTorch() {
        LayerNorm norm = filled(new LayerNorm(3));
        try (Tape tape = Tape.watch(X)) {
            Tensor y = norm.apply(X);
            double[][] value = {
                {-0.25543442, 0.86472597, 0.38151495}, {1.9346219, 0.43967956, -1.0869646}
            };
            Expect.close(value, y);
            Gradients gradients = tape.gradients(y, Waves.of(0.9, 2, 3));
            double[][] byInput = {
                {-0.098540146, 0.45673098, -0.35819084}, {0.086658661, -0.17071738, 0.084058717}
            };
            Expect.close(byInput, gradients.of(X));
            double[] byWeight = {-0.91229768, 0.43426243, 1.8746252};
            Expect.close(byWeight, gradients.of(norm.parameters().get(0)));
            double[] byBias = {0.92444693, 0.46973747, -0.20589691};
            Expect.close(byBias, gradients.of(norm.parameters().get(1)));
        }
        double[][] withEps = {
            {0.15700155, 0.70986005, 0.15593097}, {1.760043, 0.43758533, -0.94540058}
        };
        Expect.close(withEps, filled(new LayerNorm(3, 0.5)).apply(X));
    }

    @Test
    void startsWithMeanZeroAndDeviationOne() {
        var norm = new LayerNorm(8);
        assertEquals("[weight [8], bias [8]]", norm.parameters().toString());
        Tensor y = norm.apply(Waves.scaled(100, 1, 2, 3, 8).add(50));
        assertEquals(Shape.of(2, 3, 8), y.shape());
        assertEquals(0, y.mean(-1).abs().max().item(), 1e-6);
        assertEquals(1, y.square().mean(-1).min().item(), 1e-5);
        assertEquals(1, y.square().mean(-1).max().item(), 1e-5);
        assertEquals(Shape.of(0, 8), norm.apply(Tensor.zeros(0, 8)).shape());
    }

    @Test
    void gradCheck() {
        LayerNorm norm = filled(new LayerNorm(3));
        norm.to("reference");
        GradCheck.check(t -> norm.apply(t[0]), X.to("reference"));
        GradCheck.check(
                t -> Functional.layerNorm(t[0], t[1], t[2], 1e-5),
                X.to("reference"),
                Waves.of(1, 3).to("reference"),
                Waves.of(2, 3).to("reference"));
    }

    @Test
    void softmaxAlongAnyAxis() {
        double[][] rows = {
            {0.12493774, 0.37230635, 0.50275591}, {0.73657172, 0.20731545, 0.056112827}
        };
        Expect.close(rows, new Softmax(-1).apply(X));
        double[][] columns = {
            {0.31867102, 0.83198772, 0.96109855}, {0.68132898, 0.16801228, 0.03890145}
        };
        Expect.close(columns, new Softmax(0).apply(X));
        assertEquals("Softmax(-1)", new Softmax(-1).toString());
        for (int axis = 0; axis < 2; axis++) {
            var softmax = new Softmax(axis);
            GradCheck.check(t -> softmax.apply(t[0]), X.to("reference"));
        }
    }

    @Test
    void badInput() {
        Expect.error(
                KIND,
                "LayerNorm(3): input of shape [4, 2] must be [.., 3]",
                () -> new LayerNorm(3).apply(Tensor.zeros(4, 2)));
        Expect.error(
                KIND,
                "LayerNorm(3): input of shape [] must be [.., 3]",
                () -> new LayerNorm(3).apply(Tensor.zeros()));
        String range = "the size must be at least 1, eps not negative";
        Expect.error(KIND, "LayerNorm(0, 1.0E-5): " + range, () -> new LayerNorm(0));
        Expect.error(KIND, "LayerNorm(3, -1.0): " + range, () -> new LayerNorm(3, -1));
        Expect.error(KIND, "LayerNorm(3, NaN): " + range, () -> new LayerNorm(3, Double.NaN));
    }
}
