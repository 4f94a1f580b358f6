package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/** Clipping of gradients; the numbers are those of PyTorch 1.13.1 in float32. */
class ClippingTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;

    private final Parameter a = new Parameter("a", Tensor.zeros(2));
    private final Parameter b = new Parameter("b", Tensor.zeros(1));

    /** A row has the gradients of a and b, the same with norm 2 at most, and each at most 1. */
    static Stream<Arguments> pyTorch() {
        return Stream.of(
                row(
                        new double[] {3, 4, 12},
                        new double[] {0.461538434, 0.615384579, 1.84615374},
                        new double[] {1, 1, 1}),
                row(
                        new double[] {-3, 4, -12},
                        new double[] {-0.461538434, 0.615384579, -1.84615374},
                        new double[] {-1, 1, -1}),
                row(
                        new double[] {0.25, 0.5, -1.25},
                        new double[] {0.25, 0.5, -1.25},
                        new double[] {0.25, 0.5, -1}),
                row(
                        new double[] {INF, 1, -2},
                        new double[] {NAN, 0, -0.0},
                        new double[] {1, 1, -1}),
                row(
                        new double[] {NAN, 1, 2},
                        new double[] {NAN, NAN, NAN},
                        new double[] {NAN, 1, 1}),
                row(new double[3], new double[3], new double[3]));
    }

    private static Arguments row(double[] gradients, double[] byNorm, double[] byValue) {
        return Arguments.of(gradients, byNorm, byValue);
    }

    /** The gradients as given. */
    private Gradients gradients(double... g) {
        var gradients = new Gradients();
        gradients.put(a, a.value(), Tensor.of(g[0], g[1]));
        gradients.put(b, b.value(), Tensor.of(new double[] {g[2]}));
        return gradients;
    }

    private double[] of(Gradients gradients) {
        return Tensor.concat(0, gradients.of(a), gradients.of(b)).toArray();
    }

    @ParameterizedTest
    @MethodSource("pyTorch")
    void clips(double[] g, double[] byNorm, double[] byValue) {
        float[] expected = new float[3];
        float[] actual = new float[3];
        double[] clipped = of(gradients(g).clipNorm(2));
        for (int i = 0; i < 3; i++) {
            expected[i] = (float) byNorm[i];
            actual[i] = (float) clipped[i];
        }
        assertArrayEquals(expected, actual, "the bits of PyTorch");
        assertArrayEquals(byValue, of(gradients(g).clipValue(1)));
    }

    @Test
    void nothingIsRead() {
        var backend = new CountingBackend();
        a.to(backend);
        b.to(backend);
        try (Tape tape = Tape.start()) {
            Tensor loss = a.value().add(3).square().sum().add(b.value().sub(2).square().sum());
            int before = backend.downloads();
            Gradients clipped = tape.gradients(loss).clipNorm(0.5).clipValue(0.3);
            assertEquals(before, backend.downloads());
            assertTrue(Math.abs(clipped.of(a).at(0) - 0.3) < 1e-6);
            assertEquals(before + 1, backend.downloads(), "the count counts");
        }
    }

    @Test
    void eachKeepsItsType() {
        var c = new Parameter("c", Tensor.zeros(1).to(DType.FLOAT64));
        Gradients gradients = gradients(3, 4, 12);
        gradients.put(c, c.value(), Tensor.of(84).to(DType.FLOAT64)); // 3² + 4² + 12² + 84² = 85²
        Gradients clipped = gradients.clipNorm(8.5);
        assertEquals(DType.FLOAT32, clipped.of(a).dtype());
        assertEquals(DType.FLOAT64, clipped.of(c).dtype());
        assertEquals(8.4, clipped.of(c).item(), 1e-6);
        assertArrayEquals(new double[] {0.3, 0.4, 1.2}, of(clipped), 1e-6);
    }

    @Test
    void whatIsComputedFromGradientsIsTheTapesToo() {
        var counting = new CountingBackend();
        var w = new Parameter("w", Tensor.of(1.0, 2.0));
        w.to(counting);
        Tensor first;
        int made;
        int released;
        try (Tape tape = Tape.start()) {
            Gradients gradients = tape.gradients(w.value().square().sum());
            made = counting.made();
            released = counting.released();
            Gradients clipped = gradients.clipNorm(1).scale(2).add(gradients).clipValue(9);
            first = clipped.of(w);
            made = counting.made() - made;
        }
        assertTrue(made > 5 && counting.released() - released >= made, "all is given back");
        var stale = assertThrows(IllegalStateException.class, first::toArray);
        assertTrue(String.valueOf(stale.getMessage()).contains("was given back when"));
    }

    @Test
    void aClippedGradientMayBeDifferentiated() {
        Tensor x = Tensor.of(new double[] {0.3, -1.2, 2}, DType.FLOAT64).to("reference");
        for (double limit : new double[] {0.5, 100}) {
            GradCheck.check(
                    1,
                    1e-6,
                    in -> {
                        var p = new Parameter("p", Tensor.zeros(3).to(DType.FLOAT64));
                        var q = new Parameter("q", Tensor.zeros(3).to(DType.FLOAT64));
                        var gradients = new Gradients();
                        gradients.put(p, p.value(), in[0].square());
                        gradients.put(q, q.value(), in[0].sin());
                        Gradients clipped = gradients.clipNorm(limit);
                        return clipped.of(p).add(clipped.of(q).mul(2));
                    },
                    x);
        }
    }

    @Test
    void manyAreAddedInOrder() {
        var gradients = new Gradients();
        float sum = 0;
        for (int i = 0; i < 40; i++) {
            var p = new Parameter("p" + i, Tensor.zeros(1));
            float g = 1 / (i + 1f);
            gradients.put(p, p.value(), Tensor.of(g));
            sum += g * g;
        }
        assertEquals((float) Math.sqrt(sum), gradients.norm().item());
    }

    @Test
    void noneAreNoneAfterwards() {
        Gradients none = Gradients.none();
        assertSame(none, none.clipNorm(1));
        assertTrue(!none.clipValue(1).has(a));
    }

    @Test
    void limitsAreChecked() {
        for (double bad : new double[] {-1, NAN}) {
            String message = ": the limit must be a number at least 0, not " + bad;
            var byNorm =
                    assertThrows(
                            IllegalArgumentException.class, () -> gradients(1, 2, 3).clipNorm(bad));
            assertEquals("clipNorm" + message, byNorm.getMessage());
            var byValue =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> gradients(1, 2, 3).clipValue(bad));
            assertEquals("clipValue" + message, byValue.getMessage());
        }
    }
}
