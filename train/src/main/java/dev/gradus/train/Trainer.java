package dev.gradus.train;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Scope;
import dev.gradus.autograd.Slot;
import dev.gradus.autograd.Tape;
import dev.gradus.backend.Backend;
import dev.gradus.data.Batch;
import dev.gradus.nn.Layer;
import dev.gradus.optim.Optimizer;
import dev.gradus.tensor.Tensor;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;
import java.util.function.Function;

// Longer than other files: the loop and what it saves read best in one piece.

/**
 * The training loop, with what one wants around it:
 *
 * <pre>{@code
 * var trainer = Trainer.of(net, new Adam(net.parameters(), 1e-3), Losses::crossEntropy)
 *         .epochs(20)
 *         .validate(validation)
 *         .metric("accuracy", Metrics::accuracy)
 *         .stopEarly(3)
 *         .checkpoints(Path.of("run"), 500, 3);
 * trainer.resume();
 * trainer.fit(loader);
 * }</pre>
 *
 * <p>Without any of it, {@code fit} does this, and gives the same bits:
 *
 * <pre>{@code
 * for (int epoch = 0; epoch < epochs; epoch++) {
 *     for (Batch batch : loader) {
 *         try (var tape = Tape.start()) {
 *             Tensor loss = loss(net.apply(batch.inputs()), batch.targets());
 *             optimizer.step(tape.gradients(loss));
 *         }
 *     }
 * }
 * }</pre>
 *
 * @param <B> what a batch is: any type, such as {@link Batch}
 */
public final class Trainer<B> extends TrainerSettings<B> {
    private static final Logger LOG = LoggerFactory.getLogger("dev.gradus.train");

    private final Layer model;
    private final Optimizer optimizer;
    private final Function<B, Outcome> task;

    private TrainingState state = new TrainingState();
    private int batchesPerEpoch = -1;
    private boolean resumed;
    private boolean stopped;
    private long startedAt;

    /**
     * A trainer of any model: with several inputs, or a loss of its own.
     *
     * <pre>{@code
     * new Trainer<Pair>(net, optimizer, pair ->
     *         new Outcome(distance(net.apply(pair.left()), net.apply(pair.right())), pair.size()));
     * }</pre>
     *
     * @param task from a batch to its loss: called with a tape open to train, and without one to
     *     validate
     */
    public Trainer(Layer model, Optimizer optimizer, Function<B, Outcome> task) {
        this.model = Objects.requireNonNull(model, "model");
        this.optimizer = Objects.requireNonNull(optimizer, "optimizer");
        this.task = Objects.requireNonNull(task, "task");
    }

    /**
     * A trainer of a model from inputs to predictions. Batches are moved to the model's backend.
     *
     * @param loss from predictions and targets to the mean over the samples, such as {@code
     *     Losses::crossEntropy}
     */
    public static Trainer<Batch> of(Layer model, Optimizer optimizer, BinaryOperator<Tensor> loss) {
        Slot first = model.parameters().getFirst();
        return new Trainer<>(
                model,
                optimizer,
                batch -> {
                    Backend backend = first.value().backend();
                    Tensor prediction = model.apply(batch.inputs().to(backend));
                    Tensor target = batch.targets().to(backend);
                    Tensor value = loss.apply(prediction, target);
                    return new Outcome(value, batch.size(), prediction, target);
                });
    }

    // ------------------------------------------------------------------ the loop

    /** {@link #fit(Epochs)} of a loader, or of the same batches in each epoch. */
    public List<Report> fit(Iterable<B> data) {
        return fit(Epochs.of(data));
    }

    /**
     * Trains until the epochs or steps are over, {@link #stopEarly} says so, or a callback. Called
     * again, it goes on where it was, say with more epochs.
     *
     * @return all reports, those before {@link #resume} too
     * @throws IllegalArgumentException if there are no batches
     * @throws IllegalStateException if neither epochs nor steps are set, or the folder of the
     *     checkpoints has some of another training
     * @throws ArithmeticException if the loss becomes NaN or infinite; the parameters are as they
     *     were before that update
     * @throws UncheckedIOException if a checkpoint or a log can't be written
     */
    public List<Report> fit(Epochs<B> data) {
        check();
        batchesPerEpoch = data.batchesPerEpoch();
        stopped = false;
        startedAt = System.nanoTime();
        try {
            callbacks.forEach(c -> c.onStart(this));
            while (!isDone()) {
                epoch(data);
            }
            if (isReportDue()) {
                report();
            }
            save();
        } finally {
            state.seconds = seconds();
            startedAt = 0;
            callbacks.forEach(c -> c.onEnd(this));
        }
        return reports();
    }

