package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

/**
 * The numbers are those of PyTorch 1.13.1 in float64; scaled dot-product attention, which it does
 * not have, is its softmax of q·kᵀ / √d, filled with −∞ where a mask is 0.
 */
class AttentionTest {
    private static final Tensor MATRIX =
            Tensor.of(new double[][] {{1, 1, 0, 1}, {0, 0, 0, 1}, {1, 0, 1, 1}});
    private static final Tensor OTHER =
            Tensor.of(new double[][] {{1, 0, 0, 0}, {1, 1, 0, 0}, {0, 1, 1, 0}});
    private static final Tensor OPEN =
            Tensor.of(new double[][] {{1, 1, 0, 1}, {1, 0, 0, 1}, {1, 0, 1, 1}});
    static final Tensor QUERIES = Waves.of(0.3, 2, 3, 4);
    static final Tensor KEYS = Waves.of(1.1, 2, 4, 4);
    static final Tensor VALUES = Waves.of(2.2, 2, 4, 4);

    // ------------------------------------------------------------------ one head

    static Stream<Arguments> scaledDotProduct() {
        return Stream.of(
                Arguments.of(
                        "plain",
                        null,
                        false,
                        new double[][] {
                            {-0.37538105, -0.51681979, -0.4151901},
                            {-0.30814741, -0.31573384, -0.17482573},
                            {-0.27960275, -0.076365026, 0.16278835}
                        },
                        0.91618107,
                        new double[] {-0.87847508, 1.4587606, -0.0076076411}),
                Arguments.of(
                        "mask",
                        MATRIX,
                        false,
                        new double[][] {
                            {-0.83678302, -0.80361652, -0.39249661},
                            {-0.929124, -0.94884449, -0.52230859},
                            {-0.61844326, -0.74671768, -0.52379913}
                        },
                        0.44515574,
                        new double[] {0.30535479, 1.1394764, -0.43505171}),
                Arguments.of(
                        "causal",
                        null,
                        true,
                        new double[][] {
                            {-0.92277545, -0.95401925, -0.53657293},
                            {-0.45222926, -0.19901402, 0.14780059},
                            {-0.244235, -0.028856744, 0.20009327}
                        },
                        1.0789946,
                        new double[] {-0.1484957, 0.60558318, -0.23936117}),
                Arguments.of(
                        "both",
                        MATRIX,
                        true,
                        new double[][] {
                            {-0.92277545, -0.95401925, -0.53657293},
                            {0, 0, 0},
                            {-0.58619998, -0.72574042, -0.52395383}
                        },
                        -0.18725542,
                        new double[] {0.26827838, 0.85804986, -0.90647914}));
    }

