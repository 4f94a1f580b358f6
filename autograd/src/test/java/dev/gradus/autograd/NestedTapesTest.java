package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.function.UnaryOperator;

/** Derivatives of derivatives. */
class NestedTapesTest {
    @AfterEach
    void leavesNoTapeOpen() {
        assertNull(Tape.current());
    }

    /** The n-th derivative of a function of one number, by n nested tapes. */
    private static Tensor derivative(int n, UnaryOperator<Tensor> f, Tensor x) {
        if (n == 0) {
            return f.apply(x);
        }
        try (Tape tape = Tape.nested(x)) {
            return tape.gradients(derivative(n - 1, f, x)).of(x);
        }
    }

    private static double at(int n, UnaryOperator<Tensor> f, double x) {
        Tensor point = Tensor.of(new double[] {x}, DType.FLOAT64);
        try (Tape _ = Tape.start()) {
            return derivative(n, f, point).item();
        }
    }

    @Test
    void derivativesOfAPower() {
        double[] expected = {16, 32, 48, 48, 24};
        for (int n = 0; n < expected.length; n++) {
            assertEquals(expected[n], at(n, x -> x.pow(4), 2), 1e-9, "derivative " + n);
            assertEquals(expected[n], at(n, x -> x.square().square(), 2), 1e-9);
            assertEquals(expected[n], at(n, x -> x.mul(x).mul(x.mul(x)), 2), 1e-9);
        }
    }

    @Test
    void derivativesOfSineGoRound() {
        for (int n = 0; n < 6; n++) {
            assertEquals(Math.sin(0.7 + n * Math.PI / 2), at(n, Tensor::sin, 0.7), 1e-12);
            assertEquals(Math.exp(0.7), at(n, Tensor::exp, 0.7), 1e-12);
        }
    }

    @Test
    void softplusIsSmoothAtZeroToo() {
        // where a classifier with zero weights starts
        double[] expected = {Math.log(2), 0.5, 0.25, 0, -0.125};
        for (int n = 0; n < expected.length; n++) {
            assertEquals(expected[n], at(n, Tensor::softplus, 0), 1e-12, "derivative " + n);
        }
    }

    @Test
    void aHessianRowByRow() {
        // f = x²y + y³: the Hessian is [[2y, 2x], [2x, 6y]]
        Tensor p = Tensor.of(2.0, 3);
        double[][] hessian = new double[2][];
        try (var outer = Tape.watch(p)) {
            Tensor gradient;
            try (var inner = Tape.nested(p)) {
                Tensor x = p.get(0);
                Tensor y = p.get(1);
                Tensor f = x.square().mul(y).add(y.pow(3));
                gradient = inner.gradients(f).of(p);
            }
            assertArrayEquals(new double[] {12, 31}, gradient.toArray());
            for (int i = 0; i < 2; i++) {
                hessian[i] = outer.gradients(gradient.get(i)).of(p).toArray();
            }
        }
        assertArrayEquals(new double[] {6, 4}, hessian[0], 1e-5);
        assertArrayEquals(new double[] {4, 18}, hessian[1], 1e-5);
    }

    @Test
    void theOuterTapeGoesOnRecordingWhileTheInnerOneIsOpen() {
        Tensor x = Tensor.scalar(3);
        Tensor y = Tensor.scalar(5);
        try (var outer = Tape.watch(x, y)) {
            Tensor early = x.mul(y);
            Tensor both;
            try (var inner = Tape.nested(y)) {
                both = early.mul(y); // x·y²; for the inner tape early is a constant
                assertEquals(15, inner.gradients(both).of(y).item());
                assertEquals(Tape.current(), inner);
            }
            assertEquals(Tape.current(), outer);
            assertEquals(25, outer.gradients(both).of(x).item());
            assertEquals(30, outer.gradients(both).of(y).item());
        }
    }

    @Test
    void theInnerTapeKnowsParametersAndSoDoesTheOuter() {
        var weight = new Parameter("weight", Tensor.of(new double[] {3}, DType.FLOAT64));
        try (var outer = Tape.start()) {
            Tensor slope;
            try (var inner = Tape.nested()) {
                slope = inner.gradients(weight.value().pow(3).sum()).of(weight);
            }
            assertEquals(27, slope.item(), 1e-9);
            assertEquals(18, outer.gradients(slope).of(weight).item(), 1e-9);
        }
    }

    @Test
    void newtonsMethodOnRosenbrock() {
        // f = (1 − x)² + 100 (y − x²)², whose minimum is at (1, 1)
        Tensor p = Tensor.of(new double[] {-1, 2}, DType.FLOAT64);
        for (int step = 0; step < 8; step++) {
            try (var outer = Tape.watch(p)) {
                Tensor g;
                try (var inner = Tape.nested(p)) {
                    Tensor x = p.get(0);
                    Tensor y = p.get(1);
                    Tensor f = x.neg().add(1).square().add(y.sub(x.square()).square().mul(100));
                    g = inner.gradients(f).of(p);
                }
                double[] a = outer.gradients(g.get(0)).of(p).toArray();
                double[] b = outer.gradients(g.get(1)).of(p).toArray();
                double det = a[0] * b[1] - a[1] * b[0];
                double dx = (b[1] * g.at(0) - a[1] * g.at(1)) / det;
                double dy = (a[0] * g.at(1) - b[0] * g.at(0)) / det;
                p = p.sub(Tensor.of(new double[] {dx, dy}, DType.FLOAT64)).keep();
            }
        }
        assertArrayEquals(new double[] {1, 1}, p.toArray(), 1e-9);
    }

    @Test
    void aGradientPenalty() {
        // d/dx |d(x³)/dx|² = d(9x⁴)/dx = 36x³
        Tensor x = Tensor.of(new double[] {1, -2}, DType.FLOAT64);
        try (var outer = Tape.watch(x)) {
            Tensor penalty;
            try (var inner = Tape.nested(x)) {
                penalty = inner.gradients(x.pow(3).sum()).of(x).square().sum();
            }
            assertArrayEquals(
                    new double[] {36, -288}, outer.gradients(penalty).of(x).toArray(), 1e-9);
        }
    }
}
