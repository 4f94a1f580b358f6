package dev.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Two parts, statistics of one of them, and samples of a text. */
class SplitTest {
    private static int[] samples(Dataset part) {
        return part.get(Indices.inOrder(part.size())).inputs().toIntArray();
    }

    private static TensorDataset numbers(int n) {
        return new TensorDataset(Tensor.arange(n), Tensor.arange(n));
    }

    @ParameterizedTest
    @CsvSource({"100, 0.2, 20", "7, 0.5, 4", "2, 0.5, 1", "10, 0.14, 1"})
    void eachSampleIsInOnePart(int n, double fraction, int held) {
        Split split = Split.of(numbers(n), fraction, 3);
        assertEquals(held, split.validation().size());
        assertEquals(n - held, split.train().size());
        int[] both =
                IntStream.concat(
                                Arrays.stream(samples(split.train())),
                                Arrays.stream(samples(split.validation())))
                        .sorted()
                        .toArray();
        assertArrayEquals(Indices.inOrder(n), both);
    }

    @Test
    void theSeedSaysWhichAndTheOrderIsRandom() {
        int[] one = samples(Split.of(numbers(100), 0.2, 1).validation());
        assertArrayEquals(one, samples(Split.of(numbers(100), 0.2, 1).validation()));
        int[] two = samples(Split.of(numbers(100), 0.2, 2).validation());
        assertNotEquals(Arrays.toString(one), Arrays.toString(two));
        assertNotEquals(
                Arrays.toString(one), Arrays.toString(Arrays.stream(one).sorted().toArray()));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void stratifiedHoldsOutTheSameShareOfEachClass(long seed) {
        int[] labels = IntStream.range(0, 100).map(i -> i < 10 ? 0 : i < 40 ? 7 : 3).toArray();
        Split split = Split.stratified(numbers(100), labels, 0.2, seed);
        int[] held = samples(split.validation());
        assertEquals(20, held.length);
        assertEquals(80, split.train().size());
        assertEquals(2, Arrays.stream(held).filter(i -> labels[i] == 0).count());
        assertEquals(6, Arrays.stream(held).filter(i -> labels[i] == 7).count());
        int[] both =
                IntStream.concat(Arrays.stream(held), Arrays.stream(samples(split.train())))
                        .sorted()
                        .toArray();
        assertArrayEquals(Indices.inOrder(100), both);
    }

    @Test
    void splitsThatCannotBeAreTold() {
        for (double fraction : new double[] {0, 1, -0.1, Double.NaN}) {
            Said.by(
                    IllegalArgumentException.class,
                    () -> Split.of(numbers(10), fraction, 0),
                    "between 0 and 1");
        }
        Said.by(IllegalArgumentException.class, () -> Split.of(numbers(2), 0.1, 0), "part empty");
        Said.by(
                IllegalArgumentException.class,
                () -> Split.stratified(numbers(3), new int[] {1, 2}, 0.5, 0),
                "2 labels for 3 samples");
        Dataset part = Split.of(numbers(10), 0.2, 0).validation();
        Said.by(IndexOutOfBoundsException.class, () -> part.get(2), "no sample 2; there are 2");
    }

    @Test
    void standardisedFeaturesHaveMean0AndDeviation1() {
        Tensor x = Tensor.randn(3000, 4, 2).mul(3).add(1000);
        Tensor constant = Tensor.full(0.1, 3000, 4, 1);
        Tensor inputs = Tensor.concat(2, x, constant);
        var dataset = new TensorDataset(inputs, Tensor.zeros(3000));
        Standardizer standardizer = Standardizer.fit(dataset);
        assertEquals("[4, 3]", standardizer.mean().shape().toString());
        Tensor standard = standardizer.apply(inputs);
        double[] means = standard.mean(0).toArray();
        double[] deviations = standard.std(new int[] {0}, 0, false).toArray();
        for (int i = 0; i < means.length; i++) {
            assertEquals(0, means[i], 1e-4, "mean " + i);
            assertEquals(i % 3 == 2 ? 0 : 1, deviations[i], 1e-4, "deviation " + i);
        }
        Batch batch = new DataLoader(dataset, 5).map(standardizer::apply).batches(0).next();
        assertArrayEquals(standard.slice(":5").toArray(), batch.inputs().toArray());
        assertArrayEquals(inputs.toArray(), standardizer.inverse(standard).toArray(), 2e-3);

        Tensor holes = Tensor.of(new double[][] {{1, 2}, {3, Double.NaN}});
        Said.by(
                IllegalArgumentException.class,
                () -> Standardizer.fit(new TensorDataset(holes, holes)),
                "feature 1 has a NaN");
        Said.by(
                IllegalArgumentException.class,
                () -> new Standardizer(Tensor.zeros(2), Tensor.ones(3)),
                "[2]",
                "[3]");
    }

    @ParameterizedTest
    @CsvSource({
        // tokens, context, stride, samples
        "10, 3, 1, 7",
        "10, 3, 3, 3",
        "9,  3, 3, 2",
        "4,  3, 5, 1",
    })
    void tokensAreSamplesWithTheNextOnesAsTargets(int n, int context, int stride, int samples) {
        int[] tokens = IntStream.range(0, n).map(i -> 100 + i).toArray();
        var dataset = new TokenDataset(tokens, context, stride);
        assertEquals(samples, dataset.size());
        Batch batch = dataset.get(samples - 1, 0);
        assertEquals(DType.INT32, batch.inputs().dtype());
        assertEquals("[2, " + context + "]", batch.targets().shape().toString());
        int[] inputs = batch.inputs().toIntArray();
        int[] targets = batch.targets().toIntArray();
        for (int t = 0; t < context; t++) {
            assertEquals(100 + (samples - 1) * stride + t, inputs[t]);
            assertEquals(100 + t, inputs[context + t]);
            assertEquals(inputs[t] + 1, targets[t]);
            assertEquals(inputs[context + t] + 1, targets[context + t]);
        }
        Said.by(IndexOutOfBoundsException.class, () -> dataset.get(samples), "no sample");
    }

    @Test
    void aTextThatIsTooShortIsTold() {
        Said.by(
                IllegalArgumentException.class,
                () -> new TokenDataset(new int[8], 8),
                "takes 9 tokens",
                "there are 8");
        Said.by(IllegalArgumentException.class, () -> new TokenDataset(new int[8], 0), "context 0");
    }
}
