package dev.gradus.examples;

import dev.gradus.autograd.Tape;
import dev.gradus.data.Batch;
import dev.gradus.data.DataLoader;
import dev.gradus.data.Dataset;
import dev.gradus.data.Split;
import dev.gradus.examples.course.Lesson;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.optim.Adam;
import dev.gradus.optim.Optimizer;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A network with one hidden layer learns to read images of digits, and is asked about new ones. */
abstract class ImageLesson extends Lesson {
    private static final int CLASSES = 10;

    /** About so many epochs get a line. */
    private static final int LINES = 10;

    private static final double DROPOUT = 0.2;

    @Option(
            names = "--hidden",
            paramLabel = "N",
            converter = Hidden.class,
            defaultValue = "512",
            description = "How many hidden units, 1 to 4096 (default: ${DEFAULT-VALUE}).")
    private int hidden;

    @Option(
            names = "--batch",
            paramLabel = "N",
            converter = Steps.class,
            defaultValue = "64",
            description = "How many images a step sees (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            converter = Rate.class,
            defaultValue = "0.002",
            description = "The learning rate (default: ${DEFAULT-VALUE}).")
    private double rate;

    /**
     * How well a network does on images that it was not trained on.
     *
     * @param loss the mean cross-entropy
     * @param confusion how often a digit, the row, was taken for another, the column
     */
    record Score(double loss, int[][] confusion) {
        int right() {
            return IntStream.range(0, CLASSES).map(i -> confusion[i][i]).sum();
        }

        int all() {
            return IntStream.range(0, CLASSES).map(i -> IntStream.of(confusion[i]).sum()).sum();
        }

        double percent() {
            return 100.0 * right() / all();
        }
    }

    /** What a training leaves behind: the loss of each step, and the score after each epoch. */
    record Trained(Layer net, double[] losses, List<Score> scores, double seconds) {}

    /** The images, {@code [n, pixels]}, and what they show. */
    abstract Split images();

    /** What a white pixel has; a black one has 0. */
    abstract int white();

    abstract int epochs();

    /** The share of held-out images that the lesson wants right, in percent. */
    abstract double goal();

    /** What pictures and lines are called. */
    abstract String title();

    private Batch scaled(Batch batch) {
        return new Batch(batch.inputs().to(DType.FLOAT32).div(white()), batch.targets());
    }

    final Trained train(Split images) {
        var loader =
                new DataLoader(images.train(), batchSize)
                        .shuffle(seed())
                        .map(this::scaled)
                        .prefetch(2);
        int pixels = loader.batches(0).next().inputs().size(1);
        var net =
                new Sequential(
                        new Linear(pixels, hidden),
                        new ReLU(),
                        new Dropout(DROPOUT),
                        new Linear(hidden, CLASSES));
        Optimizer optimizer = new Adam(net.parameters(), rate);
        int perEpoch = loader.batchesPerEpoch();
        double[] losses = new double[epochs() * perEpoch];
        List<Score> scores = new ArrayList<>();
        long nanos = 0;
        say("%n epoch  training loss  held-out loss      right");
        try (var progress = progress("training", losses.length)) {
            for (int epoch = 0; epoch < epochs(); epoch++) {
                long start = System.nanoTime();
                int step = epoch * perEpoch;
                for (Batch batch : loader) {
                    try (var tape = Tape.start()) {
                        Tensor loss =
                                Losses.crossEntropy(net.apply(batch.inputs()), batch.targets());
                        losses[step++] = loss.item();
                        optimizer.step(tape.gradients(loss));
                    }
                    progress.step();
                }
                nanos += System.nanoTime() - start;
                Score score = score(net, images.validation());
                scores.add(score);
                boolean isLast = epoch == epochs() - 1;
                if (isLast || (epoch + 1) % Math.ceilDiv(epochs(), LINES) == 0) {
                    progress.hide();
                    double mean =
                            IntStream.range(step - perEpoch, step)
                                    .mapToDouble(i -> losses[i])
                                    .average()
                                    .orElseThrow();
                    say(
                            "%6d  %13.4f  %13.4f  %7.2f %%",
                            epoch + 1, mean, score.loss(), score.percent());
                }
            }
        }
        return new Trained(net, losses, scores, nanos / 1e9);
    }

