package dev.gradus.data;

import dev.gradus.tensor.Tensor;

import java.util.Arrays;

/**
 * Brings each feature to mean 0 and deviation 1: {@code (x − mean) / deviation}. The statistics are
 * those of the training part alone, since what comes from the validation part would make it look
 * better than new data will:
 *
 * <pre>{@code
 * var split = Split.of(dataset, 0.2, seed);
 * var standardizer = Standardizer.fit(split.train());
 * var loader = new DataLoader(split.train(), 64).shuffle(seed).map(standardizer::apply);
 * }</pre>
 *
 * <p>Both are tensors, to be kept with the model that was trained on their result.
 *
 * @param mean of each feature, {@code [...]}, the shape of one sample
 * @param deviation of each feature, of the same shape; 1 where all samples are equal, so that such
 *     a feature becomes 0
 */
public record Standardizer(Tensor mean, Tensor deviation) {
    /** So many samples at a time are looked at. */
    private static final int CHUNK = 1024;

    /**
     * Statistics.
     *
     * @throws IllegalArgumentException if the two differ in shape
     */
    public Standardizer {
        if (!mean.shape().equals(deviation.shape())) {
            throw new IllegalArgumentException(
                    "Standardizer: a mean of shape %s and a deviation of shape %s; both have the shape of one sample"
                            .formatted(mean.shape(), deviation.shape()));
        }
    }

    /**
     * The statistics of a data set's inputs, computed in double.
     *
     * @throws IllegalArgumentException if it is empty, or a number is NaN or infinite
     */
    public static Standardizer fit(Dataset dataset) {
        double[] mean = {};
        double[] squares = {};
        int[] shape = {};
        int seen = 0;
        for (Batch batch : new DataLoader(dataset, CHUNK)) {
            if (seen == 0) {
                shape =
                        Arrays.copyOfRange(
                                batch.inputs().shape().toArray(), 1, batch.inputs().ndim());
                mean = new double[batch.inputs().size() / batch.size()];
                squares = new double[mean.length];
            }
            double[] values = batch.inputs().toArray();
            for (int row = 0; row < batch.size(); row++) {
                seen++;
                for (int i = 0; i < mean.length; i++) {
                    // Welford, "Note on a method for calculating corrected sums of squares", 1962.
                    double x = values[row * mean.length + i];
                    double before = x - mean[i];
                    mean[i] += before / seen;
                    squares[i] += before * (x - mean[i]);
                }
            }
        }
        double[] deviation = new double[mean.length];
        for (int i = 0; i < mean.length; i++) {
            if (!Double.isFinite(squares[i])) {
                throw new IllegalArgumentException(
                        "Standardizer: feature %d has a NaN or an infinite number; fill or drop missing values first"
                                .formatted(i));
            }
            double std = Math.sqrt(squares[i] / seen);
            deviation[i] = std > 0 ? std : 1;
        }
        return new Standardizer(
                Tensor.of(mean).reshape(shape), Tensor.of(deviation).reshape(shape));
    }

    /** Standardised inputs: {@code [n, ...] → [n, ...]}. */
    public Tensor apply(Tensor inputs) {
        return inputs.sub(mean.to(inputs.backend())).div(deviation.to(inputs.backend()));
    }

    /** The batch with standardised inputs, for {@link DataLoader#map}. */
    public Batch apply(Batch batch) {
        return new Batch(apply(batch.inputs()), batch.targets());
    }

    /** What {@link #apply(Tensor)} was given: {@code [n, ...] → [n, ...]}. */
    public Tensor inverse(Tensor standardised) {
        return standardised
                .mul(deviation.to(standardised.backend()))
                .add(mean.to(standardised.backend()));
    }
}
