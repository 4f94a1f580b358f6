package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.Backend;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.util.Arrays;

/** What softmax, layer norm, dropout and attention promise beyond the reference's numbers. */
interface FusedContract {
    /** The backend on trial. */
    Backend backend();

    private Tensor random(long seed, int... shape) {
        return Arrangement.DENSE.random(backend(), DType.FLOAT32, Shape.of(shape), seed);
    }

    private Tensor ones(int... shape) {
        return Tensor.ones(shape).to(backend());
    }

    private Tensor attention(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal) {
        return Functional.scaledDotProductAttention(q, k, v, mask, causal, 0);
    }

    private static void assertNear(Tensor expected, Tensor found, double tolerance) {
        assertEquals(expected.shape(), found.shape());
        assertArrayEquals(expected.toArray(), found.toArray(), tolerance);
    }

    private static void assertAll(double expected, Tensor found, double tolerance) {
        double[] all = new double[found.size()];
        Arrays.fill(all, expected);
        assertArrayEquals(all, found.toArray(), tolerance);
    }

    // ------------------------------------------------------------------ along rows

    @Test
    default void rowsOfASoftmaxSumTo1() {
        for (int n : new int[] {1, 2, 17, 513, 5000}) {
            Tensor x = random(n, 3, n, 2).mul(5);
            assertAll(1, x.softmax(1).sum(1), 1e-5);
            assertAll(1, x.logSoftmax(1).exp().sum(1), 1e-5);
        }
    }

    @Test
    default void addingAConstantToLogitsChangesNothing() {
        // Sixteenths, and a constant with which they stay so: nothing is rounded.
        Tensor x = random(1, 5, 70).mul(16).to(DType.INT32).to(DType.FLOAT32).div(16);
        Tensor moved = x.add(4096);
        assertArrayEquals(x.softmax(-1).toArray(), moved.softmax(-1).toArray());
        assertNear(x.logSoftmax(-1), moved.logSoftmax(-1), 1e-3);
        Tensor classes = Tensor.of(3, 0, 69, 7, 7).to(backend());
        assertNear(
                Functional.crossEntropy(x, classes, 0.1),
                Functional.crossEntropy(moved, classes, 0.1),
                1e-3);
        Tensor weight = random(2, 70);
        assertNear(
                Functional.layerNorm(x, weight, weight, 1e-5),
                Functional.layerNorm(moved, weight, weight, 1e-5),
                2e-3);
    }

    @Test
    default void hugeLogitsDoNotOverflow() {
        Tensor x = Tensor.of(new double[][] {{3e38, -3e38, 3e38}, {-3e38, -3e38, -3e38}});
        Tensor y = x.to(backend()).softmax(-1);
        assertArrayEquals(new double[] {0.5, 0, 0.5}, y.get(0).toArray());
        assertAll(1 / 3.0, y.get(1), 1e-7);
    }

    @Test
    default void aNormalisedRowHasMean0AndVariance1() {
        for (int n : new int[] {2, 33, 700}) {
            Tensor x = random(n, 4, n).mul(7).add(20);
            Tensor y = Functional.layerNorm(x, ones(n), ones(n).mul(0), 1e-5);
            assertAll(0, y.mean(-1), 1e-4);
            assertAll(1, y.square().mean(-1), 1e-3);
        }
    }

    @Test
    default void smoothingMixesInTheMeanOverAllClasses() {
        Tensor x = random(3, 6, 11);
        Tensor classes = Tensor.of(10, 0, 3, 3, 9, 1).to(backend());
        Tensor even = x.logSoftmax(-1).mean(-1).neg();
        Tensor mixed = Functional.crossEntropy(x, classes, 0).mul(0.7).add(even.mul(0.3));
        assertNear(mixed, Functional.crossEntropy(x, classes, 0.3), 1e-5);
    }

    // ------------------------------------------------------------------ masks

    @Test
    default void aClassThatDoesNotExistIsNoSilentNumber() {
        Tensor logits = Tensor.of(new double[][] {{1, 2}, {1, 2}, {1, 2}}).to(backend());
        Tensor classes = Tensor.of(0, 2, -1).to(backend());
        double[] losses = Functional.crossEntropy(logits, classes, 0.1).toArray();
        assertTrue(losses[0] > 0);
        assertTrue(Double.isNaN(losses[1]));
        assertEquals(0, losses[2]);
    }

    @Test
    default void aRowThatIsMaskedThroughoutIsZeros() {
        Tensor q = random(1, 2, 5, 9);
        Tensor k = random(2, 2, 40, 9);
        Tensor v = random(3, 2, 40, 17);
        Tensor mask = Tensor.of(new double[][] {{1}, {0}, {1}, {0}, {1}}).to(backend());
        Tensor out = attention(q, k, v, mask, false);
        assertAll(0, out.slice(":, 1::2"), 0);
        assertNear(attention(q, k, v, null, false).slice(":, ::2"), out.slice(":, ::2"), 1e-6);
        assertAll(0, Functional.maskedSoftmax(k, ones(9).mul(0)), 0);
        // Before key 3 there is nothing that is not masked.
        Tensor later = Tensor.arange(40).ge(3).to(backend());
        Tensor causal = attention(q, k, v, later, true);
        assertAll(0, causal.slice(":, :3"), 0);
        assertNear(v.slice(":, 3"), causal.slice(":, 3"), 1e-6);
    }

