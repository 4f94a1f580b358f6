package dev.gradus.benchmarks;

import dev.gradus.autograd.Tape;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Sigmoid;
import dev.gradus.optim.Adam;
import dev.gradus.optim.AdamW;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.Sgd;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import java.util.function.Supplier;

/** A training on one batch for ever; a run is a step: forward, backward, update. */
final class Training implements Runnable {
    private final Supplier<Tensor> loss;
    private final Optimizer optimizer;
    private int steps;

    private Training(Supplier<Tensor> loss, Optimizer optimizer) {
        this.loss = loss;
        this.optimizer = optimizer;
    }

    /**
     * What a step says about itself.
     *
     * @param loss before the update
     * @param peakBytes the most memory that its tape owned at once
     */
    record Step(double loss, long peakBytes) {}

    /** 2-4-1, ReLU, sigmoid, binary cross-entropy, the four cases, SGD. */
    static Training xor() {
        Tensor.seed(1);
        Tensor x = Tensor.of(new double[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
        Tensor y = Tensor.of(new double[][] {{0}, {1}, {1}, {0}});
        Layer net = new Sequential(new Linear(2, 4), new ReLU(), new Linear(4, 1), new Sigmoid());
        return new Training(
                () -> Losses.binaryCrossEntropy(net.apply(x), y), new Sgd(net.parameters(), 0.1));
    }

    /** 784-256-128-10, ReLU, cross-entropy, a batch of 64, Adam. */
    static Training mlp() {
        Tensor.seed(1);
        Tensor x = Tensor.randn(64, 784);
        Tensor y = classes(10, 64);
        Layer net =
                new Sequential(
                        new Linear(784, 256),
                        new ReLU(),
                        new Linear(256, 128),
                        new ReLU(),
                        new Linear(128, 10));
        return new Training(
                () -> Losses.crossEntropy(net.apply(x), y), new Adam(net.parameters(), 1e-3));
    }

    /** A {@link CharGpt} of 4 layers and 4 heads, width 128: 12 texts of 64 characters, AdamW. */
    static Training gpt() {
        Tensor.seed(1);
        Tensor x = classes(65, 12, 64);
        Tensor y = classes(65, 12, 64);
        Layer net = new CharGpt(65, 64, 128, 4, 4);
        return new Training(
                () -> Losses.crossEntropy(net.apply(x), y),
                new AdamW(net.parameters(), 1e-3, 0.01));
    }

    /** Whole numbers from 0 to below count, drawn evenly. */
    private static Tensor classes(int count, int... shape) {
        return Tensor.rand(shape)
                .mul(count)
                .to(DType.INT32)
                .minimum(Tensor.of(new int[] {count - 1}));
    }

    @Override
    public void run() {
        try (var tape = Tape.start()) {
            update(tape);
        }
    }

    /** A run that also looks at its loss. */
    Step observe() {
        try (var tape = Tape.start()) {
            Tensor before = update(tape);
            return new Step(before.item(), tape.peakBytes());
        }
    }

    private Tensor update(Tape tape) {
        Tensor value = loss.get();
        optimizer.step(tape.gradients(value));
        steps++;
        return value;
    }

    /** How many steps there have been. */
    int steps() {
        return steps;
    }
}
