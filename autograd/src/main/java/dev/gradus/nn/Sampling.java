package dev.gradus.nn;

import dev.gradus.tensor.Generator;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How the next token is chosen of a model's logits. The probabilities are softmax(logits /
 * temperature); of these the {@code topK} largest are left, and of these the fewest, largest first,
 * that together have at least {@code topP} (nucleus sampling, Holtzman et al. 2020), divided by
 * their sum. Of equal ones the smaller id comes first.
 *
 * @param temperature 1 for the model's own probabilities, less to prefer the likely tokens; 0 for
 *     always the likeliest one, without a random number
 * @param topK how many tokens are left; 0 for all
 * @param topP how much probability is left, above 0; 1 for all
 */
public record Sampling(double temperature, int topK, double topP) {
    /** Always the likeliest token. */
    public static final Sampling GREEDY = new Sampling(0);

    /** Checks the numbers. */
    public Sampling {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "sampling: the temperature must be 0 (greedy) or above, not " + temperature);
        }
        if (topK < 0) {
            throw new IllegalArgumentException(
                    "sampling: top-k is how many tokens are left, 0 for all, not " + topK);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException(
                    "sampling: top-p is how much probability is left, above 0 and at most 1, not "
                            + topP);
        }
    }

    /** Of all tokens. */
    public Sampling(double temperature) {
        this(temperature, 0, 1);
    }

    /**
     * The probability with which each token is chosen.
     *
     * @param logits one number a token; −∞ for a token that must not come
     * @throws IllegalArgumentException if one is NaN or +∞, or all are −∞
     */
    public double[] probabilities(double... logits) {
        int best = argmax(logits);
        double[] p = new double[logits.length];
        if (temperature == 0) {
            p[best] = 1;
            return p;
        }
        for (int i = 0; i < p.length; i++) {
            // StrictMath, for the same bits in interpreted and in compiled code.
            p[i] = StrictMath.exp((logits[i] - logits[best]) / temperature);
        }
        if ((topK > 0 && topK < p.length) || topP < 1) {
            restrict(p);
        }
        double sum = Arrays.stream(p).sum();
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    /** Sets what top-k and top-p take away to 0. */
    private void restrict(double[] p) {
        int[] order =
                IntStream.range(0, p.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> -p[i]))
                        .mapToInt(i -> i)
                        .toArray();
        int left = topK == 0 ? p.length : Math.min(topK, p.length);
        double sum = 0;
        for (int i = 0; i < left; i++) {
            sum += p[order[i]];
        }
        double taken = 0;
        int n = 0;
        while (n < left && (n == 0 || taken < topP * sum)) {
            taken += p[order[n++]];
        }
        for (int i = n; i < p.length; i++) {
            p[order[i]] = 0;
        }
    }

    /**
     * A token's id, drawn with these probabilities.
     *
     * @throws IllegalArgumentException as {@link #probabilities}
     */
    public int choose(double[] logits, Generator generator) {
        if (temperature == 0) {
            return argmax(logits);
        }
        double[] p = probabilities(logits);
        double rest = generator.nextDouble();
        int last = 0;
        for (int i = 0; i < p.length; i++) {
            if (p[i] > 0) {
                if (rest < p[i]) {
                    return i;
                }
                rest -= p[i];
                last = i;
            }
        }
        return last; // the sum is 1 to rounding only
    }

    private static int argmax(double[] logits) {
        int best = -1;
        for (int i = 0; i < logits.length; i++) {
            if (Double.isNaN(logits[i]) || logits[i] == Double.POSITIVE_INFINITY) {
                throw new IllegalArgumentException(
                        "sampling: the logit of token "
                                + i
                                + " is "
                                + logits[i]
                                + "; was the training stable?");
            }
            if (logits[i] > (best < 0 ? Double.NEGATIVE_INFINITY : logits[best])) {
                best = i;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException(
                    "sampling: none of the "
                            + logits.length
                            + " logits is a number above -Infinity: no token may come");
        }
        return best;
    }
}
