package dev.gradus.examples;

import dev.gradus.autograd.Tape;
import dev.gradus.examples.course.Lesson;
import dev.gradus.examples.plot.Plot;
import dev.gradus.examples.plot.Range;
import dev.gradus.examples.plot.Surface;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Sigmoid;
import dev.gradus.nn.Tanh;
import dev.gradus.optim.Adam;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.Sgd;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.stream.IntStream;

/**
 * A first network. XOR is 1 where exactly one of two inputs is 1. No straight line parts the ones
 * from the zeros, so a hidden layer is needed (Minsky and Papert, <em>Perceptrons</em>, 1969).
 */
@Command(
        name = "xor",
        description = "A small network learns XOR: loss curve and decision boundary.")
final class Xor extends Lesson {
    private static final double[][] INPUTS = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    private static final double[][] TARGETS = {{0}, {1}, {1}, {0}};

    @Option(
            names = "--course",
            description =
                    "Train 2-4-1 with ReLU, sigmoid and SGD, as in the course, which gets stuck"
                            + " from some seeds (default: 2-8-1 with tanh and Adam).")
    private boolean course;

    @Option(
            names = "--steps",
            paramLabel = "N",
            converter = Steps.class,
            description = "How many steps to train (default: 500; with --course 1000).")
    private @Nullable Integer steps;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            converter = Rate.class,
            description = "The learning rate (default: 0.05; with --course 0.5).")
    private @Nullable Double rate;

    Xor() {}

    Xor(boolean course) {
        this.course = course;
    }

    /** A network after its training, and the loss before each step and after the last. */
    record Trained(Layer net, double[] losses) {}

    Trained train() {
        Tensor x = Tensor.of(INPUTS);
        Tensor y = Tensor.of(TARGETS);

        // Each hidden unit draws a line through the plane; the last layer weighs their answers.
        // It returns a logit, any number; the sigmoid makes it a probability between 0 and 1.
        Layer net =
                course
                        ? new Sequential(
                                new Linear(2, 4), new ReLU(), new Linear(4, 1), new Sigmoid())
                        : new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1));
        Optimizer optimizer =
                course ? new Sgd(net.parameters(), rate()) : new Adam(net.parameters(), rate());

        double[] losses = new double[steps() + 1];
        try (var progress = progress("training", steps())) {
            for (int step = 0; step < steps(); step++) {
                // The tape records the way forward, and walks it backward for the gradients.
                try (var tape = Tape.start()) {
                    Tensor loss = loss(net.apply(x), y);
                    losses[step] = loss.item();
                    optimizer.step(tape.gradients(loss));
                }
                progress.step();
            }
        }
        // Outside a tape nothing is recorded: so a network is used.
        losses[steps()] = loss(net.apply(x), y).item();
        return new Trained(net, losses);
    }

    /** The same number either way; from logits it keeps more digits, so that is the default. */
    private Tensor loss(Tensor output, Tensor y) {
        return course
                ? Losses.binaryCrossEntropy(output, y)
                : Losses.binaryCrossEntropyWithLogits(output, y);
    }

    /** What the network says about points [n, 2]: the probability that the answer is 1, [n]. */
    double[] probabilities(Layer net, double[][] points) {
        Tensor output = net.apply(Tensor.of(points));
        return (course ? output : output.sigmoid()).toArray();
    }

    @Override
    protected void teach() {
        say("%s, %d steps at learning rate %s, seed %d", form(), steps(), rate(), seed());
        Trained trained = train();

        say("%n  step      loss");
        double[] losses = trained.losses();
        IntStream.rangeClosed(0, 5)
                .map(i -> steps() * i / 5)
                .distinct()
                .forEach(step -> say("%6d %9.4f", step, losses[step]));

        say("%n  inputs    target   network says");
        double[] answers = probabilities(trained.net(), INPUTS);
        int right = 0;
        for (int i = 0; i < 4; i++) {
            say("  %.0f, %.0f %9.0f %14.4f", INPUTS[i][0], INPUTS[i][1], TARGETS[i][0], answers[i]);
            right += Math.round(answers[i]) == TARGETS[i][0] ? 1 : 0;
        }
        boolean learned = right == 4 && losses[steps()] < 0.05;
        say("%n%d of 4 right, loss %.4f", right, losses[steps()]);
        if (!learned) {
            say("Not learned, which takes a loss below 0.05: try another --seed or more --steps.");
        }
        say("");

        String name = course ? "xor-course" : "xor";
        save(
                Plot.lines("XOR: " + form())
                        .xLabel("step")
                        .yLabel("binary cross-entropy")
                        .logY()
                        .line("loss on the four points", losses),
                name + "-loss");

        // Asked on a whole grid of points, the network shows where its answer changes.
        Range side = new Range(-0.5, 1.5);
        Surface map = Surface.ofBatch(side, side, points -> probabilities(trained.net(), points));
        save(
                Plot.decisionBoundary("XOR: what the network says everywhere", map)
                        .xLabel("first input")
                        .yLabel("second input")
                        .colorLabel("probability of 1")
                        .points("target 0", new double[][] {INPUTS[0], INPUTS[3]})
                        .points("target 1", new double[][] {INPUTS[1], INPUTS[2]}),
                name + "-boundary");
    }

    private String form() {
        return course ? "2-4-1, ReLU, sigmoid, SGD" : "2-8-1, tanh, Adam";
    }

    private int steps() {
        return steps != null ? steps : course ? 1000 : 500;
    }

    private double rate() {
        return rate != null ? rate : course ? 0.5 : 0.05;
    }
}
