package dev.gradus.examples;

import dev.gradus.examples.course.Progress;
import dev.gradus.examples.plot.Picture;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.Sampling;
import dev.gradus.tensor.Generator;
import dev.gradus.text.LanguageModel;
import dev.gradus.train.Callback;
import dev.gradus.train.Report;
import dev.gradus.train.Trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What is shown and saved while {@link TrainGpt} trains. */
final class GptWatch implements Callback {
    private static final Sampling SAMPLING = new Sampling(0.8);

    private final LanguageModel model;
    private final Path folder;
    private final GptOptions options;
    private final Interruption interruption;
    private final Progress progress;
    private final Consumer<String> lines;

    private final List<double[]> losses = new ArrayList<>();
    private long lastStep;
    private long nanos;
    private long timed;

    /** Watches a training, and saves its model into a folder whenever it is the best so far. */
    GptWatch(
            LanguageModel model,
            Path folder,
            GptOptions options,
            Interruption interruption,
            Progress progress,
            Consumer<String> lines) {
        this.model = model;
        this.folder = folder;
        this.options = options;
        this.interruption = interruption;
        this.progress = progress;
        this.lines = lines;
    }

    @Override
    public void onStart(Trainer<?> trainer) {
        for (Report report : trainer.reports()) {
            losses.add(new double[] {report.step(), report.of("trainLoss")});
        }
        lines.accept("  step  train loss  val loss  tokens/s");
        lastStep = System.nanoTime();
    }

    @Override
    public void onStep(Trainer<?> trainer, double loss) {
        long now = System.nanoTime();
        nanos += now - lastStep;
        timed++;
        lastStep = now;
        losses.add(new double[] {trainer.step(), loss});
        progress.step();
        if (interruption.isWanted()) {
            trainer.stop();
        }
    }

    @Override
    public void onReport(Trainer<?> trainer, Report report) {
        progress.hide();
        lines.accept(
                String.format(
                        Locale.ROOT,
                        "%6d  %10.4f  %8.4f  %8.0f",
                        report.step(),
                        report.of("trainLoss"),
                        report.of("valLoss"),
                        tokensPerSecond()));
        timed = 0;
        nanos = 0;
        if (trainer.bestStep() == trainer.step()) {
            try {
                model.save(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e.getMessage(), e);
            }
        }
        if (options.sample > 0) {
            sample(report.step());
        }
        lastStep = System.nanoTime(); // none of this is training
    }

    /** Since the report before. */
    private double tokensPerSecond() {
        return timed == 0 ? 0 : timed * options.batch * options.context / (nanos / 1e9);
    }

    /** Another text at each step; the training's own random numbers are left alone. */
    private void sample(int step) {
        String text = model.generate("\n", options.sample, SAMPLING, new Generator(step));
        text.strip().lines().forEach(line -> lines.accept("        | " + line));
    }

    /** The losses of this training, and of what it went on from what was reported. */
    Picture lossCurve(List<Report> reports) {
        return Plot.lines("A GPT learns a text")
                .xLabel("step")
                .yLabel("cross-entropy, nats a token")
                .line("training batches", column(losses, 0), column(losses, 1))
                .line(
                        "held-out text",
                        reports.stream().mapToDouble(Report::step).toArray(),
                        reports.stream().mapToDouble(r -> r.of("valLoss")).toArray());
    }

    private static double[] column(List<double[]> rows, int column) {
        return rows.stream().mapToDouble(row -> row[column]).toArray();
    }
}
