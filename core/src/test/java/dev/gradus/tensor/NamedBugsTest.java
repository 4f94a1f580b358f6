package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

/** One test for each bug that had a wrong result and no row of the catalogue to show it. */
class NamedBugsTest {
    private static final Expr X = Expr.in(0);

    /** The constant was cut to 0, since the functions alone have integer forms. */
    @Test
    void aFractionTurnsIntsIntoFloats() {
        Tensor half = Tensor.map("half", X.mul(0.5), Tensor.of(2, 4, 5));
        assertEquals(DType.FLOAT32, half.dtype());
        assertArrayEquals(new double[] {1, 2, 2.5}, half.toArray());
        assertEquals(DType.INT32, Tensor.map("twice", X.mul(2), Tensor.of(2)).dtype());
    }

    /** The square of an int wrapped, its cube did not. */
    @Test
    void powersOfIntsAreFloats() {
        for (double exponent : new double[] {-1, 0.5, 1, 2, 3}) {
            assertEquals(DType.FLOAT32, Tensor.of(50_000).pow(exponent).dtype());
        }
        assertEquals(2.5e9, Tensor.of(50_000).pow(2).toArray()[0]);
    }

    /** A bit for each input in a long wrapped: input 64 was taken for input 0. */
    @Test
    void moreInputsThanBitsAreAnError() {
        Tensor[] inputs = new Tensor[Program.MAX_INPUTS + 1];
        Arrays.fill(inputs, Tensor.ones(3));
        inputs[0] = Tensor.scalar(1);
        Expr sum = X;
        for (int i = 1; i < Program.MAX_INPUTS; i++) {
            sum = sum.add(Expr.in(i));
        }
        Expr most = sum;
        Expr tooMany = sum.add(Expr.in(Program.MAX_INPUTS));
        assertArrayEquals(new double[] {62, 62, 62}, Tensor.map("f", most, inputs).toArray());
        assertEquals(186, Tensor.sum("f", most, new int[0], false, inputs).item());
        Says.illegal(() -> Tensor.map("f", tooMany, inputs), "63 inputs", "(62)");
    }

    /** Joining a row to the running results is one step more than the expression has. */
    @Test
    void theLargestExpressionCanBeSummedAlongColumns() {
        Expr e = X;
        for (int i = 0; i < Program.MAX_STEPS; i++) {
            e = e.add(1);
        }
        Tensor sums = Tensor.sum("f", e, new int[] {0}, false, Tensor.zeros(20, 100));
        assertArrayEquals(new double[] {1280, 1280}, sums.slice(":2").toArray());
    }

    /** Every summed expression stayed alive, through a node that was interned for the sum. */
    @Test
    void summedExpressionsAreForgotten() {
        var nodes = new java.util.ArrayList<java.lang.ref.WeakReference<Expr>>();
        Tensor x = Tensor.ones(20, 100);
        for (int i = 0; i < 50; i++) {
            Expr e = X.mul(1000.5 + i).tanh();
            Tensor.sum("f", e, new int[] {0}, false, x);
            nodes.add(new java.lang.ref.WeakReference<>(e));
        }
        boolean forgotten = false;
        for (int i = 0; i < 50 && !forgotten; i++) {
            System.gc();
            forgotten = nodes.stream().filter(n -> n.get() != null).count() <= 1;
        }
        assertTrue(forgotten);
    }

    /** −1 cannot stand for a size where there are no elements. */
    @Test
    void anEmptyProductOfABatchIsZeros() {
        Tensor product = Tensor.zeros(2, 3, 0).matmul(Tensor.zeros(0, 4));
        assertEquals("[2, 3, 4]", product.shape().toString());
        assertArrayEquals(new double[24], product.toArray());
    }

    /** The gradient was a reversed view of the parameter that it updates. */
    @Test
    void anUpdateReadsOldValuesOnly() {
        Tensor target = Tensor.arange(1000).to(DType.FLOAT32);
        Tensor reversed = target.slice("::-1");
        Program sub = Program.of(X.sub(Expr.in(1)));
        Tensor[] updated =
                InPlace.update(
                        sub,
                        new Tensor[] {target},
                        new Tensor[] {reversed},
                        new double[0],
                        () -> "was updated");
        double[] expected = new double[1000];
        Arrays.setAll(expected, i -> 2 * i - 999);
        assertArrayEquals(expected, updated[0].toArray());
    }

    /** 22 squarings printed 38 million characters. */
    @Test
    void aLongFormulaIsCutShort() {
        Expr e = X;
        for (int i = 0; i < 40; i++) {
            e = e.mul(e);
        }
        assertTrue(e.toString().length() < 1000, e.toString());
    }
}
