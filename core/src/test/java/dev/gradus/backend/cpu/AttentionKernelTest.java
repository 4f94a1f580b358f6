package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.shape.Slice;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

class AttentionKernelTest {
    private static final int[] LENGTHS = {1, 3, 17, 64, 65, 130, 200};
    private static final int[] WIDTHS = {1, 4, 32, 33};
    private static final int[][] BATCHES = {{}, {3}, {2, 2}};

    /** Every pair of lengths twice, with the rest drawn at random. */
    @TestFactory
    Stream<DynamicTest> agreesWithTensorOperations() {
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < 2 * LENGTHS.length * LENGTHS.length; i++) {
            var random = new Random(i);
            int t = LENGTHS[i % LENGTHS.length];
            int s = LENGTHS[i / LENGTHS.length % LENGTHS.length];
            int[] batch = BATCHES[random.nextInt(BATCHES.length)];
            int d = WIDTHS[random.nextInt(WIDTHS.length)];
            int e = WIDTHS[random.nextInt(WIDTHS.length)];
            var orders = AttentionCase.Order.values();
            AttentionCase some =
                    AttentionCase.random(i, batch, t, s, d, e)
                            .causal(random.nextBoolean())
                            .mask(mask(random, batch, t, s))
                            .dropout(random.nextInt(3) == 0 ? 0.3 : 0)
                            .order(orders[random.nextInt(orders.length)]);
            String name =
                    "%s t=%d s=%d d=%d e=%d, mask %s, causal %s, dropout %s, %s"
                            .formatted(
                                    Arrays.toString(batch),
                                    t,
                                    s,
                                    d,
                                    e,
                                    some.mask() == null ? "none" : some.mask().shape(),
                                    some.causal(),
                                    some.dropout(),
                                    some.order());
            tests.add(dynamicTest(name, () -> assertAgrees(some)));
        }
        return tests.stream();
    }

    /** None, one for all, one for each head, or padding; now and then a query without a key. */
    private static @Nullable Tensor mask(Random random, int[] batch, int t, int s) {
        int kind = random.nextInt(4);
        int[] shape = Arrays.copyOf(batch, batch.length + 2);
        shape[batch.length] = t;
        shape[batch.length + 1] = s;
        if (kind == 1) {
            shape = new int[] {t, s};
        } else if (kind == 2) {
            Arrays.fill(shape, batch.length > 0 ? 1 : 0, shape.length - 1, 1);
        }
        Tensor mask = new Generator(random.nextInt()).rand(shape).gt(0.3);
        if (kind != 2) {
            int without = t / 2;
            mask = mask.mul(Tensor.arange(t).unsqueeze(1).ne(without));
        }
        return kind == 0 ? null : mask;
    }

    private static void assertAgrees(AttentionCase some) {
        var expected = some.expected().all();
        var found = some.run().all();
        String[] names = {"result", "ln of the sum", "dq", "dk", "dv"};
        for (int i = 0; i < names.length; i++) {
            double most = Arrays.stream(expected.get(i)).map(Math::abs).max().orElse(0);
            assertArrayEquals(expected.get(i), found.get(i), 1e-5 * Math.max(1, most), names[i]);
        }
    }

    @Test
    void aQueryWithoutKeysGivesZeros() {
        Tensor none = Tensor.ones(5, 7).mul(Tensor.arange(5).unsqueeze(1).ne(2));
        var found = AttentionCase.random(1, new int[] {2}, 5, 7, 4, 3).mask(none).run();
        for (int head = 0; head < 2; head++) {
            assertArrayEquals(new double[3], row(found.result(), head * 5 + 2, 3));
            assertArrayEquals(new double[1], row(found.logs(), head * 5 + 2, 1));
            assertArrayEquals(new double[4], row(found.dq(), head * 5 + 2, 4));
            assertNotEmpty(row(found.result(), head * 5 + 1, 3));
        }
    }

    private static void assertNotEmpty(double[] row) {
        assertTrue(Arrays.stream(row).allMatch(x -> x != 0 && Double.isFinite(x)));
    }

    private static double[] row(double[] all, int row, int length) {
        return Arrays.copyOfRange(all, row * length, (row + 1) * length);
    }

    /** Bit for bit. */
    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 90})
    void causalQueriesDoNotSeeTheFuture(int known) {
        AttentionCase some = AttentionCase.random(2, new int[] {2}, 130, 130, 8, 8).causal(true);
        var changed = some.keysAndValues(changed(some.k(), known), changed(some.v(), known)).run();
        double[] found = some.run().result();
        assertArrayEquals(
                Arrays.copyOf(found, known * 8), Arrays.copyOf(changed.result(), known * 8));
        assertFalse(
                Arrays.equals(row(found, known, 8), row(changed.result(), known, 8)),
                "the first query that sees a change");
    }

    /** Other numbers in the rows from {@code from} on. */
    private static Tensor changed(Tensor x, int from) {
        Tensor late = Tensor.arange(x.size(-2)).unsqueeze(1).ge(from).to(x.backend());
        return x.add(late.mul(3));
    }

    /** Bit for bit, gradients too; and padding has a gradient of 0. */
    @Test
    void paddingHasNoInfluence() {
        Tensor lengths = Tensor.of(new float[] {70, 5}).reshape(2, 1, 1, 1);
        Tensor mask = Tensor.arange(90).lt(lengths);
        AttentionCase some =
                AttentionCase.random(3, new int[] {2, 3}, 20, 90, 8, 8).mask(mask).dropout(0.2);
        var found = some.run();
        var changed = some.keysAndValues(changed(some.k(), 70), changed(some.v(), 70)).run();
        for (int i = 0; i < found.all().size(); i++) {
            assertArrayEquals(found.all().get(i), changed.all().get(i));
        }
        for (double[] gradient : List.of(found.dk(), found.dv())) {
            assertArrayEquals(new double[20 * 8], Arrays.copyOfRange(gradient, 70 * 8, 90 * 8));
            assertNotEmpty(row(gradient, 69, 8));
        }
    }

    /** Whatever else is computed with it. */
    @Test
    void aHeadAloneGivesTheSameBits() {
        AttentionCase all = AttentionCase.random(4, new int[] {40}, 70, 70, 16, 16).causal(true);
        Slice last = Slice.at(39);
        var alone =
                new AttentionCase(
                                all.q().slice(last),
                                all.k().slice(last),
                                all.v().slice(last),
                                null,
                                all.g().slice(last),
                                true,
                                0,
                                AttentionCase.Order.DENSE)
                        .run();
        var found = all.run();
        for (int i = 0; i < found.all().size(); i++) {
            double[] one = alone.all().get(i);
            assertArrayEquals(one, row(found.all().get(i), 39, one.length));
        }
    }

    /** Memory that one head leaves behind is not read by the next, not even times 0. */
    @Test
    void aHeadOfNaNsLeavesTheOthersAlone() {
        AttentionCase some =
                AttentionCase.random(9, new int[] {2}, 40, 40, 8, 8).causal(true).dropout(0.2);
        Tensor bad = Tensor.of(new float[] {Float.NaN, 1}).reshape(2, 1, 1).to(some.k().backend());
        var expected = some.run().all();
        var found = some.keysAndValues(some.k().mul(bad), some.v().mul(bad)).run().all();
        for (int i = 0; i < found.size(); i++) {
            int half = found.get(i).length / 2;
            assertTrue(Double.isNaN(found.get(i)[half - 1]));
            assertArrayEquals(row(expected.get(i), 1, half), row(found.get(i), 1, half));
        }
    }

    @Test
    void repeatedCallsGiveTheSameBits() {
        AttentionCase some =
                AttentionCase.random(5, new int[] {2}, 66, 80, 16, 8).causal(true).dropout(0.1);
        var first = some.run();
        for (int call = 0; call < 300; call++) {
            var again = some.run();
            for (int i = 0; i < first.all().size(); i++) {
                assertArrayEquals(first.all().get(i), again.all().get(i), "call " + call);
            }
        }
    }

    /** Sums of weights are 1 on average, and not all of them are. */
    @Test
    void dropoutKeepsTheMean() {
        AttentionCase some = AttentionCase.random(6, new int[] {8}, 100, 64, 4, 1).dropout(0.5);
        double[] sums = some.keysAndValues(some.k(), some.v().onesLike()).run().result();
        double mean = Arrays.stream(sums).average().orElseThrow();
        assertEquals(1, mean, 0.02);
        assertTrue(Arrays.stream(sums).map(x -> Math.abs(x - 1)).max().orElseThrow() > 0.1);
    }

    /** e^score alone would be infinite. */
    @Test
    void largeScoresDoNotOverflow() {
        AttentionCase some = AttentionCase.random(7, new int[] {}, 9, 11, 4, 4);
        for (double[] numbers : some.keysAndValues(some.k().mul(1000), some.v()).run().all()) {
            assertTrue(Arrays.stream(numbers).allMatch(Double::isFinite));
        }
    }

    /**
     * 2048 · 2048 weights would be 16 MB. A thread that has no memory to use again computes at
     * least the whole gradient. It does so until little memory is taken, as Java code that is not
     * compiled yet makes objects.
     */
    @Test
    void theWeightsAreNotStored() throws InterruptedException {
        AttentionCase some = AttentionCase.random(8, new int[] {}, 2048, 2048, 4, 4).dropout(0.1);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long enough = 8_000_000;
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 40 && least > enough; attempt++) {
            long[] bytes = new long[1];
            var thread =
                    new Thread(() -> {
                        some.run();
                        bytes[0] = threads.getCurrentThreadAllocatedBytes();
                    });
            thread.start();
            thread.join();
            assertTrue(bytes[0] > 0);
            least = Math.min(least, bytes[0]);
        }
        assertTrue(least < enough, least + " bytes");
    }
}
