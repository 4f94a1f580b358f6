package dev.gradus.benchmarks;

import dev.gradus.autograd.Tape;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Sigmoid;
import dev.gradus.nn.Tanh;
import dev.gradus.optim.Adam;
import dev.gradus.optim.Sgd;
import dev.gradus.tensor.Tensor;

/**
 * Two XOR programs as a user writes them, from the first line to the answer; the same seed, so the
 * same path, on every run.
 */
final class XorTraining {
    private XorTraining() {}

    /** A process of its own, for {@link ColdXorBenchmark}. */
    public static void main(String[] args) {
        System.out.println(withAdam(Integer.parseInt(args[0])));
    }

    /** 2-8-1, tanh, cross-entropy from logits, Adam; the four answers. */
    static Tensor withAdam(int steps) {
        Tensor.seed(0);
        Tensor x = Tensor.of(new double[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
        Tensor y = Tensor.of(new double[][] {{0}, {1}, {1}, {0}});
        var net = new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1));
        var optimizer = new Adam(net.parameters(), 0.05);
        for (int step = 0; step < steps; step++) {
            try (var tape = Tape.start()) {
                Tensor loss = Losses.binaryCrossEntropyWithLogits(net.apply(x), y);
                optimizer.step(tape.gradients(loss));
            }
        }
        return net.apply(x).sigmoid();
    }

    /** 2-4-1, ReLU, sigmoid, cross-entropy, plain gradient descent; the four answers. */
    static Tensor withSgd(int steps) {
        Tensor.seed(0);
        Tensor x = Tensor.of(new double[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
        Tensor y = Tensor.of(new double[][] {{0}, {1}, {1}, {0}});
        var net = new Sequential(new Linear(2, 4), new ReLU(), new Linear(4, 1), new Sigmoid());
        var optimizer = new Sgd(net.parameters(), 0.1);
        for (int step = 0; step < steps; step++) {
            try (var tape = Tape.start()) {
                Tensor loss = Losses.binaryCrossEntropy(net.apply(x), y);
                optimizer.step(tape.gradients(loss));
            }
        }
        return net.apply(x);
    }
}
