package dev.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Minibatches: which samples, in which order, made where. */
class DataLoaderTest {
    /** Sample i is the input [i, −i] and the target 10·i. */
    private static TensorDataset numbers(int n) {
        int[][] inputs =
                IntStream.range(0, n).mapToObj(i -> new int[] {i, -i}).toArray(int[][]::new);
        return new TensorDataset(
                Tensor.of(inputs), Tensor.of(IntStream.range(0, n).map(i -> 10 * i).toArray()));
    }

    /** Which samples the batches have. Each must be whole. */
    private static List<List<Integer>> samples(Iterator<Batch> batches) {
        List<List<Integer>> all = new ArrayList<>();
        batches.forEachRemaining(batch -> {
            List<Integer> samples = new ArrayList<>();
            int[] inputs = batch.inputs().toIntArray();
            int[] targets = batch.targets().toIntArray();
            for (int i = 0; i < batch.size(); i++) {
                samples.add(inputs[2 * i]);
                assertEquals(-inputs[2 * i], inputs[2 * i + 1]);
                assertEquals(10 * inputs[2 * i], targets[i]);
            }
            all.add(samples);
        });
        return all;
    }

    private static List<Integer> flat(List<List<Integer>> batches) {
        return batches.stream().flatMap(List::stream).toList();
    }

