package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gradus.nn.Dropout;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.function.UnaryOperator;

/** Derivatives of functions. The numbers of PyTorch are those of 1.13.1. */
class FunctionsTest {
    private static final Tensor X = doubles(0.5, -1, 2, 0.25).reshape(2, 2);
    private static final Tensor V = doubles(1, 2, -1, 0.5).reshape(2, 2);

    @AfterEach
    void leavesNoTapeOpen() {
        assertNull(Tape.current());
    }

    private static Tensor doubles(double... values) {
        return Tensor.of(values, DType.FLOAT64);
    }

    /** [2, 2] → [2]. */
    private static Tensor columns(Tensor x) {
        return x.matmul(x).tanh().sum(0);
    }

    private static Tensor scalar(Tensor x) {
        return x.matmul(x).tanh().sum();
    }

    private static void close(Tensor actual, double... expected) {
        assertArrayEquals(expected, actual.flatten().toArray(), 1e-12);
    }

    // ------------------------------------------------------------------ values

    @Test
    void gradientAtOneTensor() {
        close(Gradients.of(x -> x.square().sum(), doubles(1, 2)), 2, 4);
        close(Gradients.of(x -> x.square().sum(), doubles()));
        var both = Autograd.valueAndGradient(x -> x.square().sum(), doubles(1, 2));
        close(both.value(), 5);
        close(both.gradient(), 2, 4);
    }

    @Test
    void gradientsAtSeveral() {
        Tensor a = doubles(1, 2);
        Tensor b = doubles(3, 4);
        List<Tensor> both = Gradients.of(t -> t[0].square().mul(t[1]).sum(), a, b);
        assertEquals(2, both.size());
        close(both.get(0), 6, 16);
        close(both.get(1), 1, 4);
        var all = Autograd.valueAndGradients(t -> t[0].mul(t[1]).sum(), a, b);
        close(all.value(), 11);
        close(all.gradients().get(1), 1, 2);
    }

    @Test
    void theGradientIsThatByTheArgument() {
        Tensor a = doubles(3);
        List<Tensor> twice = Gradients.of(t -> t[0].square().mul(t[1]).sum(), a, a);
        close(twice.get(0), 18);
        close(twice.get(1), 9);
        close(Gradients.of(x -> x.mul(a).sum(), a), 3);
        try (var tape = Tape.watch(a)) {
            // x·a² by x is a², which depends on a
            Tensor slope = Gradients.of(x -> x.mul(a.square()).sum(), a);
            close(slope, 9);
            close(tape.gradients(slope.sum()).of(a), 6);
        }
    }

    @Test
    void jacobianAsPyTorch() {
        Tensor jacobian = Autograd.jacobian(FunctionsTest::columns, X);
        assertEquals(Shape.of(2, 2, 2), jacobian.shape());
        close(
                jacobian,
                0.47522537336623943,
                0.22762419103788437,
                0.021717883673794278,
                0.3614132778472972,
                -0.5965858082813315,
                0.6067909462126628,
                -0.07967579500083213,
                -0.5567479107809153);
        assertEquals(DType.FLOAT32, Autograd.jacobian(Tensor::exp, Tensor.of(1.0, 2)).dtype());
    }

    @Test
    void hessianAsPyTorch() {
        Tensor hessian = Autograd.hessian(FunctionsTest::scalar, X);
        assertEquals(Shape.of(2, 2, 2, 2), hessian.shape());
        double[] upper = {
            -0.10878465042098817, 0.456764222399411, -0.5242721024209711, -0.5506886868721704,
            0.456764222399411, 1.8948917565222088, -0.5408150089756365, 0.181076135907223,
            -0.5242721024209711, -0.5408150089756365, 0.1831393637734597, -0.3864280591748771,
            -0.5506886868721704, 0.181076135907223, -0.3864280591748771, -0.3531191957869043
        };
        close(hessian, upper);
    }

    @Test
    void productsAsPyTorch() {
        close(Autograd.jvp(FunctionsTest::columns, X, V), 1.0894625106918625, 0.4182979237543687);
        close(
                Autograd.vjp(FunctionsTest::columns, X, doubles(1, -2)),
                1.6683969899289024,
                -0.9859577013874413,
                0.18106947367545853,
                1.4749090994091278);
        close(
                Autograd.hvp(FunctionsTest::scalar, X, V),
                1.0536715533627197,
                4.877900812373076,
                -1.9822555137331426,
                0.021332046223700607);
    }

