package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.autograd.Tape;
import dev.gradus.nn.TransformerBlock.Norm;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

class TransformerBlockTest {
    private static final Tensor X = Waves.of(0.3, 2, 3, 4);

    private static TransformerBlock filled(Norm norm, Activation activation) {
        var block = new TransformerBlock(4, 2, 6, norm, activation, 0);
        Waves.fill(block);
        return block;
    }

    static Stream<Arguments> pyTorch() {
        return Stream.of(
                Arguments.of(
                        Norm.PRE,
                        new GELU(),
                        false,
                        new double[][] {
                            {1.670113, 0.68121169, -0.6280741, -1.6419668},
                            {0.094119913, 0.29157615, 0.35189959, 0.24671913},
                            {2.0007576, 1.3107131, 0.0042196305, -1.3042584}
                        },
                        -0.1274677,
                        new double[][] {
                            {0.12998761, -0.5416255, -0.99009985, -0.89379248},
                            {-0.44619865, 0.26534453, 0.71170418, 1.0528234},
                            {0.73345541, 0.089850353, -0.54703751, -0.96508294}
                        },
                        5.9943892,
                        new double[] {
                            0.035248091, -0.028286212, -0.0043174458, 0,
                            -0.1167631, 0.16634283, -0.36801984, 1.3126942,
                            0.044859709, -0.077182332, -0.37941675, 0.37092635,
                            0.088499906, 1.418384, 0.56166229, 0.19779681
                        }),
                Arguments.of(
                        Norm.POST,
                        new GELU(),
                        false,
                        new double[][] {
                            {0.34438303, -0.42258314, -0.24185612, -0.48993454},
                            {0.11670656, -0.41470344, -0.42048768, 0.4147559},
                            {0.2955991, -0.42243991, -0.19318663, -0.62111419}
                        },
                        0.86721227,
                        new double[][] {
                            {-0.17301518, 0.24871244, 0.020134519, -0.10240805},
                            {-0.01786927, 0.02010441, -0.010582974, 0.0034736769},
                            {-0.12636375, 0.14551103, 0.024462578, -0.049327819}
                        },
                        -0.89553844,
                        new double[] {
                            -0.0034917796, -0.004684379, -0.0018112439, 0,
                            0.024648207, 0.083133386, 0.11107807, -0.59414124,
                            -0.53907674, -3.0691946, -0.15308614, 0.14001328,
                            0.16706742, -2.933491, 3.8130515, 1.418384
                        }),
                Arguments.of(
                        Norm.PRE,
                        new ReLU(),
                        true,
                        new double[][] {
                            {1.7328649, 0.72240665, -0.6278107, -1.6827589},
                            {0.1421978, 0.3420952, 0.38109991, 0.24086736},
                            {2.0700899, 1.3942451, 0.062665029, -1.2983874}
                        },
                        -0.2927132,
                        new double[][] {
                            {0.14010039, -0.55890558, -0.99685308, -0.87987195},
                            {-0.46566212, 0.32194214, 0.63920855, 1.0881849},
                            {0.71654413, 0.055255463, -0.43338273, -1.0272315}
                        },
                        6.9530209,
                        new double[] {
                            0.038475518, 0.02703251, 0.040350752, 0,
                            -0.8026892, 0.19345342, -0.090602024, 2.1511701,
                            1.2305011, -0.10726907, -0.82996197, -0.048497397,
                            0.36898651, 1.418384, 1.0605898, 0.62582071
                        }));
    }

