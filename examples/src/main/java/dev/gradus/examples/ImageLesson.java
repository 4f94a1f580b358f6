package dev.gradus.examples;

import dev.gradus.data.Batch;
import dev.gradus.data.DataLoader;
import dev.gradus.data.Split;
import dev.gradus.examples.course.Lesson;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.onnx.Onnx;
import dev.gradus.optim.Adam;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;
import dev.gradus.train.Callback;
import dev.gradus.train.ConfusionMatrix;
import dev.gradus.train.Metrics;
import dev.gradus.train.Report;
import dev.gradus.train.Trainer;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A network with one hidden layer learns to read images of digits, and is asked about new ones. */
abstract class ImageLesson extends Lesson {
    private static final int CLASSES = 10;

    /** At most so many looks at the held-out images. */
    private static final int REPORTS = 10;

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

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description = "Save the network's weights, such as into model.safetensors.")
    private @Nullable Path weights;

    @Option(
            names = "--export",
            paramLabel = "FILE",
            description =
                    "Export the network, such as into model.onnx: its input is [batch, pixels] from"
                            + " 0, black, to 1, white.")
    private @Nullable Path exported;

    /**
     * What a training leaves behind.
     *
     * @param losses of each step
     * @param confusion of the held-out images at the end
     */
    record Trained(
            Layer net, List<Double> losses, List<Report> reports, ConfusionMatrix confusion) {
        double percent() {
            return 100 * confusion.accuracy();
        }
    }

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
        Batch heldOut =
                scaled(
                        images.validation()
                                .get(IntStream.range(0, images.validation().size()).toArray()));
        var net =
                new Sequential(
                        new Linear(heldOut.inputs().size(1), hidden),
                        new ReLU(),
                        new Dropout(DROPOUT),
                        new Linear(hidden, CLASSES));
        List<Double> losses = new ArrayList<>();
        var trainer =
                Trainer.of(net, new Adam(net.parameters(), rate), Losses::crossEntropy)
                        .epochs(epochs())
                        .reportEvery(loader.batchesPerEpoch() * Math.ceilDiv(epochs(), REPORTS))
                        .validate(List.of(heldOut))
                        .metric("accuracy", Metrics::accuracy)
                        .on(
                                new Callback() {
                                    @Override
                                    public void onStep(Trainer<?> trainer, double loss) {
                                        losses.add(loss);
                                    }
                                });
        if (!isQuiet()) {
            trainer.showProgress();
        }
        List<Report> reports = trainer.fit(loader);
        // Without a tape nothing is recorded, and dropout does nothing: so a network is used.
        Tensor logits = net.apply(heldOut.inputs());
        return new Trained(net, losses, reports, ConfusionMatrix.of(logits, heldOut.targets()));
    }

    @Override
    protected final void teach() {
        long start = System.nanoTime();
        checkIsFile("--save", weights);
        checkIsFile("--export", exported);
        if (weights != null && weights.equals(exported)) {
            throw mistake("--save and --export both name " + weights, null);
        }
        Split images = images();
        say(
                "%s: %d images to train on, %d held out; %d hidden units",
                title(), images.train().size(), images.validation().size(), hidden);
        say(
                "Adam, %d epochs in batches of %d at learning rate %s, seed %d",
                epochs(), batchSize, rate, seed());
        Trained trained = train(images);
        int all = images.validation().size();
        say(
                "%nHeld out: %d of %d right, %.2f %%%s",
                Math.round(all * trained.confusion().accuracy()),
                all,
                trained.percent(),
                mostConfused(trained.confusion().counts()));
        if (trained.percent() < goal()) {
            say("Not learned, which takes %s %%: try more --epochs.", goal());
        }
        say("Time: %.1f s%n", (System.nanoTime() - start) / 1e9);
        draw(trained);
        keep(trained.net(), images.train().get(0).inputs().size(1));
    }

    /** Before the training: nobody wants to wait for a network that can't be saved. */
    private void checkIsFile(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw mistake(option + ": " + file + " is a folder; name a file in it", null);
        }
        if (folder == null || !Files.isDirectory(folder)) {
            throw mistake(option + ": there is no folder " + folder + " for " + file, null);
        }
        if (!Files.isWritable(folder)) {
            throw mistake(option + ": can't write into the folder " + folder, null);
        }
    }

    private void keep(Layer net, int pixels) {
        try {
            if (weights != null) {
                net.save(weights);
                say("%s", weights);
            }
            if (exported != null) {
                Onnx.export(net, exported, Tensor.zeros(1, pixels));
                say("%s", exported);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't save the network: " + e.getMessage(), e);
        }
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
        double[] losses = trained.losses().stream().mapToDouble(x -> x).toArray();
        double[][] heldOut =
                trained.reports().stream()
                        .map(r -> new double[] {r.step(), r.of("valLoss")})
                        .toArray(double[][]::new);
        save(
                Plot.lines(title() + ": a network learns to read")
                        .xLabel("step")
                        .yLabel("cross-entropy")
                        .logY()
                        .line("training batches", losses)
                        .points("held-out images", heldOut),
                name + "-loss");
        double[][] counts =
                Arrays.stream(trained.confusion().counts())
                        .map(row -> Arrays.stream(row).asDoubleStream().toArray())
                        .toArray(double[][]::new);
        save(
                Plot.heatMap(
                                String.format(
                                        Locale.ROOT,
                                        "%s: %.2f %% of the held-out images right",
                                        title(),
                                        trained.percent()),
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
