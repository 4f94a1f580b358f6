package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Tape;
import dev.gradus.expr.Expr;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Recorder;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The numbers are those of PyTorch 1.13.1 in float64. */
class ActivationTest {
    private static final Tensor X = Tensor.of(-3, -1, -0.5, 0, 0.25, 2);

    /** What a user writes. */
    private static final class Mish extends Activation {
        Mish() {
            super("Mish", Expr.in(0).mul(Expr.in(0).softplus().tanh()));
        }
    }

    static Stream<Arguments> pyTorch() {
        return Stream.of(
                row(
                        "ReLU()",
                        new ReLU(),
                        new double[] {0, 0, 0, 0, 0.25, 2},
                        new double[] {0, 0, 0, 0, 1, 1}),
                row(
                        "Sigmoid()",
                        new Sigmoid(),
                        new double[] {
                            0.047425873, 0.26894142, 0.37754067, 0.5, 0.5621765, 0.88079708
                        },
                        new double[] {
                            0.04517666, 0.19661193, 0.23500371, 0.25, 0.24613408, 0.10499359
                        }),
                row(
                        "Tanh()",
                        new Tanh(),
                        new double[] {
                            -0.99505475, -0.76159416, -0.46211716, 0, 0.24491866, 0.96402758
                        },
                        new double[] {
                            0.0098660372, 0.41997434, 0.78644773, 1, 0.94001485, 0.070650825
                        }),
                row(
                        "SiLU()",
                        new SiLU(),
                        new double[] {
                            -0.14227762, -0.26894142, -0.18877033, 0, 0.14054413, 1.7615942
                        },
                        new double[] {
                            -0.088104106, 0.072329488, 0.26003881, 0.5, 0.62371002, 1.0907842
                        }),
                row(
                        "GELU()",
                        new GELU(),
                        new double[] {
                            -0.0040496941, -0.15865525, -0.15426877, 0, 0.14967658, 1.9544997
                        },
                        new double[] {
                            -0.011945647, -0.083315471, 0.13250488, 0.5, 0.69537335, 1.0852318
                        }),
                row(
                        "GELU(tanh)",
                        GELU.tanh(),
                        new double[] {
                            -0.0036373921, -0.15880801, -0.15428599, 0, 0.14967535, 1.9545977
                        },
                        new double[] {
                            -0.011584167, -0.082964084, 0.1326301, 0.5, 0.6953541, 1.0860993
                        }),
                row(
                        "Mish()",
                        new Mish(),
                        new double[] {
                            -0.14564746, -0.30340146, -0.22074377, 0, 0.16957241, 1.943959
                        },
                        new double[] {
                            -0.093393115, 0.059216756, 0.28951068, 0.6, 0.75417267, 1.0693179
                        }));
    }

    private static Arguments row(String name, Activation f, double[] value, double[] gradient) {
        return Arguments.of(name, f, value, gradient);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pyTorch")
    void valuesAndGradientsAreThoseOfPyTorch(
            String name, Activation f, double[] value, double[] gradient) {
        assertEquals(name, f.toString());
        try (Tape tape = Tape.watch(X)) {
            Tensor y = f.apply(X);
            Expect.close(value, y);
            Expect.close(gradient, tape.gradients(y.sum()).of(X));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pyTorch")
    void afterALinearTheNumbersAreTheSame(String name, Activation f) {
        var linear = new Linear(3, 4);
        Waves.fill(linear);
        Tensor x = Waves.scaled(3, 0.3, 5, 3);
        Tensor cotangent = Waves.of(0.9, 5, 4);
        List<Layer> forms =
                List.of(
                        Layer.of(t -> f.apply(linear.apply(t))),
                        Layer.of(t -> linear.apply(t, f)),
                        new Sequential(linear, f));
        List<double[]> first = new ArrayList<>();
        for (Layer form : forms) {
            try (Tape tape = Tape.watch(x)) {
                Tensor y = form.apply(x);
                Gradients gradients = tape.gradients(y, cotangent);
                Tensor[] results = {
                    y, gradients.of(x), gradients.of(linear.weight()), gradients.of(linear.bias())
                };
                for (int i = 0; i < results.length; i++) {
                    if (first.size() < results.length) {
                        first.add(results[i].toArray());
                    }
                    Expect.close(first.get(i), results[i].flatten());
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pyTorch")
    void gradCheck(String name, Activation f) {
        Tensor x = Waves.scaled(3, 0.3, 3, 4).to("reference");
        GradCheck.check(t -> f.apply(t[0]), x);
        var net = new Sequential(new Linear(4, 2), f);
        Waves.fill(net);
        net.to("reference");
        GradCheck.check(t -> net.apply(t[0]), x);
    }

    /** Notes the names of the operations. */
    private static final class Names extends Recorder {
        private final List<String> names = new ArrayList<>();

        static List<String> of(Runnable code) {
            var names = new Names();
            Recorder former = Recorder.install(names);
            try {
                code.run();
            } finally {
                Recorder.install(former);
            }
            return names.names;
        }

        @Override
        public void record(Op op, Tensor[] inputs, Tensor result, Tensor... extras) {
            names.add(op.name());
        }

        @Override
        public void own(Tensor... made) {}

        @Override
        public boolean isNested() {
            return false;
        }

        @Override
        public boolean accepts(Object owner) {
            return false;
        }
    }

    @Test
    void aSequentialPerformsALinearAndItsActivationAsOne() {
        var linear = new Linear(2, 2);
        Tensor x = Tensor.ones(1, 2);
        var net = new Sequential(linear, new SiLU(), new SiLU(), linear);
        List<String> names = Names.of(() -> net.apply(x));
        assertEquals(1, names.stream().filter("SiLU"::equals).count(), names.toString());
        assertFalse(Names.of(() -> linear.apply(x, new SiLU())).contains("SiLU"));
    }

    private static final class Bad extends Activation {
        Bad(Expr expr) {
            super("Bad", expr);
        }
    }

    @Test
    void anActivationIsAFunctionOfOneNumber() {
        String reason =
                "Bad: an activation is an expression of Expr.in(0) alone, without run-time"
                        + " scalars; this one reads ";
        Expect.error(
                IllegalArgumentException.class,
                reason + "2 inputs and 0 scalars",
                () -> new Bad(Expr.in(0).add(Expr.in(1))));
        Expect.error(
                IllegalArgumentException.class,
                reason + "1 inputs and 1 scalars",
                () -> new Bad(Expr.in(0).add(Expr.scalar(0))));
    }
}
