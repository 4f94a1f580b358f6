package dev.gradus.train;

import dev.gradus.autograd.Gradients;
import dev.gradus.optim.Schedule;

import org.jspecify.annotations.Nullable;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** How a {@link Trainer} is to train. Each method gives the trainer, for the next one. */
abstract sealed class TrainerSettings<B> permits Trainer {
    final Map<String, Metric> metrics = new LinkedHashMap<>();
    final List<Callback> callbacks = new ArrayList<>();
    @Nullable Schedule schedule;
    UnaryOperator<Gradients> clip = UnaryOperator.identity();
    int epochs = Integer.MAX_VALUE;
    int steps = Integer.MAX_VALUE;
    int accumulate = 1;
    @Nullable Iterable<B> validation;
    int reportEvery;
    @Nullable String monitored;
    Goal goal = Goal.MINIMISE;
    int patience = Integer.MAX_VALUE;
    double margin;
    @Nullable CheckpointFolder folder;
    int checkpointEvery;

    private Trainer<B> self() {
        return (Trainer<B>) this;
    }

    /** Ends the training after so many epochs, counted from its very start. */
    public Trainer<B> epochs(int epochs) {
        this.epochs = atLeast(1, "epochs", epochs);
        return self();
    }

    /** Ends the training after so many updates, counted from its very start. */
    public Trainer<B> steps(int steps) {
        this.steps = atLeast(1, "steps", steps);
        return self();
    }

    /** How the learning rates change, from update to update. */
    public Trainer<B> schedule(Schedule schedule) {
        this.schedule = Objects.requireNonNull(schedule, "schedule");
        return self();
    }

    /** Scales an update's gradients down to this norm; see {@link Gradients#clipNorm}. */
    public Trainer<B> clipNorm(double limit) {
        Gradients.none().clipNorm(limit); // checks it now
        clip = gradients -> gradients.clipNorm(limit);
        return self();
    }

    /**
     * Holds each element of an update's gradients within limits; see {@link Gradients#clipValue}.
     */
    public Trainer<B> clipValue(double limit) {
        Gradients.none().clipValue(limit);
        clip = gradients -> gradients.clipValue(limit);
        return self();
    }

    /**
     * Makes one update from so many batches: as of one large batch, for which there is no memory.
     * Each weighs as much as it has samples; the last update of an epoch may have fewer batches.
     */
    public Trainer<B> accumulate(int batches) {
        accumulate = atLeast(1, "accumulate", batches);
        return self();
    }

    /** Each report looks at this data too. Of a loader that shuffles it is always its epoch 0. */
    public Trainer<B> validate(Iterable<B> data) {
        validation = Objects.requireNonNull(data, "data");
        return self();
    }

    /**
     * Each report has this number, of the validation data.
     *
     * @param name letters, digits and {@code _ . @ -}
     */
    public Trainer<B> metric(String name, Metric metric) {
        Report.checkName(name);
        if (metrics.putIfAbsent(name, metric) != null) {
            throw new IllegalArgumentException("there is a metric \"" + name + "\" already");
        }
        return self();
    }

    /** Reports after each so many updates, and not at the end of each epoch. */
    public Trainer<B> reportEvery(int steps) {
        reportEvery = atLeast(1, "reportEvery", steps);
        return self();
    }

    /**
     * Which number says what is best, for {@link #stopEarly} and the best checkpoint: {@code
     * valLoss} if there is validation, else {@code trainLoss}, until this is set.
     */
    public Trainer<B> monitor(String name, Goal goal) {
        monitored = Objects.requireNonNull(name, "name");
        this.goal = Objects.requireNonNull(goal, "goal");
        return self();
    }

    /** Ends the training when so many reports in a row were no better than the best. */
    public Trainer<B> stopEarly(int patience) {
        return stopEarly(patience, 0);
    }

    /**
     * The same, where better means by more than a margin.
     *
     * @param margin at least 0
     */
    public Trainer<B> stopEarly(int patience, double margin) {
        this.patience = atLeast(1, "stopEarly", patience);
        if (!(margin >= 0)) {
            throw new IllegalArgumentException(
                    "stopEarly: the margin must be at least 0, not " + margin);
        }
        this.margin = margin;
        return self();
    }

    /**
     * Writes checkpoints into a folder: at the end of each epoch, and of the best report one that
     * is called {@code best.safetensors}.
     *
     * @param every also after so many updates; 0: not
     * @param keep how many of the newest stay, at least 1; the best stays too
     */
    public Trainer<B> checkpoints(Path folder, int every, int keep) {
        checkpointEvery = atLeast(0, "checkpoints: every", every);
        this.folder = new CheckpointFolder(folder, atLeast(1, "checkpoints: keep", keep));
        return self();
    }

    /** Adds a callback. */
    public Trainer<B> on(Callback callback) {
        callbacks.add(Objects.requireNonNull(callback, "callback"));
        return self();
    }

    /** Writes each report into a CSV file, which is overwritten; see {@link ReportLog}. */
    public Trainer<B> logCsv(Path file) {
        return on(new ReportLog(file, ReportLog.Format.CSV));
    }

    /** Writes each report as a line of JSON into a file, which is overwritten. */
    public Trainer<B> logJson(Path file) {
        return on(new ReportLog(file, ReportLog.Format.JSON_LINES));
    }

    /** Shows on {@code System.err} how far the training is; see {@link ProgressDisplay}. */
    public Trainer<B> showProgress() {
        return showProgress(System.err, ProgressDisplay.isTerminal());
    }

    Trainer<B> showProgress(PrintStream stream, boolean terminal) {
        return on(new ProgressDisplay(stream, terminal));
    }

    private static int atLeast(int least, String what, int value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    what + " must be at least " + least + ", not " + value);
        }
        return value;
    }
}
