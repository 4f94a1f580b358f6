package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;

class FloatKernelTest {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);

    @Test
    void allocatesNothing() {
        FloatKernel kernel = FloatKernel.of(X.mul(Y).add(Expr.scalar(0)).tanh().program());
        float[][] in = {new float[48], new float[48]};
        float[][] out = {new float[48]};
        int[] starts = new int[2];
        double[] scalars = {1};
        Allocation.settlesBelow(
                8, 10_000, () -> kernel.run(in, starts, 0, scalars, out, starts, 48));
    }

    /** All inputs are read before any result is written, in every block and in the tail. */
    @ParameterizedTest
    @ValueSource(ints = {5, 64, 511, 512, 513, 1300})
    void resultsMayBeTheInputs(int n) {
        Program swap = Program.of(Y, X.add(Y));
        float[] a = new float[n];
        float[] b = new float[n];
        float[] sum = new float[n];
        for (int i = 0; i < n; i++) {
            a[i] = i;
            b[i] = 10 * i;
            sum[i] = 11 * i;
        }
        float[][] inPlace = {a, b};
        float[] oldB = b.clone();
        FloatKernel.of(swap).run(inPlace, new int[2], 0, new double[0], inPlace, new int[2], n);
        assertArrayEquals(oldB, a);
        assertArrayEquals(sum, b);
    }

    /** Registers are reused after a value's last use: a long chain with values used late. */
    @Test
    void registersAreNotMixedUp() {
        Expr[] early = new Expr[10];
        Arrays.setAll(early, i -> X.add(i));
        Expr chain = Y;
        for (int i = 0; i < 10; i++) {
            chain = chain.mul(Y).add(early[9 - i]);
        }
        Program program = chain.program();
        float[][] in = {{2, 3}, {0.5f, -1}};
        float[][] out = {new float[2]};
        FloatKernel.of(program).run(in, new int[2], 0, new double[0], out, new int[1], 2);
        for (int k = 0; k < 2; k++) {
            float expected = in[1][k];
            for (int i = 0; i < 10; i++) {
                expected = expected * in[1][k] + (in[0][k] + (9 - i));
            }
            assertArrayEquals(new float[] {expected}, new float[] {out[0][k]});
        }
    }
}