    /** What is left of an epoch, or of the training. */
    private void epoch(Epochs<B> data) {
        Iterator<B> batches = data.batches(state.epoch, state.batch);
        try {
            while (batches.hasNext() && !isDone()) {
                double loss = update(batches);
                callbacks.forEach(c -> c.onStep(this, loss));
                if (reportEvery > 0 && state.step % reportEvery == 0) {
                    report();
                }
                if (checkpointEvery > 0 && state.step % checkpointEvery == 0) {
                    save();
                }
            }
            if (batches.hasNext()) {
                return; // done in the middle
            }
        } finally {
            Epochs.close(batches);
        }
        if (state.batch == 0) {
            throw new IllegalArgumentException(
                    "fit: epoch " + state.epoch + " has no batches; is the data empty?");
        }
        batchesPerEpoch = state.batch;
        state.epoch++;
        state.batch = 0;
        if (reportEvery == 0) {
            report();
        }
        save();
    }

    /** One update from the next batches; gives the mean loss of their samples. */
    private double update(Iterator<B> batches) {
        if (schedule != null) {
            optimizer.setLearningRateFactor(schedule.factor(state.step));
        }
        Gradients sum = Gradients.none();
        double lossSum = 0;
        long samples = 0;
        int count = 0;
        for (; count < accumulate && batches.hasNext(); count++) {
            B batch = batches.next();
            try (var tape = Tape.start()) {
                Outcome outcome = task.apply(batch);
                Gradients gradients = tape.gradients(outcome.loss());
                lossSum += checked(outcome.loss().item(), count) * outcome.samples();
                samples += outcome.samples();
                if (accumulate == 1) {
                    optimizer.step(clip.apply(gradients));
                } else {
                    sum = sum.add(gradients.scale(outcome.samples())).keep();
                }
            }
        }
        if (accumulate > 1) {
            try (var _ = Scope.start()) {
                optimizer.step(clip.apply(sum.scale(1.0 / samples)));
            }
        }
        state.step++;
        state.batch += count;
        state.lossSum += lossSum;
        state.samples += samples;
        return lossSum / samples;
    }

    private double checked(double loss, int count) {
        if (!Double.isFinite(loss)) {
            throw new ArithmeticException(
                    ("the loss became %s in step %d (epoch %d, batch %d), at the learning rate %s;"
                         + " the parameters are as they were before. Try a lower learning rate, a"
                         + " warm-up, or clipNorm(1); look for NaN or very large numbers in this"
                         + " batch; -Dgradus.anomaly=true names the operation that gave the first"
                         + " such number")
                            .formatted(
                                    loss,
                                    state.step,
                                    state.epoch,
                                    state.batch + count,
                                    learningRate()));
        }
        return loss;
    }

    private boolean isDone() {
        return stopped || state.step >= steps || state.epoch >= epochs || state.stale >= patience;
    }

    private boolean isReportDue() {
        return state.reports.isEmpty() || state.reports.getLast().step() < state.step;
    }

    private void check() {
        if (folder != null && !resumed && state.step == 0) {
            folder.checkIsEmpty();
        }
        if (epochs == Integer.MAX_VALUE && steps == Integer.MAX_VALUE) {
            throw new IllegalStateException("fit: set epochs(n) or steps(n) before");
        }
        if (!metrics.isEmpty() && validation == null) {
            throw new IllegalStateException(
                    "fit: the metrics " + metrics.keySet() + " need data; set validate(data)");
        }
    }

    // ------------------------------------------------------------------ reports

    /**
     * What the model is worth on some data: {@code loss}, the mean over the samples, and the
     * metrics, by name. The model is as it is in use: no dropout, running statistics.
     *
     * @throws IllegalArgumentException if there is no data
     */
    public Map<String, Double> evaluate(Iterable<B> data) {
        return new Evaluation(metrics).of(data, task);
    }

