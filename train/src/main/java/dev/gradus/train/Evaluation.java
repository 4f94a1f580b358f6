package dev.gradus.train;

import dev.gradus.autograd.Scope;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a model is worth on some data. */
record Evaluation(Map<String, Metric> metrics) {
    /** {@code loss}, the mean over the samples, and the metrics over all of them together. */
    <B> Map<String, Double> of(Iterable<B> data, Function<B, Outcome> task) {
        double lossSum = 0;
        long samples = 0;
        List<Tensor> predictions = new ArrayList<>();
        List<Tensor> targets = new ArrayList<>();
        Iterator<B> batches = Epochs.of(data).batches(0, 0);
        try {
            while (batches.hasNext()) {
                B batch = batches.next();
                try (var _ = Scope.start()) {
                    Outcome outcome = task.apply(batch);
                    lossSum += outcome.loss().item() * outcome.samples();
                    samples += outcome.samples();
                    if (!metrics.isEmpty()) {
                        predictions.add(needed(outcome.prediction()).keep());
                        targets.add(needed(outcome.target()).keep());
                    }
                }
            }
        } finally {
            Epochs.close(batches);
        }
        if (samples == 0) {
            throw new IllegalArgumentException(
                    "evaluate: there are no batches; is the data empty?");
        }
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("loss", lossSum / samples);
        if (!metrics.isEmpty()) {
            try (var _ = Scope.start()) {
                Tensor prediction = Tensor.concat(0, predictions.toArray(Tensor[]::new));
                Tensor target = Tensor.concat(0, targets.toArray(Tensor[]::new));
                metrics.forEach((name, metric) -> values.put(name, metric.of(prediction, target)));
            }
        }
        return values;
    }

    private Tensor needed(@Nullable Tensor t) {
        if (t == null) {
            throw new IllegalStateException(
                    "the metrics "
                            + metrics.keySet()
                            + " need predictions and targets: give both to the Outcome");
        }
        return t;
    }
}