    @ParameterizedTest
    @CsvSource({
        // samples, batch size, drop last, sizes of the batches
        "10, 4, false, 4 4 2",
        "10, 4, true,  4 4",
        "8,  4, false, 4 4",
        "8,  4, true,  4 4",
        "3,  4, false, 3",
        "1,  1, true,  1",
    })
    void batchesHaveTheirSize(int n, int batchSize, boolean dropLast, String sizes) {
        var loader = new DataLoader(numbers(n), batchSize);
        loader = dropLast ? loader.dropLast() : loader;
        List<List<Integer>> batches = samples(loader.iterator());
        assertEquals(sizes, String.join(" ", batches.stream().map(b -> "" + b.size()).toList()));
        assertEquals(batches.size(), loader.batchesPerEpoch());
        List<Integer> all = flat(batches);
        assertEquals(IntStream.range(0, all.size()).boxed().toList(), all);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 100})
    void theOrderIsAFunctionOfSeedAndEpoch(int prefetch) {
        Supplier<DataLoader> loader =
                () -> new DataLoader(numbers(50), 8).shuffle(7).prefetch(prefetch);
        List<List<Integer>> first = samples(loader.get().batches(0));
        assertEquals(
                IntStream.range(0, 50).boxed().toList(), flat(first).stream().sorted().toList());
        assertNotEquals(IntStream.range(0, 50).boxed().toList(), flat(first));
        assertNotEquals(first, samples(loader.get().batches(1)));
        assertNotEquals(first, samples(loader.get().shuffle(8).batches(0)));
        assertEquals(first, samples(new DataLoader(numbers(50), 8).shuffle(7).batches(0)));

        // One iteration after the other is one epoch after the other.
        DataLoader inTurn = loader.get();
        for (int epoch = 0; epoch < 3; epoch++) {
            assertEquals(
                    samples(loader.get().batches(epoch)), samples(inTurn.iterator()), "" + epoch);
        }
        // What was skipped was all that is missing.
        List<List<Integer>> third = samples(loader.get().batches(2));
        for (int skip = 0; skip <= third.size(); skip++) {
            assertEquals(third.subList(skip, third.size()), samples(loader.get().batches(2, skip)));
        }
    }

    /** Where each of 6 samples comes first, over many seeds: a sixth of the time. */
    @Test
    void shufflingIsFair() {
        int[] count = new int[6];
        int tries = 6000;
        for (int seed = 0; seed < tries; seed++) {
            int[] order = Indices.inOrder(6);
            Indices.shuffle(order, seed, Indices.Use.SHUFFLE, seed % 3);
            count[order[0]]++;
        }
        for (int i = 0; i < 6; i++) {
            assertEquals(tries / 6.0, count[i], 150, "sample " + i); // five deviations of 29
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void transformsDrawTheSameNumbersHoweverTheyRun(int prefetch) {
        var loader =
                new DataLoader(numbers(12), 4)
                        .shuffle(3)
                        .map(b -> new Batch(b.inputs().add(Tensor.rand(b.size(), 2)), b.targets()))
                        .map(b -> new Batch(b.inputs().mul(2), b.targets()));
        List<double[]> expected = new ArrayList<>();
        loader.batches(4).forEachRemaining(b -> expected.add(b.inputs().toArray()));
        assertFalse(expected.get(0)[0] % 2 == 0, "no random number");

        Tensor.seed(5);
        Batches late = loader.prefetch(prefetch).batches(4, 1);
        Tensor.rand(3); // what the training draws meanwhile is nobody's business
        assertArrayEquals(expected.get(1), late.next().inputs().toArray());
        assertArrayEquals(expected.get(2), late.next().inputs().toArray());
        // Nor do the transforms draw from the training's numbers.
        double[] after = Tensor.rand(2).toArray();
        Tensor.seed(5);
        Tensor.rand(3);
        assertArrayEquals(Tensor.rand(2).toArray(), after);
    }

    /** A data set that counts what is asked of it, and can be held up or made to fail. */
    private static final class Watched implements Dataset {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile Thread thread = Thread.currentThread();
        private volatile int failAt = -1;
        private volatile Throwable failure = new IllegalArgumentException("torn page");
        private volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public int size() {
            return 20;
        }

        @Override
        public Batch get(int... indices) {
            thread = Thread.currentThread();
            asked.incrementAndGet();
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new AssertionError("nobody should interrupt a data set", e);
            }
            if (indices[0] == failAt) {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
            return numbers(size()).get(indices);
        }
    }

    @Test
    void prefetchingRunsAheadAndNoFurther() throws InterruptedException {
        var watched = new Watched();
        Batches batches = new DataLoader(watched, 1).prefetch(3).batches(0);
        for (int next = 0; next < 3; next++) {
            assertEquals(next, batches.next().inputs().toIntArray()[0]);
        }
        Thread thread = watched.thread;
        assertNotEquals(Thread.currentThread(), thread);
        assertTrue(thread.isDaemon());
        batches.close();
        assertTrue(watched.asked.get() <= 6, "asked for " + watched.asked);
        thread.join(10_000);
        assertFalse(thread.isAlive());
        assertFalse(batches.hasNext());
        assertThrows(NoSuchElementException.class, batches::next);
        batches.close(); // again does nothing
    }

    @Test
    void aLoopThatIsLeftLeavesNoThread() throws InterruptedException {
        var watched = new Watched();
        for (Batch batch : new DataLoader(watched, 2).prefetch(2)) {
            assertEquals(2, batch.size());
            break;
        }
        watched.thread.join(20_000);
        assertFalse(watched.thread.isAlive());
        assertTrue(watched.asked.get() <= 3);

        watched = new Watched();
        samples(new DataLoader(watched, 2).prefetch(2).iterator());
        watched.thread.join(20_000);
        assertFalse(watched.thread.isAlive());
    }

    @Test
    void closingWaitsForTheBatchThatIsBeingMade() throws InterruptedException {
        var watched = new Watched();
        watched.gate = new CountDownLatch(1);
        Batches batches = new DataLoader(watched, 1).prefetch(4).batches(0);
        while (watched.asked.get() == 0) {
            Thread.onSpinWait();
        }
        Thread closing = Thread.ofPlatform().start(batches::close);
        closing.join(50);
        assertTrue(closing.isAlive(), "closed while the data set was in use");
        watched.gate.countDown();
        closing.join();
        assertEquals(1, watched.asked.get());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5})
    void whatGoesWrongComesOutWithItsCause(int prefetch) {
        var watched = new Watched();
        watched.failAt = 4;
        Batches batches = new DataLoader(watched, 4).prefetch(prefetch).batches(3);
        batches.next();
        var e =
                Said.by(
                        IllegalStateException.class,
                        batches::next,
                        "batch 1 of epoch 3",
                        "torn page");
        assertSame(watched.failure, e.getCause());
        assertEquals(8, batches.next().inputs().toIntArray()[0]); // the others are whole

        watched.failure = new OutOfMemoryError("made up");
        watched.failAt = 0;
        Batches again = new DataLoader(watched, 4).prefetch(prefetch).batches(0);
        assertSame(watched.failure, assertThrows(OutOfMemoryError.class, again::next));
    }

    @Test
    void waitingForABatchCanBeInterrupted() {
        var watched = new Watched();
        watched.gate = new CountDownLatch(1);
        Batches batches = new DataLoader(watched, 1).prefetch(1).batches(0);
        Thread.currentThread().interrupt();
        var e = assertThrows(IllegalStateException.class, batches::next);
        assertTrue(Thread.interrupted(), "the flag is lost");
        assertTrue(e.getCause() instanceof InterruptedException);
        watched.gate.countDown();
        batches.close();
    }

    @Test
    void mistakesAreToldAtOnce() {
        var five = numbers(5);
        var loader = new DataLoader(five, 2);
        Map<Executable, String> mistakes =
                Map.of(
                        () -> new DataLoader(five, 0),
                        "at least 1",
                        () -> new DataLoader(numbers(0), 1),
                        "is empty",
                        () -> new DataLoader(five, 8).dropLast(),
                        "fill no batch of 8",
                        () -> loader.prefetch(-1),
                        "prefetch: -1",
                        () -> loader.batches(0, 4),
                        "has 3 batches",
                        () -> loader.batches(0, -1),
                        "has 3 batches",
                        () -> loader.batches(-1),
                        "epochs count from 0",
                        () -> new TensorDataset(Tensor.zeros(2, 3), Tensor.zeros(3)),
                        "[2, 3] and targets of shape [3]",
                        () -> new TensorDataset(Tensor.scalar(1), Tensor.scalar(1)),
                        "of shape []");
        mistakes.forEach((code, part) -> Said.by(IllegalArgumentException.class, code, part));
        Said.by(IndexOutOfBoundsException.class, () -> five.get(1, 5), "no sample 5; there are 5");
        Said.by(IndexOutOfBoundsException.class, () -> five.get(-1), "no sample -1");
    }

    @Test
    void aDatasetThatGivesTheWrongNumberIsFound() {
        Dataset stingy =
                new Dataset() {
                    @Override
                    public int size() {
                        return 4;
                    }

                    @Override
                    public Batch get(int... indices) {
                        return numbers(4).get(0);
                    }
                };
        Said.by(
                IllegalStateException.class,
                new DataLoader(stingy, 2).batches(0)::next,
                "asked for 2 samples and gave 1");
    }
}
