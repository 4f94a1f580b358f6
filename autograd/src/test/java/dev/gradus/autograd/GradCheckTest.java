package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.OpCatalog;
import dev.gradus.tensor.Row;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * First and second derivatives of every operation of the catalogue against differences, in FLOAT64
 * on the reference backend; and the check itself against derivatives that are wrong on purpose.
 */
class GradCheckTest {
    private static final Backend REFERENCE = Backends.get("reference");

    /** How an input comes about from the tensor that is differentiated by. */
    private enum Source {
        /** It is that tensor. */
        ITSELF,
        /** Its axes are in the opposite order. */
        TRANSPOSED,
        /** It is every second element of the last axis. */
        SLICED,
        /** Its first axis is one element repeated. */
        EXPANDED;

        Tensor parameter(Tensor x) {
            return switch (this) {
                case ITSELF -> x;
                case TRANSPOSED -> reversed(x).keep();
                case SLICED ->
                        x.ndim() == 0
                                ? x
                                : Tensor.stack(-1, x, x.mul(0.9).add(0.05))
                                        .reshape(doubled(x.shape()));
                case EXPANDED -> x.ndim() == 0 || x.size(0) == 0 ? x : x.slice("0:1");
            };
        }

        Tensor input(Tensor parameter, Shape shape) {
            return switch (this) {
                case ITSELF -> parameter;
                case TRANSPOSED -> reversed(parameter);
                case SLICED -> shape.rank() == 0 ? parameter : parameter.slice("..., ::2");
                case EXPANDED -> parameter.expand(shape);
            };
        }

        private static Tensor reversed(Tensor x) {
            int n = x.ndim();
            return n == 0 ? x : x.permute(IntStream.range(0, n).map(i -> n - 1 - i).toArray());
        }

        private static Shape doubled(Shape shape) {
            int[] dims = shape.toArray();
            dims[dims.length - 1] *= 2;
            return Shape.of(dims);
        }
    }

    @TestFactory
    Stream<DynamicTest> everyDifferentiableOperation() {
        return OpCatalog.rows().stream()
                .filter(row -> row.derivatives() > 0)
                .map(row -> dynamicTest(row.name(), () -> check(row)));
    }

    private static void check(Row row) {
        for (Tensor[] x : row.smoothInputs(REFERENCE)) {
            for (Source source : Source.values()) {
                // Repeated elements are ties, at which extremes have no derivative.
                if (source != Source.EXPANDED || !row.name().matches("(max|min).*")) {
                    check(row, source, x);
                }
            }
        }
    }

    private static void check(Row row, Source source, Tensor[] x) {
        Tensor[] parameters =
                Arrays.stream(x)
                        .map(t -> t.dtype().isFloating() ? source.parameter(t) : t)
                        .toArray(Tensor[]::new);
        Function<Tensor[], Tensor> f =
                p -> {
                    Tensor[] inputs = p.clone();
                    for (int i = 0; i < p.length; i++) {
                        if (p[i].dtype().isFloating()) {
                            inputs[i] = source.input(p[i], x[i].shape());
                        }
                    }
                    return row.apply(inputs);
                };
        assertDoesNotThrow(
                () -> GradCheck.check(row.derivatives(), 1e-6, f, parameters),
                () -> row + " of " + Arrays.stream(x).map(Tensor::shape).toList() + ", " + source);
    }

    // ------------------------------------------------------------------ the check itself

    /** Squares, with a derivative of one's choice. */
    private record Square(Function<Tensor, Tensor> derivative) implements Op {
        @Override
        public Tensor forward(Tensor... x) {
            return x[0].square();
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            return new Tensor[] {derivative.apply(saved.input(0)).mul(g)};
        }
    }

    private static final Tensor X =
            Tensor.of(new double[] {0.3, -1.2, 2}, DType.FLOAT64).to("reference");

    private static Function<Tensor[], Tensor> square(Function<Tensor, Tensor> derivative) {
        return x -> Op.apply(new Square(derivative), x);
    }

    @Test
    void aRightDerivativePasses() {
        assertDoesNotThrow(() -> GradCheck.check(square(x -> x.mul(2)), X));
    }

    @Test
    void aDerivativeMayNeedSeveralKernels() {
        Expr e = Expr.in(0);
        for (int i = 0; i < 18; i++) {
            e = e.mul(Expr.in(1)).tanh().add(0.1 * i);
        }
        Expr chain = e;
        assertFalse(chain.backward(0).expr().isOneKernel());
        assertDoesNotThrow(
                () -> GradCheck.check(x -> Tensor.map("chain", chain, x), X, X.mul(0.3).add(0.4)));
    }

    @Test
    void aWrongFactorIsFound() {
        Says.error(
                IllegalStateException.class,
                () -> GradCheck.check(square(x -> x.mul(2.001)), X),
                "the first derivative is wrong",
                "the tape says",
                "differences say");
    }

    @Test
    void aWrongSecondDerivativeIsFound() {
        Function<Tensor[], Tensor> constant = square(x -> x.detach().mul(2));
        assertDoesNotThrow(() -> GradCheck.check(1, 1e-6, constant, X));
        Says.error(
                IllegalStateException.class,
                () -> GradCheck.check(constant, X),
                "the second derivative is wrong");
    }

    @Test
    void anInputThatIsForgottenIsFound() {
        Function<Tensor[], Tensor> f = x -> x[0].mul(x[1].detach());
        Says.error(IllegalStateException.class, () -> GradCheck.check(f, X, X.neg()), "first");
    }

    @Test
    void notANumberIsNoDerivative() {
        Says.error(IllegalStateException.class, () -> GradCheck.check(x -> x[0].log(), X), "NaN");
    }

    @Test
    void aDerivativeOfTheWrongShapeIsNamed() {
        Says.error(
                IllegalStateException.class,
                () -> GradCheck.check(square(x -> x.unsqueeze(0)), X),
                "Square: vjp gave FLOAT64 of shape");
    }

    @Test
    void integersArePassedOnAndConstantsPass() {
        Tensor index = Tensor.of(2, 0, 2).to("reference");
        assertDoesNotThrow(() -> GradCheck.check(x -> x[0].gather(x[1]).square(), X, index));
        assertDoesNotThrow(() -> GradCheck.check(x -> x[0].onesLike(), X));
        assertDoesNotThrow(() -> GradCheck.check(x -> x[0], X));
    }

    @AfterEach
    void leavesNoTapeOpen() {
        assertNull(Tape.current());
    }
}
