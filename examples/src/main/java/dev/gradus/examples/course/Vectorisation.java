package dev.gradus.examples.course;

import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

import java.util.function.Supplier;

/** One computation as loops over elements and as an expression of tensors, timed. */
@Command(
        name = "vectorisation",
        description = "The same computations with loops and without, and how long each takes.")
final class Vectorisation extends Lesson {
    @Override
    protected void teach() {
        // The distance between two long vectors: first element by element, as one must not write it
        // in
        // Python either.
        Tensor x = Tensor.rand(10_000);
        Tensor y = Tensor.rand(10_000);
        compare(
                "the distance of two vectors of 10,000",
                "loop over at(i)",
                () -> {
                    double sum = 0;
                    for (int i = 0; i < x.size(); i++) {
                        double difference = x.at(i) - y.at(i);
                        sum += difference * difference;
                    }
                    return Tensor.scalar(Math.sqrt(sum));
                },
                "x.sub(y).square().sum().sqrt()",
                () -> x.sub(y).square().sum().sqrt());

        // A layer: each output is a sum over all inputs. Loops over Java's own arrays are not slow,
        // but they are long, and they use one core and one lane.
        Tensor inputs = Tensor.randn(256, 256);
        Tensor weights = Tensor.randn(256, 256);
        compare(
                "the outputs of a layer, 256 examples, 256 inputs, 256 outputs",
                "three loops over arrays",
                () -> product(inputs.toArray2d(), weights.toArray2d()),
                "inputs.matmul(weights).relu()",
                () -> inputs.matmul(weights).relu());

        // A probability for each of 1000 classes, for 256 examples. Where a function such as exp is
        // called per element, what counts is that the tensor's takes many elements at once.
        Tensor scores = Tensor.randn(256, 1000);
        compare(
                "the softmax of 256 rows of 1000",
                "three loops over arrays",
                () -> softmax(scores.toArray2d()),
                "scores.softmax(-1)",
                () -> scores.softmax(-1));
    }

    private static Tensor product(double[][] inputs, double[][] weights) {
        int outputs = weights[0].length;
        double[][] result = new double[inputs.length][outputs];
        for (int row = 0; row < inputs.length; row++) {
            for (int column = 0; column < outputs; column++) {
                double sum = 0;
                for (int k = 0; k < weights.length; k++) {
                    sum += inputs[row][k] * weights[k][column];
                }
                result[row][column] = Math.max(0, sum);
            }
        }
        return Tensor.of(result);
    }

    private static Tensor softmax(double[][] scores) {
        double[][] result = new double[scores.length][scores[0].length];
        for (int row = 0; row < scores.length; row++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (double score : scores[row]) {
                largest = Math.max(largest, score);
            }
            double sum = 0;
            for (int i = 0; i < scores[row].length; i++) {
                result[row][i] = Math.exp(scores[row][i] - largest);
                sum += result[row][i];
            }
            for (int i = 0; i < scores[row].length; i++) {
                result[row][i] /= sum;
            }
        }
        return Tensor.of(result);
    }

    private void compare(
            String what,
            String loops,
            Supplier<Tensor> looping,
            String vectorised,
            Supplier<Tensor> vectorising) {
        say("");
        Tensor difference = looping.get().sub(vectorising.get()).abs().max();
        show("the largest difference in " + what, difference);
        double slow = milliseconds(looping);
        double fast = milliseconds(vectorising);
        say("  %-32s %9.3f ms", loops, slow);
        say("  %-32s %9.3f ms, %.1f times as fast", vectorised, fast, slow / fast);
    }

    /** The best of many runs: Java's compiler needs some until the code is as fast as it gets. */
    private static double milliseconds(Supplier<Tensor> work) {
        double best = Double.POSITIVE_INFINITY;
        long end = System.nanoTime() + 300_000_000L;
        do {
            long start = System.nanoTime();
            var _ = work.get();
            best = Math.min(best, (System.nanoTime() - start) / 1e6);
        } while (System.nanoTime() < end);
        return best;
    }
}
