package dev.gradus.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a training knows besides the model, the optimizer and the random numbers. */
final class TrainingState {
    /** Updates so far. */
    int step;

    /** Whole epochs so far. */
    int epoch;

    /** Batches of the running epoch so far. */
    int batch;

    /** The sum of the losses of the samples since the last report. */
    double lossSum;

    /** How many samples there were since the last report. */
    long samples;

    /** The best value of what is watched; NaN before there is one. */
    double best = Double.NaN;

    int bestStep;

    /** Reports since the best one. */
    int stale;

    /** How long the training has taken before it went on. */
    double seconds;

    final List<Report> reports = new ArrayList<>();

    Map<String, String> toMetadata() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("step", String.valueOf(step));
        all.put("epoch", String.valueOf(epoch));
        all.put("batch", String.valueOf(batch));
        all.put("lossSum", String.valueOf(lossSum));
        all.put("samples", String.valueOf(samples));
        all.put("best", String.valueOf(best));
        all.put("bestStep", String.valueOf(bestStep));
        all.put("stale", String.valueOf(stale));
        all.put("seconds", String.valueOf(seconds));
        all.put(
                "reports",
                reports.stream().map(Report::toString).collect(Collectors.joining("\n")));
        return all;
    }

    /**
     * Reads what {@link #toMetadata} wrote.
     *
     * @throws IllegalArgumentException if something is missing or no number
     */
    static TrainingState of(Map<String, String> metadata) {
        var state = new TrainingState();
        state.step = Integer.parseInt(text(metadata, "step"));
        state.epoch = Integer.parseInt(text(metadata, "epoch"));
        state.batch = Integer.parseInt(text(metadata, "batch"));
        state.lossSum = Double.parseDouble(text(metadata, "lossSum"));
        state.samples = Long.parseLong(text(metadata, "samples"));
        state.best = Double.parseDouble(text(metadata, "best"));
        state.bestStep = Integer.parseInt(text(metadata, "bestStep"));
        state.stale = Integer.parseInt(text(metadata, "stale"));
        state.seconds = Double.parseDouble(text(metadata, "seconds"));
        text(metadata, "reports").lines().map(Report::parse).forEach(state.reports::add);
        return state;
    }

    /** An entry that must be there. */
    static String text(Map<String, String> metadata, String key) {
        String text = metadata.get(key);
        if (text == null) {
            throw new IllegalArgumentException("there is no \"" + key + "\" in its metadata");
        }
        return text;
    }
}
