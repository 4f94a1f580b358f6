package dev.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.shape.Says;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every primitive function: its symbolic derivatives against central differences. */
class FnTest {
    /** Points where the function is twice differentiable. */
    private static double[][] points(Fn fn) {
        return switch (fn) {
            case NEG, EXP, SIN, COS, TANH, SIGMOID, SOFTPLUS, ERF ->
                    new double[][] {{-2.1}, {-0.4}, {0}, {0.3}, {1.7}};
            case ABS -> new double[][] {{-2}, {-0.1}, {0.5}};
            case SQRT, LOG -> new double[][] {{0.1}, {1}, {7.5}};
            case LOG1P -> new double[][] {{-0.7}, {0}, {1e-3}, {4}};
            case FLOOR -> new double[][] {{-1.4}, {0.5}};
            case ADD, SUB, MUL -> new double[][] {{0, 0}, {1.5, -0.7}, {-2, 3}};
            case DIV -> new double[][] {{0, 1}, {1.5, -0.7}, {-2, 3}};
            case POW -> new double[][] {{0.3, 2.5}, {1, -1.2}, {2.5, 0.5}, {1.7, 3}};
            case REM -> new double[][] {{5.5, 2}, {-5.5, 2}, {5.5, -2}, {0.5, 3}};
            case MAX, MIN, EQ, LT, LE -> new double[][] {{1, 2}, {2, 1}, {-0.3, -0.4}};
            case WHERE -> new double[][] {{1, 2, 3}, {0, 2, 3}, {-0.5, -1, 4}};
        };
    }

    @TestFactory
    Stream<DynamicTest> derivativesAgreeWithDifferences() {
        return Arrays.stream(Fn.values())
                .map(fn -> dynamicTest(fn.name(), () -> checkDerivatives(fn)));
    }

    private static void checkDerivatives(Fn fn) {
        Expr f = Expr.apply(fn, inputs(fn.arity()));
        for (double[] x : points(fn)) {
            for (int i = 0; i < fn.arity(); i++) {
                if (fn == Fn.WHERE && i == 0) {
                    continue; // a step: the condition is not moved
                }
                Expr first = f.grad(i);
                checkAgainstDifference(f, first, i, x);
                for (int j = i == 0 || fn != Fn.WHERE ? 0 : 1; j < fn.arity(); j++) {
                    checkAgainstDifference(first, first.grad(j), j, x);
                }
            }
        }
    }

    private static void checkAgainstDifference(Expr f, Expr derivative, int i, double[] x) {
        double h = 1e-5;
        double[] up = x.clone();
        double[] down = x.clone();
        up[i] += h;
        down[i] -= h;
        double numeric = (Evaluate.at(f, up) - Evaluate.at(f, down)) / (up[i] - down[i]);
        assertEquals(
                numeric,
                Evaluate.at(derivative, x),
                1e-7 * (1 + Math.abs(numeric)),
                () -> "d(" + f + ")/dx" + i + " = " + derivative + " at " + Arrays.toString(x));
    }

    private static Expr[] inputs(int n) {
        return IntStream.range(0, n).mapToObj(Expr::in).toArray(Expr[]::new);
    }

    @Test
    void atKinksAndEdgesDerivativesAreWhatPyTorchGives() {
        Expr x = Expr.in(0);
        Expr y = Expr.in(1);
        assertEquals(0, Evaluate.at(x.abs().grad(0), 0));
        assertEquals(0, Evaluate.at(x.relu().grad(0), 0));
        assertEquals(0, Evaluate.at(x.sign().grad(0), 0));
        assertEquals(0.5, Evaluate.at(x.max(y).grad(0), 3, 3));
        assertEquals(0.5, Evaluate.at(x.max(y).grad(1), 3, 3));
        assertEquals(0.5, Evaluate.at(x.min(y).grad(0), 3, 3));
        assertEquals(Double.POSITIVE_INFINITY, Evaluate.at(x.sqrt().grad(0), 0));
        assertEquals(0.5, Evaluate.at(x.softplus().grad(0), 0));
        // pow
        assertEquals(0, Evaluate.at(x.pow(y).grad(0), 0, 2));
        assertEquals(0, Evaluate.at(x.pow(y).grad(0), 0, 0));
        assertEquals(0, Evaluate.at(x.pow(y).grad(0), 5, 0));
        assertEquals(0, Evaluate.at(x.pow(y).grad(1), 0, 2));
        assertEquals(12, Evaluate.at(x.pow(y).grad(0), -2, 3));
        assertEquals(Double.NaN, Evaluate.at(x.pow(y).grad(1), -2, 3));
        assertEquals(12, Evaluate.at(x.pow(Expr.of(3)).grad(0), -2));
    }

    @Test
    void whereKeepsTheBranchNotTakenOut() {
        Expr x = Expr.in(0);
        Expr safe = Expr.where(Expr.ZERO.lt(x), x.log(), Expr.ZERO);
        assertEquals(0, Evaluate.at(safe, -1));
        assertEquals(0, Evaluate.at(safe.grad(0), -1));
        assertEquals(0.5, Evaluate.at(safe.grad(0), 2));
        assertEquals(0, Evaluate.at(x.relu().grad(0), Double.NEGATIVE_INFINITY));
    }

    @Test
    void valuesThatNaNAndSignsDecide() {
        double nan = Double.NaN;
        Expr x = Expr.in(0);
        Expr y = Expr.in(1);
        assertEquals(nan, Evaluate.at(x.max(y), 1, nan));
        assertEquals(nan, Evaluate.at(x.min(y), nan, 1));
        assertEquals(nan, Evaluate.at(x.relu(), nan));
        assertEquals(0, Evaluate.at(x.sign(), nan));
        assertEquals(0, Evaluate.at(x.eq(y), nan, nan));
        assertEquals(0, Evaluate.at(x.lt(y), nan, 1));
        assertEquals(0, Evaluate.at(x.le(y), 1, nan));
        assertEquals(1, Evaluate.at(Expr.where(x, Expr.ONE, Expr.ZERO), nan));
        assertEquals(0.0, Evaluate.at(x.max(y), -0.0, 0.0));
        assertEquals(-0.0, Evaluate.at(x.min(y), 0.0, -0.0));
        assertEquals(-2, Evaluate.at(x.floor(), -1.2));
        assertEquals(1e-20, Evaluate.at(x.log1p(), 1e-20));
        assertEquals(1000, Evaluate.at(x.softplus(), 1000));
        assertEquals(Math.exp(-50), Evaluate.at(x.softplus(), -50), 1e-35);
        assertEquals(0, Evaluate.at(x.sigmoid(), -1000));
        assertEquals(1, Evaluate.at(x.pow(y), nan, 0));
    }

    @Test
    void theIntegerFormsAgreeAndTheOthersSayThatTheyHaveNone() {
        int[] small = {-3, -1, 0, 1, 2};
        for (Fn fn : Fn.values()) {
            if (!fn.hasInt()) {
                Says.illegal(() -> fn.applyInt(1, 1, 1), fn.name(), "no integer form", "to(DType");
                continue;
            }
            for (int a : small) {
                for (int b : small) {
                    assertEquals(
                            (int) fn.apply(a, b, 7),
                            fn.applyInt(a, b, 7),
                            () -> fn + " of " + a + ", " + b + ", 7");
                }
            }
        }
        assertEquals(Integer.MIN_VALUE, Fn.ADD.applyInt(Integer.MAX_VALUE, 1, 0));
        assertEquals(Integer.MIN_VALUE, Fn.ABS.applyInt(Integer.MIN_VALUE, 0, 0));
    }
}
