package dev.gradus.examples;

import dev.gradus.autograd.Parameter;
import dev.gradus.data.Batch;
import dev.gradus.data.DataLoader;
import dev.gradus.data.TokenDataset;
import dev.gradus.examples.course.Lesson;
import dev.gradus.nn.Gpt;
import dev.gradus.nn.Losses;
import dev.gradus.optim.AdamW;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.Schedule;
import dev.gradus.text.LanguageModel;
import dev.gradus.train.Report;
import dev.gradus.train.Trainer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * A GPT learns to write like a text, in the manner of nanoGPT: AdamW, a warm-up and then half a
 * cosine, gradients clipped, the last tenth of the text held out. The model in the folder is the
 * one with the least loss there.
 */
@Command(
        name = "gpt",
        description = "A GPT learns to write like a text, such as these sources.",
        sortOptions = false)
final class TrainGpt extends Lesson {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.99;
    private static final double EPS = 1e-8;

    /** What is left of the learning rate in the last step. */
    private static final double LAST = 0.1;

    /** How many batches of the held-out text are looked at, at most. */
    private static final int HELD_OUT_BATCHES = 20;

    /** How many of the newest checkpoints stay. */
    private static final int CHECKPOINTS = 2;

    @Mixin private GptOptions options = new GptOptions();

    TrainGpt() {
        super(Path.of("out", "gpt"));
    }

    @Override
    protected void teach() {
        try {
            train();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private void train() throws IOException {
        List<Path> files = options.text.isEmpty() ? OwnSources.files() : options.text;
        TrainingText text = TrainingText.read(files, options.tokenizer, options.vocabulary);
        Gpt gpt = gpt(text);
        Trainer<Batch> trainer = trainer(gpt, text);
        DataLoader batches =
                new DataLoader(new TokenDataset(text.train(), options.context), options.batch)
                        .shuffle(seed())
                        .dropLast();
        var folder = new GptFolder(out());
        String wrong = folder.begin(options.resume, lasting(text));
        if (wrong != null) {
            throw mistake(wrong, null);
        }
        trainer.checkpoints(folder.checkpoints(), options.evalEvery, CHECKPOINTS);
        introduce(gpt, text, files.size());
        if (options.resume && trainer.resume()) {
            say("Goes on after step %d", trainer.step());
        }
        // The best of what the checkpoint knows was saved by the training before.
        try (var interruption = new Interruption();
                var progress = progress("training", options.steps - trainer.step())) {
            var watch =
                    new GptWatch(
                            new LanguageModel(gpt, text.tokenizer()),
                            out(),
                            options,
                            interruption,
                            progress,
                            line -> say("%s", line));
            List<Report> reports = trainer.on(watch).fit(batches);
            progress.hide();
            conclude(trainer, reports, watch);
        }
    }

    private void conclude(Trainer<Batch> trainer, List<Report> reports, GptWatch watch) {
        double best =
                reports.stream()
                        .min(Comparator.comparingDouble(r -> r.of("valLoss")))
                        .orElseThrow()
                        .of("valLoss");
        say(
                "%nHeld out: at best %.4f nats a token, after step %d; %.1f s in all",
                best, trainer.bestStep(), trainer.seconds());
        if (trainer.step() < options.steps) {
            say(
                    "Interrupted after step %d: the same command with --resume goes on",
                    trainer.step());
        }
        say("The model: %s, for gradus generate %s", out().resolve("model.safetensors"), out());
        save(watch.lossCurve(reports), "gpt-loss");
    }

    private Gpt gpt(TrainingText text) {
        try {
            return new Gpt(
                    new Gpt.Config(
                            text.tokenizer().vocabularySize(),
                            options.context,
                            options.layers,
                            options.heads,
                            options.width,
                            options.dropout));
        } catch (IllegalArgumentException e) {
            throw mistake(String.valueOf(e.getMessage()), e);
        }
    }

    private Trainer<Batch> trainer(Gpt gpt, TrainingText text) {
        Schedule schedule =
                Schedule.warmup(options.warmUp)
                        .then(
                                options.warmUp,
                                Schedule.cosine(Math.max(1, options.steps - options.warmUp), LAST));
        return Trainer.of(gpt, optimizer(gpt), Losses::crossEntropy)
                .steps(options.steps)
                .schedule(schedule)
                .clipNorm(options.clip)
                .validate(heldOut(text))
                .reportEvery(options.evalEvery);
    }

    /**
     * Weight decay is for matrices: biases and the scales of layer norms have none, as in nanoGPT.
     */
    private Optimizer optimizer(Gpt gpt) {
        Optimizer optimizer =
                new AdamW(gpt.parameters(), options.rate, BETA1, BETA2, EPS, options.decay);
        List<Parameter> vectors =
                gpt.parameters().stream().filter(p -> p.value().ndim() < 2).toList();
        optimizer.group(vectors, options.rate, 0);
        return optimizer;
    }

    /** Pieces of the held-out text, evenly spread over it, always the same. */
    private DataLoader heldOut(TrainingText text) {
        int starts = text.heldOut().length - options.context;
        int stride = Math.max(options.context, starts / (HELD_OUT_BATCHES * options.batch) + 1);
        return new DataLoader(
                new TokenDataset(text.heldOut(), options.context, stride), options.batch);
    }

    private Map<String, String> lasting(TrainingText text) {
        Map<String, String> all = options.lasting();
        all.put("--seed", String.valueOf(seed()));
        all.put(
                "--text",
                "%d characters with checksum %s".formatted(text.characters(), text.checksum()));
        return all;
    }

    private void introduce(Gpt gpt, TrainingText text, int files) {
        int parameters = gpt.parameters().stream().mapToInt(p -> p.value().size()).sum();
        say(
                "%s: %,d characters, %,d tokens to train on, %,d held out",
                options.text.isEmpty() ? "The sources of Gradus, " + files + " files" : "The text",
                text.characters(),
                text.train().length,
                text.heldOut().length);
        say(
                "%d layers, %d heads, width %d, context %d, %d tokens; %,d parameters",
                options.layers,
                options.heads,
                options.width,
                options.context,
                text.tokenizer().vocabularySize(),
                parameters);
        say(
                "AdamW, %d steps of %d pieces, learning rate %s, warm-up %d, seed %d%n",
                options.steps, options.batch, options.rate, options.warmUp, seed());
    }
}
