package dev.gradus.examples;

import dev.gradus.autograd.Tape;
import dev.gradus.examples.course.Lesson;
import dev.gradus.examples.plot.Grid;
import dev.gradus.examples.plot.Picture;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.Losses;
import dev.gradus.optim.Adam;
import dev.gradus.optim.Optimizer;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A transformer on a task that no network can do place by place: what belongs at a place was read
 * elsewhere. Attention carries it over, and the pictures of its weights show from where.
 */
@Command(
        name = "attention",
        description = "A small transformer reverses or sorts letters: attention weights.")
final class Attention extends Lesson {
    private static final int WIDTH = 64;
    private static final int BATCH = 64;
    private static final int HELD_OUT = 512;

    /** Steps over which the learning rate rises to its full height. */
    private static final int WARM_UP = 100;

    /** Steps from one evaluation on the held-out sequences to the next. */
    private static final int INTERVAL = 25;

    /** The training ends after so many good evaluations in a row. */
    private static final int GOOD_ENOUGH = 3;

    private static final double GOOD = 0.999;
    private static final double LEARNED = 0.99;

    @Option(
            names = "--task",
            paramLabel = "NAME",
            converter = SequenceTask.ByName.class,
            defaultValue = "reverse",
            description = "One of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private SequenceTask task = SequenceTask.REVERSE;

    @Option(
            names = "--length",
            paramLabel = "N",
            converter = Length.class,
            defaultValue = "12",
            description = "How long the sequences are, 2 to 32 (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(
            names = "--letters",
            paramLabel = "N",
            converter = Letters.class,
            defaultValue = "10",
            description = "How many letters there are, 2 to 26 (default: ${DEFAULT-VALUE}).")
    private int letters;

    @Option(
            names = "--layers",
            paramLabel = "N",
            converter = Layers.class,
            defaultValue = "2",
            description = "How many transformer blocks, 1 to 8 (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(
            names = "--heads",
            paramLabel = "N",
            converter = Heads.class,
            defaultValue = "2",
            description = "How many heads a block's attention has (default: ${DEFAULT-VALUE}).")
    private int heads;

    @Option(
            names = "--steps",
            paramLabel = "N",
            converter = Steps.class,
            defaultValue = "3000",
            description =
                    "How many steps to train at most; it ends sooner when all is learned"
                            + " (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            converter = Rate.class,
            defaultValue = "0.002",
            description = "The learning rate (default: ${DEFAULT-VALUE}).")
    private double rate;

    /**
     * What a training leaves behind.
     *
     * @param losses before each step
     * @param seconds what the steps took, without the evaluations between them
     */
    private record Training(double[] losses, List<Evaluation> evaluations, double seconds) {}

    @Override
    protected void teach() {
        if (WIDTH % heads != 0) {
            throw mistake(
                    "--heads: %d heads cannot share the width %d; take 1, 2, 4, 8, 16, 32 or 64"
                            .formatted(heads, WIDTH),
                    null);
        }
        long start = System.nanoTime();
        var sequences = new Sequences(letters, length, HELD_OUT);
        var net = new Encoder(letters, length, WIDTH, heads, layers);
        int[][] heldOut = sequences.heldOut();
        say(
                "%s, %d of the letters a-%c; layers: %d, heads: %d, width %d, %d parameters",
                task,
                length,
                'a' + letters - 1,
                layers,
                heads,
                WIDTH,
                net.parameters().stream().mapToInt(p -> p.value().size()).sum());
        say(
                "Adam, at most %d steps of %d sequences at learning rate %s, seed %d",
                steps, BATCH, rate, seed());
        say("Held out, so never trained on: %d sequences", heldOut.length);

        Training training = train(net, sequences);
        Evaluation last = training.evaluations().getLast();
        double tokens = (double) training.losses().length * BATCH * length;
        say(
                "%nHeld out: %.2f %% of the tokens right, %.2f %% of the whole sequences",
                100 * last.tokens(), 100 * last.whole());
        if (last.tokens() < LEARNED) {
            say(
                    "Not learned, which takes 99 %% of the tokens: try more --steps or another"
                            + " --seed.");
        }
        say(
                "Time: %.1f s, %.0f tokens/s in training",
                (System.nanoTime() - start) / 1e9, tokens / training.seconds());

        int[] sample = heldOut[0];
        int[] output = Evaluation.mostProbable(net.apply(Tensor.of(new int[][] {sample})))[0];
        say("%ninput     %s", Sequences.text(sample));
        say("expected  %s", Sequences.text(task.answer(sample)));
        say("output    %s%n", Sequences.text(output));
        save(lossCurve(training), "attention-" + task + "-loss");
        save(weights(net, sample), "attention-" + task + "-weights");
    }

    /** Trains until the held-out sequences are right for good, or the steps are used up. */
    private Training train(Encoder net, Sequences sequences) {
        say("%n  step  training loss  held-out loss  tokens right  sequences right");
        Optimizer optimizer = new Adam(net.parameters(), rate);
        int[][] heldOut = sequences.heldOut();
        double[] losses = new double[steps];
        List<Evaluation> evaluations = new ArrayList<>();
        long nanos = 0;
        int good = 0;
        int step = 0;
        try (var progress = progress("training", steps)) {
            while (step < steps && good < GOOD_ENOUGH) {
                long start = System.nanoTime();
                optimizer.setLearningRate(rate * Math.min(1, (step + 1.0) / WARM_UP));
                int[][] batch = sequences.batch(BATCH);
                try (var tape = Tape.start()) {
                    Tensor logits = net.apply(Tensor.of(batch));
                    Tensor loss = Losses.crossEntropy(logits, Tensor.of(task.answers(batch)));
                    losses[step] = loss.item();
                    optimizer.step(tape.gradients(loss));
                }
                nanos += System.nanoTime() - start;
                step++;
                progress.step();
                if (step % INTERVAL == 0 || step == steps) {
                    // Without a tape nothing is recorded: nothing can be learned from these.
                    Tensor logits = net.apply(Tensor.of(heldOut));
                    Evaluation now = Evaluation.of(logits, task.answers(heldOut), step);
                    evaluations.add(now);
                    good = now.tokens() >= GOOD ? good + 1 : 0;
                    progress.hide();
                    say(
                            "%6d  %13.4f  %13.4f  %10.2f %%  %13.2f %%",
                            step,
                            losses[step - 1],
                            now.loss(),
                            100 * now.tokens(),
                            100 * now.whole());
                }
            }
        }
        return new Training(Arrays.copyOf(losses, step), evaluations, nanos / 1e9);
    }

    private Picture lossCurve(Training training) {
        return Plot.lines("A transformer learns to %s %d letters".formatted(task, length))
                .xLabel("step")
                .yLabel("cross-entropy")
                .logY()
                .line("training batches", training.losses())
                .points(
                        "held-out sequences",
                        training.evaluations().stream()
                                .map(now -> new double[] {now.step(), now.loss()})
                                .toArray(double[][]::new));
    }

    /** What each place, a row, takes from the others: a map a head, a row of maps a layer. */
    private Grid weights(Encoder net, int[] sample) {
        List<String> names = Sequences.names(sample);
        List<Tensor> weights = net.attentionWeights(Tensor.of(new int[][] {sample}));
        List<Picture> maps = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            for (int head = 0; head < heads; head++) {
                String title = "layer %d, head %d".formatted(layer + 1, head + 1);
                double[][] values = weights.get(layer).get(0).get(head).toArray2d();
                maps.add(
                        Plot.heatMap(title, values, names, names)
                                .xLabel("key")
                                .yLabel("query")
                                .colorLabel("attention weight"));
            }
        }
        return Plot.grid(
                "To %s %d letters: where each place looks".formatted(task, length), heads, maps);
    }

    /** Reads the length of the sequences. */
    static final class Length extends WholeNumber {
        Length() {
            super(2, 32);
        }
    }

    /** Reads the number of letters. */
    static final class Letters extends WholeNumber {
        Letters() {
            super(2, 26);
        }
    }

    /** Reads the number of layers. */
    static final class Layers extends WholeNumber {
        Layers() {
            super(1, 8);
        }
    }

    /** Reads the number of heads. */
    static final class Heads extends WholeNumber {
        Heads() {
            super(1, WIDTH);
        }
    }
}