    /** Without a tape nothing is recorded, and dropout does nothing: so a network is used. */
    private Score score(Layer net, Dataset images) {
        int[][] confusion = new int[CLASSES][CLASSES];
        double loss = 0;
        for (Batch batch : new DataLoader(images, 1000).map(this::scaled)) {
            Tensor logits = net.apply(batch.inputs());
            loss += Losses.crossEntropy(logits, batch.targets()).item() * batch.size();
            int[] says = logits.argmax(1).toIntArray();
            int[] shows = batch.targets().toIntArray();
            for (int i = 0; i < says.length; i++) {
                confusion[shows[i]][says[i]]++;
            }
        }
        return new Score(loss / images.size(), confusion);
    }

    @Override
    protected final void teach() {
        long start = System.nanoTime();
        Split images = images();
        say(
                "%s: %d images to train on, %d held out; %d hidden units",
                title(), images.train().size(), images.validation().size(), hidden);
        say(
                "Adam, %d epochs in batches of %d at learning rate %s, seed %d",
                epochs(), batchSize, rate, seed());
        Trained trained = train(images);
        Score last = trained.scores().getLast();
        say(
                "%nHeld out: %d of %d right, %.2f %%%s",
                last.right(), last.all(), last.percent(), mostConfused(last.confusion()));
        if (last.percent() < goal()) {
            say("Not learned, which takes %s %%: try more --epochs.", goal());
        }
        say(
                "Time: %.1f s, %.0f images/s in training%n",
                (System.nanoTime() - start) / 1e9,
                (double) images.train().size() * epochs() / trained.seconds());
        draw(trained);
    }

    private static String mostConfused(int[][] confusion) {
        int shown = 0;
        int said = 1;
        for (int i = 0; i < CLASSES; i++) {
            for (int j = 0; j < CLASSES; j++) {
                if (i != j && confusion[i][j] > confusion[shown][said]) {
                    shown = i;
                    said = j;
                }
            }
        }
        int times = confusion[shown][said];
        return times < 2
                ? ""
                : "; most often %d was taken for %d, %d times".formatted(shown, said, times);
    }

    private void draw(Trained trained) {
        String name = title().toLowerCase(Locale.ROOT);
        int perEpoch = trained.losses().length / epochs();
        double[][] heldOut = new double[epochs()][];
        for (int epoch = 0; epoch < epochs(); epoch++) {
            heldOut[epoch] =
                    new double[] {(epoch + 1.0) * perEpoch, trained.scores().get(epoch).loss()};
        }
        save(
                Plot.lines(title() + ": a network learns to read")
                        .xLabel("step")
                        .yLabel("cross-entropy")
                        .logY()
                        .line("training batches", trained.losses())
                        .points("held-out images", heldOut),
                name + "-loss");
        Score last = trained.scores().getLast();
        double[][] counts = new double[CLASSES][CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            for (int j = 0; j < CLASSES; j++) {
                counts[i][j] = last.confusion()[i][j];
            }
        }
        save(
                Plot.heatMap(
                                String.format(
                                        Locale.ROOT,
                                        "%s: %.2f %% of %d held-out images right",
                                        title(),
                                        last.percent(),
                                        last.all()),
                                counts)
                        .xLabel("the network says")
                        .yLabel("the image shows")
                        .colorLabel("images"),
                name + "-confusion");
    }

    /** Reads the number of hidden units. */
    static final class Hidden extends WholeNumber {
        Hidden() {
            super(1, 4096);
        }
    }
}