    /** The gradients by q, k and v as their checksums. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("scaledDotProduct")
    void scaledDotProductAttention(
            String name,
            @Nullable Tensor mask,
            boolean causal,
            double[][] lastHead,
            double checksum,
            double[] gradients) {
        var attention = new ScaledDotProductAttention(0);
        Tensor[] x = {
            Waves.of(0.3, 1, 2, 3, 2), Waves.of(1.1, 1, 2, 4, 2), Waves.of(2.2, 1, 2, 4, 3)
        };
        try (Tape tape = Tape.watch(x)) {
            Tensor y = attention.apply(x[0], x[1], x[2], mask, causal);
            assertEquals(Shape.of(1, 2, 3, 3), y.shape());
            Expect.close(lastHead, y.get(0).get(1));
            assertEquals(checksum, Waves.checksum(y), 3e-6);
            Gradients all = tape.gradients(y, Waves.of(0.9, 1, 2, 3, 3));
            for (int i = 0; i < gradients.length; i++) {
                assertEquals(gradients[i], Waves.checksum(all.of(x[i])), 3e-6);
            }
        }
        for (int i = 0; i < 3; i++) {
            x[i] = x[i].to("reference");
        }
        Tensor there = mask == null ? null : mask.to("reference").to(DType.FLOAT64);
        GradCheck.check(t -> attention.apply(t[0], t[1], t[2], there, causal), x);
    }

    @Test
    void withoutMaskIsTheShortForm() {
        var attention = new ScaledDotProductAttention(0);
        Expect.same(
                attention.apply(QUERIES, KEYS, VALUES, null, false),
                attention.apply(QUERIES, KEYS, VALUES));
    }

    // ------------------------------------------------------------------ several heads

    static MultiHeadAttention filled() {
        var attention = new MultiHeadAttention(4, 2);
        Waves.fill(attention);
        return attention;
    }

    static Stream<Arguments> multiHead() {
        return Stream.of(
                row(
                        "everywhere",
                        QUERIES,
                        KEYS,
                        VALUES,
                        null,
                        false,
                        new double[][] {
                            {0.4851924, 0.21454991, -0.15699877, -0.45470846},
                            {0.48280154, 0.20656573, -0.16682119, -0.46174948},
                            {0.48505704, 0.21423688, -0.15734224, -0.45492084}
                        },
                        0.61404455,
                        0.36756003),
                row(
                        "[t, s]",
                        QUERIES,
                        KEYS,
                        VALUES,
                        MATRIX,
                        false,
                        new double[][] {
                            {0.47760344, 0.19960249, -0.17227464, -0.46312831},
                            {0.460225, 0.1673867, -0.20417619, -0.47971181},
                            {0.48182508, 0.2026156, -0.17188717, -0.46554871}
                        },
                        0.46314497,
                        1.2189971),
                row(
                        "[b, 1, 1, s]",
                        QUERIES,
                        KEYS,
                        VALUES,
                        Masks.padding(new int[] {4, 2}, 4),
                        false,
                        new double[][] {
                            {0.48693455, 0.21577462, -0.1568675, -0.45573237},
                            {0.48199539, 0.21345609, -0.15547495, -0.45128368},
                            {0.48689416, 0.21604231, -0.15641762, -0.45531189}
                        },
                        0.62919435,
                        0.45507979),
                row(
                        "[b, t, s]",
                        QUERIES,
                        KEYS,
                        VALUES,
                        Tensor.stack(0, MATRIX, OTHER),
                        false,
                        new double[][] {
                            {0.47776214, 0.18078656, -0.20121577, -0.48858317},
                            {0.48199539, 0.21345609, -0.15547495, -0.45128368},
                            {0.50076573, 0.25268879, -0.11423164, -0.42742714}
                        },
                        0.48543564,
                        1.1840879),
                row(
                        "[t, s] · [b, 1, 1, s]",
                        QUERIES,
                        KEYS,
                        VALUES,
                        OPEN.mul(Masks.padding(new int[] {4, 2}, 4)),
                        false,
                        new double[][] {
                            {0.48693455, 0.21577462, -0.1568675, -0.45573237},
                            {0.47776214, 0.18078656, -0.20121577, -0.48858317},
                            {0.47776214, 0.18078656, -0.20121577, -0.48858317}
                        },
                        0.58795396,
                        0.23027462),
                row(
                        "causal",
                        QUERIES,
                        QUERIES,
                        QUERIES,
                        null,
                        true,
                        new double[][] {
                            {0.44577635, 0.12651653, -0.252246, -0.51237329},
                            {0.49478011, 0.2143185, -0.16694046, -0.46968471},
                            {0.47260995, 0.19247435, -0.17818495, -0.46504108}
                        },
                        0.92010515,
                        1.9379267),
                row(
                        "rank 2",
                        QUERIES.get(0),
                        QUERIES.get(0),
                        QUERIES.get(0),
                        null,
                        false,
                        new double[][] {
                            {0.49889837, 0.24057455, -0.13089526, -0.44080297},
                            {0.49864917, 0.24419342, -0.12511032, -0.43557272},
                            {0.49953979, 0.23897534, -0.13398295, -0.44392696}
                        },
                        0.80456584,
                        0.01861327));
    }

    private static Arguments row(
            String name,
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor mask,
            boolean causal,
            double[][] lastSequence,
            double checksum,
            double weights) {
        return Arguments.of(name, q, k, v, mask, causal, lastSequence, checksum, weights);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("multiHead")
    void multiHeadAttention(
            String name,
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor mask,
            boolean causal,
            double[][] lastSequence,
            double checksum,
            double weights) {
        MultiHeadAttention attention = filled();
        Tensor y = attention.apply(q, k, v, mask, causal);
        assertEquals(q.shape(), y.shape());
        Expect.close(lastSequence, q.ndim() == 2 ? y : y.get(1));
        assertEquals(checksum, Waves.checksum(y), 3e-6);
        Tensor w = attention.weights(q, k, mask, causal);
        Shape one = Shape.of(2, 3, k.size(-2));
        assertEquals(q.ndim() == 2 ? one : Shape.of(2, 2, 3, k.size(-2)), w.shape());
        assertEquals(weights, Waves.checksum(w), 3e-6);
        attention.to("reference");
        Tensor there = mask == null ? null : mask.to("reference").to(DType.FLOAT64);
        GradCheck.check(
                t -> attention.apply(t[0], t[1], t[2], there, causal),
                q.to("reference"),
                k.to("reference"),
                v.to("reference"));
    }

    @Test
    void selfAttentionIsCrossAttentionToItself() {
        MultiHeadAttention attention = filled();
        Expect.same(
                attention.apply(QUERIES, QUERIES, QUERIES, null, false), attention.apply(QUERIES));
        Expect.same(
                attention.apply(QUERIES, QUERIES, QUERIES, Masks.causal(3), true),
                attention.apply(QUERIES, Masks.causal(3), true));
    }
}
