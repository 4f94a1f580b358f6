package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

class LinearTest {
    private static final Class<IllegalArgumentException> KIND = IllegalArgumentException.class;

    /** The numbers are those of PyTorch 1.13.1 in float64, its weight transposed. */
    @Test
    void valuesAndGradientsAreThoseOfPyTorch() {
        var linear = new Linear(2, 3);
        var weight = linear.parameters().get(0);
        var bias = linear.parameters().get(1);
        weight.set(Tensor.of(new double[][] {{0.5, -1, 2}, {1.5, 0.25, -0.75}}));
        bias.set(Tensor.of(0.1, -0.2, 0.3));
        Tensor x = Tensor.of(new double[][] {{1, 2}, {-3, 0.5}, {0.25, -1}});
        try (Tape tape = Tape.watch(x)) {
            Tensor y = linear.apply(x);
            double[][] value = {{3.6, -0.7, 0.8}, {-0.65, 2.925, -6.075}, {-1.275, -0.7, 1.55}};
            Expect.close(value, y);
            Tensor loss = y.tanh().square().sum();
            assertEquals(6.050095992085069, loss.item(), 5e-6);
            var gradients = tape.gradients(loss);
            double[][] byInput = {
                {2.2551425019705644, -0.739725539650379},
                {-0.4077045908632651, -1.148807824906043},
                {1.1405182456930727, -1.107359068374929}
            };
            double[][] byWeight = {
                {2.200122663557858, -1.0273668937119433, 0.8179788052463778},
                {0.08666158832168341, -0.755844559075742, 1.18336955478992}
            };
            double[] byBias = {-1.2233303786074947, -1.5116891181514842, 1.0439661139763177};
            Expect.close(byInput, gradients.of(x));
            Expect.close(byWeight, gradients.of(weight));
            Expect.close(byBias, gradients.of(bias));
        }
    }

    @Test
    void anyNumberOfAxesInFront() {
        var linear = new Linear(3, 2);
        Tensor row = Tensor.of(1, -2, 3);
        Tensor y = linear.apply(row);
        assertEquals(Shape.of(2), y.shape());
        Tensor batch = linear.apply(row.expand(4, 5, 3));
        assertEquals(Shape.of(4, 5, 2), batch.shape());
        Expect.close(y.toArray(), batch.get(3).get(4));
        assertEquals(Shape.of(0, 2), linear.apply(Tensor.zeros(0, 3)).shape());
    }

    @Test
    void withoutBias() {
        var linear = new Linear(3, 2, false);
        assertEquals("[weight [3, 2]]", linear.parameters().toString());
        assertEquals(0, linear.apply(Tensor.zeros(1, 3)).abs().max().item());
        assertEquals("Linear(3, 2, false)", linear.toString());
    }

    @Test
    void startsUniformBetweenPlusAndMinusOneOverTheRootOfTheInputs() {
        Linear[] drawn = new Linear[2];
        new Generator(7).with(() -> drawn[0] = new Linear(16, 1000));
        new Generator(7).with(() -> drawn[1] = new Linear(16, 1000));
        for (int i = 0; i < 2; i++) {
            Tensor values = drawn[0].parameters().get(i).value();
            Expect.same(values, drawn[1].parameters().get(i).value());
            assertTrue(values.min().item() >= -0.25 && values.min().item() < -0.24);
            assertTrue(values.max().item() <= 0.25 && values.max().item() > 0.24);
            // Uniform: variance (2/4)² / 12.
            assertEquals(0, values.mean().item(), 0.02);
            assertEquals(0.25 / 12, values.square().mean().item(), 0.002);
        }
    }

    @Test
    void gradCheck() {
        var net = new Sequential(new Linear(3, 5), new Tanh(), new Linear(5, 2), new Sigmoid());
        GradCheck.check(x -> net.apply(x[0]), new Generator(3).randn(4, 3));
    }

    @Test
    void badInput() {
        var linear = new Linear(2, 8);
        Expect.error(
                KIND,
                "Linear(2, 8): input of shape [4, 3] must end in 2",
                () -> linear.apply(Tensor.zeros(4, 3)));
        Expect.error(
                KIND,
                "Linear(2, 8): input of shape [] must end in 2",
                () -> linear.apply(Tensor.scalar(1)));
        Expect.error(KIND, "Linear(0, 8): both sizes must be at least 1", () -> new Linear(0, 8));
        Expect.error(KIND, "Linear(2, -1): both sizes must be at least 1", () -> new Linear(2, -1));
    }
}