    @Test
    void shapesAtTheEdges() {
        Tensor number = doubles(2).reshape();
        assertEquals(Shape.SCALAR, Autograd.jacobian(Tensor::square, number).shape());
        close(Autograd.hessian(x -> x.pow(3).sum(), number), 12);
        assertEquals(Shape.of(0, 2, 2), Autograd.jacobian(x -> x.slice("0:0, 0"), X).shape());
        assertEquals(Shape.of(3, 0), Autograd.jacobian(x -> doubles(1, 2, 3), doubles()).shape());
        close(Autograd.jacobian(x -> x, doubles(5, 6)), 1, 0, 0, 1);
        close(Autograd.jvp(x -> x, doubles(5, 6), doubles(7, 8)), 7, 8);
        // an argument that is no dense tensor
        close(Gradients.of(x -> x.mul(V).sum(), X.transpose(0, 1)), V.flatten().toArray());
    }

    @Test
    void noDependenceGivesZeros() {
        UnaryOperator<Tensor> constant = x -> V.slice("0, :").square();
        close(Autograd.jacobian(constant, doubles(1, 2, 3)), 0, 0, 0, 0, 0, 0);
        close(Autograd.vjp(constant, doubles(1, 2, 3), doubles(1, 1)), 0, 0, 0);
        close(Autograd.jvp(constant, doubles(1, 2, 3), doubles(1, 1, 1)), 0, 0);
        close(Gradients.of(x -> V.sum(), doubles(1, 2)), 0, 0);
        close(Gradients.of(t -> t[1].sum(), X, V).get(0), 0, 0, 0, 0);
        // linear: the gradient does not depend on x
        close(Autograd.hessian(x -> x.mul(V).sum(), X), new double[16]);
        close(Autograd.hvp(x -> x.mul(V).sum(), X, V), 0, 0, 0, 0);
        Tensor detached = Autograd.jacobian(x -> x.detach().square(), doubles(1, 2));
        close(detached, 0, 0, 0, 0);
    }

    // ------------------------------------------------------------------ composition

    @Test
    void thirdDerivativesByNesting() {
        UnaryOperator<Tensor> f = x -> x.pow(5).sum();
        UnaryOperator<Tensor> first = x -> Gradients.of(f, x).sum();
        UnaryOperator<Tensor> second = x -> Gradients.of(first, x).sum();
        close(Gradients.of(second, doubles(2)), 60 * 4);
        // ∂³f/∂x³ as the Jacobian of a Hessian, and along v by products
        Tensor third = Autograd.jacobian(x -> Autograd.hessian(f, x), doubles(2, 3));
        close(third, 240, 0, 0, 0, 0, 0, 0, 540);
        UnaryOperator<Tensor> along = x -> Autograd.hvp(f, x, doubles(1, 1));
        close(Autograd.jvp(along, doubles(2, 3), doubles(1, 2)), 240, 1080);
        close(
                Autograd.jacobian(x -> Autograd.jvp(Tensor::sin, x, x), doubles(0.7)),
                Math.cos(0.7) - 0.7 * Math.sin(0.7));
    }

    @Test
    void insideATapeResultsAreDifferentiable() {
        Tensor x = doubles(2);
        Tensor t = doubles(3);
        try (var tape = Tape.watch(x, t)) {
            Tensor jvp = Autograd.jvp(z -> z.pow(3), x, t); // 3x²t
            close(jvp, 36);
            close(tape.gradients(jvp).of(x), 36);
            close(tape.gradients(jvp).of(t), 12);
            Tensor vjp = Autograd.vjp(z -> z.pow(3), x, t);
            close(tape.gradients(vjp).of(x), 36);
            close(tape.gradients(vjp).of(t), 12);
            Tensor value = Autograd.valueAndGradient(z -> z.pow(3).sum(), x).value();
            close(tape.gradients(value).of(x), 12);
            assertSame(tape, Tape.current());
        }
    }

