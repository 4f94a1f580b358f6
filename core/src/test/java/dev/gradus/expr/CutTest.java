package dev.gradus.expr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.shape.DType;

import org.junit.jupiter.api.Test;

import java.util.Map;

class CutTest {
    private static Expr chain(int links) {
        Expr e = Expr.in(0);
        for (int i = 0; i < links; i++) {
            e = e.mul(Expr.in(1)).add(i).tanh();
        }
        return e;
    }

    @Test
    void partsAreAsLargeAsAKernelHoldsAndMakeTheWhole() {
        Expr whole = chain(60);
        assertFalse(whole.isOneKernel());
        int kernels = 1;
        Expr rest = whole;
        while (!rest.isOneKernel()) {
            Cut cut = rest.cut();
            assertEquals(Program.MAX_STEPS, cut.part().program().steps().size(), 1);
            // Put back where it was cut out, it is the same expression.
            Expr hole = Expr.in(rest.inputs());
            assertTrue(cut.rest().replace(Map.of(hole, cut.part())) == rest);
            rest = cut.rest();
            kernels++;
        }
        assertEquals(3, kernels);
    }

    @Test
    void aSmallExpressionIsOneKernel() {
        Expr small = chain(21);
        assertTrue(small.isOneKernel());
        double[] values = small.program().values(new double[0], DType.FLOAT64);
        values[0] = 0.3;
        values[1] = 0.7;
        small.program().run(values, DType.FLOAT64);
        double expected = 0.3;
        for (int i = 0; i < 21; i++) {
            expected = StrictMath.tanh(expected * 0.7 + i);
        }
        assertEquals(expected, values[small.program().output(0)]);
    }
}
