package dev.gradus.examples;

import dev.gradus.nn.Losses;
import dev.gradus.tensor.Tensor;

/**
 * How well a network of the lesson {@link Attention} does.
 *
 * @param step after how many steps of training
 * @param loss the mean cross-entropy
 * @param tokens the share of tokens that are right, 0 … 1
 * @param whole the share of sequences that are right from end to end, 0 … 1
 */
record Evaluation(int step, double loss, double tokens, double whole) {
    /**
     * Compares answers.
     *
     * @param logits the network's, {@code [b, t, letters]}
     * @param answers the right ones, {@code [b][t]}
     */
    static Evaluation of(Tensor logits, int[][] answers, int step) {
        int[][] outputs = mostProbable(logits);
        int length = answers[0].length;
        int tokens = 0;
        int whole = 0;
        for (int i = 0; i < answers.length; i++) {
            int right = 0;
            for (int place = 0; place < length; place++) {
                right += outputs[i][place] == answers[i][place] ? 1 : 0;
            }
            tokens += right;
            whole += right == length ? 1 : 0;
        }
        return new Evaluation(
                step,
                Losses.crossEntropy(logits, Tensor.of(answers)).item(),
                tokens / ((double) answers.length * length),
                whole / (double) answers.length);
    }

    /** The letter with the largest logit at each place: {@code [b, t, letters] → [b][t]}. */
    static int[][] mostProbable(Tensor logits) {
        int[][] result = new int[logits.size(0)][logits.size(1)];
        int letters = logits.size(2);
        double[] values = logits.toArray();
        int row = 0;
        for (int[] sequence : result) {
            for (int place = 0; place < sequence.length; place++) {
                int best = 0;
                for (int letter = 1; letter < letters; letter++) {
                    best = values[row + letter] > values[row + best] ? letter : best;
                }
                sequence[place] = best;
                row += letters;
            }
        }
        return result;
    }
}