    @Test
    void parametersAreConstantsForTheFunctionAndVariablesForTheTape() {
        var weight = new Parameter("weight", doubles(3));
        UnaryOperator<Tensor> f = x -> x.square().mul(weight.value()).sum();
        close(Gradients.of(f, doubles(5)), 30);
        try (var tape = Tape.start()) {
            Tensor penalty = Gradients.of(f, doubles(5)).square().sum(); // (2xw)²
            close(tape.gradients(penalty).of(weight), 8 * 25 * 3);
        }
    }

    @Test
    void insideAGradientOfOnesOwn() {
        // its backward pass asks for a derivative; the tape whose pass it is does not record that
        var cube =
                Autograd.custom(
                        "cube",
                        x -> x[0].pow(3),
                        (saved, g) ->
                                new Tensor[] {Autograd.vjp(x -> x.pow(3), saved.input(0), g)});
        UnaryOperator<Tensor> f = x -> dev.gradus.tensor.Op.apply(cube, x).sum();
        close(Gradients.of(f, doubles(2)), 12);
        close(Autograd.hessian(f, doubles(2)), 12);
        GradCheck.check(t -> f.apply(t[0]), doubles(2, -1));
    }

    // ------------------------------------------------------------------ memory and mode

    @Test
    void outsideATapeResultsAreNobodys() {
        var backend = new CountingBackend();
        Tensor x = X.to(backend);
        List<Tensor> results =
                List.of(
                        Gradients.of(FunctionsTest::scalar, x),
                        Autograd.valueAndGradient(FunctionsTest::scalar, x).value(),
                        Autograd.jacobian(FunctionsTest::columns, x),
                        Autograd.hessian(FunctionsTest::scalar, x),
                        Autograd.jvp(FunctionsTest::columns, x, V.to(backend)),
                        Autograd.hvp(FunctionsTest::scalar, x, V.to(backend)));
        for (Tensor t : results) {
            assertNull(t.view().buffer().owner());
            assertSame(backend, t.backend());
            t.toArray();
        }
    }

    @Test
    void insideATapeTheyAreIts() {
        Tensor gradient;
        try (var tape = Tape.watch(X)) {
            gradient = Gradients.of(FunctionsTest::scalar, X);
            assertSame(tape, Memory.tapeOf(gradient.view().buffer().owner()));
        }
        Says.error(IllegalStateException.class, gradient::toArray, "stale");
    }

    @Test
    void layersAreInUseUnlessATapeSaysElse() {
        var dropout = new Dropout(0.5);
        Tensor x = Tensor.ones(64);
        double[] ones = x.toArray();
        assertArrayEquals(ones, Gradients.of(t -> dropout.apply(t).sum(), x).toArray());
        try (Tape _ = Tape.start()) {
            double kept = Gradients.of(t -> dropout.apply(t).sum(), x).gt(0).mean().item();
            assertEquals(0.5, kept, 0.3);
        }
    }

    // ------------------------------------------------------------------ errors

    @Test
    void errorsTeach() {
        Says.illegal(
                () -> Gradients.of(Tensor::square, X),
                "Gradients.of: f gave shape [2, 2], not a scalar",
                "sum() or mean()",
                "Autograd.jacobian");
        Says.illegal(() -> Autograd.hessian(Tensor::square, X), "hessian: f gave shape [2, 2]");
        Says.illegal(() -> Autograd.hvp(Tensor::square, X, V), "hvp: f gave shape [2, 2]");
        Says.illegal(
                () -> Autograd.jacobian(Tensor::square, Tensor.of(1, 2)),
                "jacobian: an argument is INT32 of shape [2]",
                "to(DType.FLOAT32)");
        Says.illegal(
                () -> Gradients.of(x -> x.sum().to(DType.INT32), X),
                "f gave INT32 of shape []",
                "no derivative");
        Says.illegal(
                () -> Autograd.vjp(FunctionsTest::columns, X, doubles(1, 2, 3)),
                "vjp: the cotangent is FLOAT64 of shape [3]",
                "FLOAT64 of shape [2]",
                "alike");
        Says.illegal(
                () -> Autograd.jvp(FunctionsTest::columns, X, Tensor.ones(2, 2)),
                "jvp: the tangent is FLOAT32 of shape [2, 2], and x FLOAT64");
        Says.illegal(() -> Autograd.hvp(FunctionsTest::scalar, X, doubles(1)), "hvp: v is");
    }
}