    /**
     * The numbers are those of PyTorch 1.13.1's TransformerEncoderLayer in float64; the gradients
     * by the parameters, in the order of {@link Layer#parameters}, as their checksums.
     */
    @ParameterizedTest(name = "{0}, {1}, masked: {2}")
    @MethodSource("pyTorch")
    void valuesAndGradientsAreThoseOfPyTorch(
            Norm norm,
            Activation activation,
            boolean masked,
            double[][] lastSequence,
            double checksum,
            double[][] byInput,
            double checksumByInput,
            double[] byParameters) {
        TransformerBlock block = filled(norm, activation);
        Tensor mask = masked ? Masks.padding(new int[] {3, 2}, 3) : null;
        try (Tape tape = Tape.watch(X)) {
            Tensor y = block.apply(X, mask, masked);
            Expect.close(lastSequence, y.get(1));
            assertEquals(checksum, Waves.checksum(y), 1e-5);
            Gradients gradients = tape.gradients(y, Waves.of(0.9, 2, 3, 4));
            Expect.close(byInput, gradients.of(X).get(1));
            assertEquals(checksumByInput, Waves.checksum(gradients.of(X)), 1e-5);
            List<Parameter> parameters = block.parameters();
            assertEquals(byParameters.length, parameters.size());
            for (int i = 0; i < byParameters.length; i++) {
                String path = List.copyOf(block.slots().keySet()).get(i);
                Tensor gradient = gradients.of(parameters.get(i));
                assertEquals(byParameters[i], Waves.checksum(gradient), 1e-5, path);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Norm.class)
    void gradCheckByTheInput(Norm norm) {
        TransformerBlock block = filled(norm, new SiLU());
        block.to("reference");
        GradCheck.check(t -> block.apply(t[0], null, true), X.to("reference"));
    }

    /** What a pre-norm block computes, of its input and its parameters, in any dtype. */
    private static Tensor preNorm(@Nullable Tensor mask, Tensor... t) {
        Tensor x = t[0];
        Tensor n = Functional.layerNorm(x, t[9], t[10], 1e-5);
        Tensor[] heads = new Tensor[3];
        for (int i = 0; i < 3; i++) {
            heads[i] =
                    Functional.linear(n, t[1 + 2 * i], t[2 + 2 * i])
                            .reshape(2, 3, 2, 2)
                            .permute(0, 2, 1, 3);
        }
        Tensor joined =
                Functional.scaledDotProductAttention(heads[0], heads[1], heads[2], mask, true, 0)
                        .permute(0, 2, 1, 3)
                        .reshape(2, 3, 4);
        Tensor y = x.add(Functional.linear(joined, t[7], t[8]));
        Tensor hidden =
                Functional.linear(
                        Functional.layerNorm(y, t[15], t[16], 1e-5),
                        t[11],
                        t[12],
                        new GELU().expr());
        return y.add(Functional.linear(hidden, t[13], t[14]));
    }

    /** First and second derivatives by the input and all parameters, in double. */
    @Test
    void gradCheckByTheParameters() {
        TransformerBlock block = filled(Norm.PRE, new GELU());
        block.to("reference");
        Tensor mask = Masks.padding(new int[] {3, 2}, 3).to("reference");
        Stream<Tensor> parameters = block.parameters().stream().map(p -> p.value());
        Tensor[] all =
                Stream.concat(Stream.of(X.to("reference")), parameters).toArray(Tensor[]::new);
        Tensor y = block.apply(X.to("reference"), mask, true);
        Expect.close(y.flatten().toArray(), preNorm(mask, all).flatten());
        GradCheck.check(t -> preNorm(mask, t), all);
    }

    @Test
    void theShortForms() {
        var block = new TransformerBlock(4, 2, 6);
        Waves.fill(block);
        TransformerBlock same = filled(Norm.PRE, new GELU());
        Expect.same(same.apply(X), block.apply(X));
        Expect.same(block.apply(X, null, false), block.apply(X));
        assertEquals(
                "[2, 2, 3, 3]", block.attention().weights(X, X, null, true).shape().toString());
        // A sequence alone is a batch of one, to rounding.
        Expect.close(block.apply(X).get(1).flatten().toArray(), block.apply(X.get(1)).flatten());
    }

    /** The weights are those with which the block's attention really mixes the values. */
    @ParameterizedTest
    @EnumSource(Norm.class)
    void weightsAreThoseOfTheBlocksOwnInput(Norm norm) {
        TransformerBlock block = filled(norm, new GELU());
        var weight = Objects.requireNonNull(block.slots().get("norm1.weight")).value();
        var bias = Objects.requireNonNull(block.slots().get("norm1.bias")).value();
        Tensor seen = norm == Norm.PRE ? Functional.layerNorm(X, weight, bias, 1e-5) : X;
        Tensor expected = block.attention().weights(seen, seen, null, true);
        Expect.same(expected, block.weights(X, null, true));
    }

    @Test
    void causalHidesTheFuture() {
        TransformerBlock block = filled(Norm.PRE, new GELU());
        Tensor changed = Tensor.concat(1, X.slice(":, :2"), X.slice(":, 2:").neg());
        Tensor before = block.apply(X, null, true);
        Tensor after = block.apply(changed, null, true);
        Expect.close(before.slice(":, :2").flatten().toArray(), after.slice(":, :2").flatten());
        assertEquals(Masks.causal(3).sum().item(), 6);
        Expect.close(before.flatten().toArray(), block.apply(X, Masks.causal(3), false).flatten());
    }

    /** With one part silenced, what the other adds is zero at half of the places. */
    @ParameterizedTest
    @ValueSource(strings = {"attention.output", "feedForward.linear2"})
    void bothPartsGoThroughDropout(String silenced) {
        var block = new TransformerBlock(32, 2, 6, Norm.PRE, new GELU(), 0.5);
        for (String name : List.of(".weight", ".bias")) {
            Slot slot = Objects.requireNonNull(block.slots().get(silenced + name));
            slot.set(slot.value().zerosLike());
        }
        Tensor x = Waves.of(0.3, 10, 3, 32);
        assertEquals(0, block.apply(x).eq(x).mean().item(), 0.01);
        try (Tape _ = Tape.start()) {
            assertEquals(0.5, block.apply(x).eq(x).mean().item(), 0.06);
        }
    }

    @Test
    void feedForwardIsTwoLinears() {
        var forward = new FeedForward(4, 6);
        Waves.fill(forward);
        var first = new Linear(4, 6);
        var second = new Linear(6, 4);
        for (int i = 0; i < 2; i++) {
            first.parameters().get(i).set(forward.parameters().get(i).value());
            second.parameters().get(i).set(forward.parameters().get(2 + i).value());
        }
        Tensor expected = second.apply(new GELU().apply(first.apply(X)));
        Expect.close(expected.flatten().toArray(), forward.apply(X).flatten());
        assertEquals(
                """
                FeedForward(
                  (linear1): Linear(4, 6)
                  (activation): GELU()
                  (linear2): Linear(6, 4)
                  (dropout): Dropout(0.0)
                )\
                """,
                forward.toString());
    }

    @Test
    void aResidualAddsItsInput() {
        var linear = new Linear(4, 4);
        var residual = new Residual(new Sequential(linear, new Tanh()));
        Expect.close(
                X.add(linear.apply(X).tanh()).flatten().toArray(), residual.apply(X).flatten());
        assertEquals("[layer.0.weight, layer.0.bias]", residual.slots().keySet().toString());
        GradCheck.check(t -> residual.apply(t[0]), X);
        Expect.error(
                IllegalArgumentException.class,
                "Residual: the layer makes [2, 3, 1] of [2, 3, 4]; it must keep the shape, so that"
                        + " the two can be added",
                () -> new Residual(new Linear(4, 1)).apply(X));
    }
}
