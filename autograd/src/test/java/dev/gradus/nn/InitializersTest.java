package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.function.Supplier;
import java.util.stream.Stream;

class InitializersTest {
    private static final int IN = 50;
    private static final int OUT = 200;

    /** The variance and, for uniform ones, the bound around the mean. */
    static Stream<Arguments> distributions() {
        return Stream.of(
                row(
                        "kaimingUniform",
                        () -> Initializers.kaimingUniform(IN, OUT),
                        0,
                        2.0 / IN,
                        Math.sqrt(6.0 / IN)),
                row("kaimingNormal", () -> Initializers.kaimingNormal(IN, OUT), 0, 2.0 / IN, 0),
                row(
                        "xavierUniform",
                        () -> Initializers.xavierUniform(IN, OUT),
                        0,
                        2.0 / (IN + OUT),
                        Math.sqrt(6.0 / (IN + OUT))),
                row(
                        "xavierNormal",
                        () -> Initializers.xavierNormal(IN, OUT),
                        0,
                        2.0 / (IN + OUT),
                        0),
                row("normal", () -> Initializers.normal(3, 0.5, IN, OUT), 3, 0.25, 0),
                row("uniform", () -> Initializers.uniform(2, 5, IN, OUT), 3.5, 0.75, 1.5),
                row("zeros", () -> Initializers.zeros(IN, OUT), 0, 0, 0));
    }

    private static Arguments row(
            String name, Supplier<Tensor> init, double mean, double variance, double bound) {
        return Arguments.of(name, init, mean, variance, bound);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("distributions")
    void meanVarianceAndBound(
            String name, Supplier<Tensor> init, double mean, double variance, double bound) {
        Tensor[] drawn = new Tensor[2];
        for (int i = 0; i < 2; i++) {
            int at = i;
            new Generator(5).with(() -> drawn[at] = init.get());
        }
        Expect.same(drawn[0], drawn[1]);
        assertEquals(Shape.of(IN, OUT), drawn[0].shape());
        Tensor centred = drawn[0].sub(mean);
        assertEquals(0, centred.mean().item(), 0.05 * Math.sqrt(variance));
        assertEquals(variance, centred.square().mean().item(), 0.05 * variance);
        if (bound > 0) {
            assertEquals(bound, centred.max().item(), 0.002 * bound);
            assertEquals(-bound, centred.min().item(), 0.002 * bound);
        }
    }

    @Test
    void aLayerTakesThem() {
        var linear = new Linear(3, 2);
        linear.weight().set(Initializers.kaimingNormal(3, 2));
        linear.bias().set(Initializers.zeros(2));
        Tensor y = linear.apply(Tensor.eye(3));
        Expect.same(linear.weight().value(), y);
        Expect.error(
                IllegalArgumentException.class,
                "slot weight holds FLOAT32 of shape [3, 2], not FLOAT32 of shape [2, 3];"
                        + " its t() would fit",
                () -> linear.weight().set(Initializers.kaimingNormal(2, 3)));
        Expect.error(
                IllegalStateException.class,
                "Linear(3, 2, false) was made without a bias",
                () -> new Linear(3, 2, false).bias());
    }
}
