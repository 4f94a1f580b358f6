package dev.gradus.data;

import dev.gradus.tensor.Generator;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Makes minibatches of a data set. A loader does not change; each of its options gives a new one:
 *
 * <pre>{@code
 * var loader = new DataLoader(train, 64).shuffle(seed).dropLast().prefetch(2);
 * for (int epoch = 0; epoch < 10; epoch++) {
 *     for (Batch batch : loader) {
 *         try (var tape = Tape.start()) {
 *             Tensor loss = Losses.crossEntropy(net.apply(batch.inputs()), batch.targets());
 *             optimizer.step(tape.gradients(loss));
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>What an epoch gives is a function of the seed and the epoch alone, the random numbers that
 * transforms draw included, prefetched or not. So {@code batches(epoch, skip)} goes on where a
 * training stopped, in the middle of an epoch.
 */
public final class DataLoader implements Iterable<Batch> {
    private final Dataset dataset;
    private final Options options;
    private final AtomicInteger nextEpoch = new AtomicInteger();

    /**
     * @param seed null: in order
     * @param prefetch how many batches are made ahead; 0: each when it is asked for
     */
    private record Options(
            int batchSize,
            @Nullable Long seed,
            boolean dropLast,
            int prefetch,
            UnaryOperator<Batch> transform) {}

    /**
     * All samples in order, the last batch smaller if need be.
     *
     * @param batchSize how many samples make a batch, at least 1
     * @throws IllegalArgumentException if the data set is empty
     */
    public DataLoader(Dataset dataset, int batchSize) {
        this(dataset, new Options(batchSize, null, false, 0, UnaryOperator.identity()));
    }

    private DataLoader(Dataset dataset, Options options) {
        this.dataset = Objects.requireNonNull(dataset, "dataset");
        this.options = options;
        if (options.batchSize < 1) {
            throw new IllegalArgumentException(
                    "DataLoader: batches of %d samples; at least 1".formatted(options.batchSize));
        }
        if (dataset.size() == 0) {
            throw new IllegalArgumentException("DataLoader: the data set is empty");
        }
        if (batchesPerEpoch() == 0) {
            throw new IllegalArgumentException(
                    "DataLoader: %d samples fill no batch of %d, and dropLast drops what is smaller; take smaller batches"
                            .formatted(dataset.size(), options.batchSize));
        }
    }

    /** In random order, another one each epoch. */
    public DataLoader shuffle(long seed) {
        return with(
                new Options(
                        options.batchSize,
                        seed,
                        options.dropLast,
                        options.prefetch,
                        options.transform));
    }

    /**
     * Without the last batch if it is smaller than the others.
     *
     * @throws IllegalArgumentException if no batch is left
     */
    public DataLoader dropLast() {
        return with(
                new Options(
                        options.batchSize,
                        options.seed,
                        true,
                        options.prefetch,
                        options.transform));
    }

    /**
     * With so many batches made ahead on a background thread, while the caller trains on the ones
     * before. Worth it where making a batch takes time: files, augmentation.
     *
     * @param batches at least 0, which means none
     */
    public DataLoader prefetch(int batches) {
        if (batches < 0) {
            throw new IllegalArgumentException("prefetch: " + batches + " batches; at least 0");
        }
        return with(
                new Options(
                        options.batchSize,
                        options.seed,
                        options.dropLast,
                        batches,
                        options.transform));
    }

    /**
     * With one more transform of each batch, after those there are. It may draw random numbers:
     * they come from a generator of the batch's own, and so are the same at every run.
     */
    public DataLoader map(UnaryOperator<Batch> transform) {
        Objects.requireNonNull(transform, "transform");
        UnaryOperator<Batch> before = options.transform;
        return with(
                new Options(
                        options.batchSize,
                        options.seed,
                        options.dropLast,
                        options.prefetch,
                        batch -> transform.apply(before.apply(batch))));
    }

    private DataLoader with(Options changed) {
        return new DataLoader(dataset, changed);
    }

    /** What the batches are made of. */
    public Dataset dataset() {
        return dataset;
    }

    /** How many samples make a batch. */
    public int batchSize() {
        return options.batchSize;
    }

    /** How many batches each epoch has. */
    public int batchesPerEpoch() {
        int whole = dataset.size() / options.batchSize;
        return options.dropLast || dataset.size() % options.batchSize == 0 ? whole : whole + 1;
    }

    /**
     * The next epoch: 0 at the first call, 1 at the second, and so on. A loop that is left early
     * leaves nothing behind but the few batches that were made ahead.
     */
    @Override
    public Iterator<Batch> iterator() {
        return batches(nextEpoch.getAndIncrement());
    }

    /** The batches of one epoch. */
    public Batches batches(int epoch) {
        return batches(epoch, 0);
    }

    /**
     * The batches of one epoch after the first few.
     *
     * @param epoch at least 0
     * @param skip how many batches to leave out, which are not even made; 0 … batchesPerEpoch
     */
    public Batches batches(int epoch, int skip) {
        if (epoch < 0 || skip < 0 || skip > batchesPerEpoch()) {
            throw new IllegalArgumentException(
                    "epoch %d, after %d batches: epochs count from 0, and each has %d batches"
                            .formatted(epoch, skip, batchesPerEpoch()));
        }
        int[] order = Indices.inOrder(dataset.size());
        if (options.seed != null) {
            Indices.shuffle(order, options.seed, Indices.Use.SHUFFLE, epoch);
        }
        return new Batches(
                "epoch " + epoch,
                skip,
                batchesPerEpoch(),
                options.prefetch,
                number -> load(order, epoch, number));
    }

    private Batch load(int[] order, int epoch, int number) {
        int start = number * options.batchSize;
        int end = Math.min(order.length, start + options.batchSize);
        Batch[] result = new Batch[1];
        long seed = options.seed == null ? 0 : options.seed;
        new Generator(Indices.seed(seed, epoch, number))
                .with(() -> {
                    Batch batch = dataset.get(Arrays.copyOfRange(order, start, end));
                    if (batch.size() != end - start) {
                        throw new IllegalStateException(
                                "%s was asked for %d samples and gave %d"
                                        .formatted(dataset, end - start, batch.size()));
                    }
                    result[0] = options.transform.apply(batch);
                });
        return result[0];
    }
}