    @Test
    default void whatIsMaskedHasNoInfluence() {
        Tensor q = random(1, 2, 70, 9);
        Tensor k = random(2, 2, 90, 9);
        Tensor v = random(3, 2, 90, 5);
        Tensor padding = Tensor.arange(90).lt(37).to(backend());
        Tensor late = padding.logicalNot().unsqueeze(-1).mul(1000);
        Tensor out = attention(q, k, v, padding, false);
        Tensor other = attention(q, k.add(late), v.sub(late), padding, false);
        assertArrayEquals(out.toArray(), other.toArray());
        Tensor shorter = attention(q, k.slice(":, :37"), v.slice(":, :37"), null, false);
        assertNear(shorter, out, 1e-5);
    }

    @Test
    default void aCausalResultDependsOnEarlierKeysAlone() {
        Tensor q = random(1, 2, 70, 9);
        Tensor k = random(2, 2, 70, 9);
        Tensor v = random(3, 2, 70, 5);
        Tensor out = attention(q, k, v, null, true);
        for (int end : new int[] {1, 16, 33, 69}) {
            Tensor late = Tensor.arange(70).ge(end).to(backend()).unsqueeze(-1).mul(100);
            Tensor other = attention(q, k.add(late), v.sub(late), null, true);
            String before = ":, :" + end;
            assertArrayEquals(out.slice(before).toArray(), other.slice(before).toArray());
            assertFalse(Arrays.equals(out.get(1).toArray(), other.get(1).toArray()));
        }
        assertNear(attention(q, k, v, Functional.causalMask(70, 70).to(backend()), false), out, 0);
    }

    @Test
    default void aMaskIsWhatIsNot0() {
        Tensor q = random(1, 4, 3);
        Tensor k = random(2, 4, 3);
        double[] odd = {2, 0, Double.POSITIVE_INFINITY, Double.NaN};
        for (boolean causal : new boolean[] {false, true}) {
            Tensor expected = attention(q, k, k, Tensor.of(1, 0, 1, 1).to(backend()), causal);
            Tensor found = attention(q, k, k, Tensor.of(odd).to(backend()), causal);
            assertArrayEquals(expected.toArray(), found.toArray());
        }
    }

    @Test
    default void aCausalMaskIsALowerTriangle() {
        Tensor mask = Functional.causalMask(3, 4);
        assertEquals(DType.FLOAT32, mask.dtype());
        assertArrayEquals(
                new double[][] {{1, 0, 0, 0}, {1, 1, 0, 0}, {1, 1, 1, 0}}, mask.toArray2d());
    }

    @Test
    default void eachQueryIsByItself() {
        Tensor q = random(1, 3, 37, 16);
        Tensor k = random(2, 3, 50, 16);
        Tensor v = random(3, 3, 50, 16);
        Tensor all = attention(q, k, v, null, false);
        for (int i : new int[] {0, 15, 36}) {
            String one = ":, " + i + ":" + (i + 1);
            assertNear(all.slice(one), attention(q.slice(one), k, v, null, false), 1e-6);
        }
    }

    // ------------------------------------------------------------------ dropout

    @Test
    default void dropoutKeepsTheMean() {
        Tensor x = random(1, 100, 200);
        double[] before = x.toArray();
        double[] after = FunctionalRows.drawn(() -> Functional.dropout(x, 0.25)).toArray();
        int dropped = 0;
        for (int i = 0; i < before.length; i++) {
            dropped += after[i] == 0 ? 1 : 0;
            assertEquals(after[i] == 0 ? 0 : before[i] / 0.75, after[i], 1e-6);
        }
        assertEquals(0.25, dropped / 20_000.0, 0.01);
    }

    @Test
    default void everyCallDropsOthers() {
        Tensor x = ones(1000);
        Tensor product =
                FunctionalRows.drawn(
                        () -> Functional.dropout(x, 0.5).mul(Functional.dropout(x, 0.5)));
        assertEquals(0.25, product.mean().item() / 4, 0.06);
        Tensor q = random(1, 1, 30, 4);
        Tensor both =
                FunctionalRows.drawn(() ->
                        Functional.attentionWeights(q, q, null, false, 0.5)
                                .mul(Functional.attentionWeights(q, q, null, false, 0.5)));
        assertEquals(0.25, both.gt(0).mean().item(), 0.06);
    }

    @Test
    default void droppedWeightsAreThoseThatAreShown() {
        Tensor q = random(1, 2, 40, 9);
        Tensor k = random(2, 2, 33, 9);
        Tensor v = random(3, 2, 33, 5);
        Tensor weights =
                FunctionalRows.drawn(() -> Functional.attentionWeights(q, k, null, true, 0.4));
        Tensor out =
                FunctionalRows.drawn(
                        () -> Functional.scaledDotProductAttention(q, k, v, null, true, 0.4));
        assertNear(weights.matmul(v), out, 1e-5);
    }
}