    private void report() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("trainLoss", state.lossSum / state.samples);
        if (validation != null) {
            Map<String, Double> numbers = evaluate(validation);
            values.put("valLoss", numbers.remove("loss"));
            values.putAll(numbers);
        }
        values.put("learningRate", learningRate());
        values.put("seconds", seconds());
        var report =
                new Report(state.step, state.batch == 0 ? state.epoch : state.epoch + 1, values);
        state.reports.add(report);
        state.lossSum = 0;
        state.samples = 0;
        String watched =
                monitored != null ? monitored : validation != null ? "valLoss" : "trainLoss";
        boolean isBest = goal.isBetter(report.of(watched), state.best, margin);
        if (isBest) {
            state.best = report.of(watched);
            state.bestStep = state.step;
        }
        state.stale = isBest ? 0 : state.stale + 1;
        callbacks.forEach(c -> c.onReport(this, report));
        if (isBest && folder != null) {
            try {
                // Before the checkpoint of this step, whose state says that there is a new best.
                folder.saveBest(checkpoint());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    // ------------------------------------------------------------------ checkpoints

    /**
     * Goes on from the newest complete checkpoint of the folder: the model, the optimizer, learning
     * rates, random numbers, the position in the data and the reports become what they were, and
     * the training ends with the bits that it would have had without the interruption, given the
     * same program and data. A checkpoint that is damaged is skipped with a warning.
     *
     * <p>What callbacks changed besides, such as which parameters are frozen, they have to do
     * again. To go on at another learning rate, set it after this.
     *
     * @return whether there was one; without one nothing changes, and {@code fit} starts anew
     * @throws IllegalArgumentException if it is of another model or optimizer: lists the
     *     differences, and nothing is changed
     * @throws UncheckedIOException if there are some and none can be read
     */
    public boolean resume() {
        if (folder == null) {
            throw new IllegalStateException("resume: set checkpoints(folder, every, keep) before");
        }
        try {
            Checkpoint checkpoint = folder.newest();
            resumed = true;
            if (checkpoint == null) {
                return false;
            }
            checkpoint.restore(model, optimizer);
            checkpoint.restoreGenerator();
            state = checkpoint.state();
            optimizer.setLearningRateFactor(checkpoint.learningRateFactor());
            warnOfAnotherSchedule();
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void warnOfAnotherSchedule() {
        double saved = optimizer.learningRateFactor();
        double mine = schedule == null || state.step == 0 ? saved : schedule.factor(state.step - 1);
        if (saved != mine) {
            LOG.warn(
                    "the schedule is another one than before: its factor in step {} is {}, and was"
                            + " {}",
                    state.step - 1,
                    mine,
                    saved);
        }
    }

    private Checkpoint checkpoint() {
        double before = state.seconds;
        state.seconds = seconds();
        var checkpoint = Checkpoint.of(model, optimizer, state);
        state.seconds = before;
        return checkpoint;
    }

    private void save() {
        if (folder != null) {
            try {
                folder.save(checkpoint());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    // ------------------------------------------------------------------ what callbacks ask

    /** Ends the training after this update. */
    public void stop() {
        stopped = true;
    }

    /** How many updates there have been. */
    public int step() {
        return state.step;
    }

    /** How many whole epochs there have been. */
    public int epoch() {
        return state.epoch;
    }

    /** After how many updates the training ends, or −1 if that is not known. */
    public long totalSteps() {
        long perEpoch = Math.ceilDiv(batchesPerEpoch, accumulate);
        long byEpochs =
                epochs == Integer.MAX_VALUE || batchesPerEpoch < 0
                        ? Long.MAX_VALUE
                        : epochs * perEpoch;
        long least = Math.min(byEpochs, steps);
        return least == Integer.MAX_VALUE ? -1 : least;
    }

    /** The learning rate of parameters without a group, as in the last update. */
    public double learningRate() {
        return optimizer.learningRate() * optimizer.learningRateFactor();
    }

    /** How long the training has taken, before {@link #resume} too. */
    public double seconds() {
        return state.seconds + (startedAt == 0 ? 0 : (System.nanoTime() - startedAt) / 1e9);
    }

    /** All reports so far, those before {@link #resume} too. */
    public List<Report> reports() {
        return List.copyOf(state.reports);
    }

    /** After how many updates the best report was; 0 before there is one. */
    public int bestStep() {
        return state.bestStep;
    }
}
