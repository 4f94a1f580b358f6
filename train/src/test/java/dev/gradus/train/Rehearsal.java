package dev.gradus.train;

import dev.gradus.data.Batch;
import dev.gradus.data.DataLoader;
import dev.gradus.data.TensorDataset;
import dev.gradus.nn.BatchNorm;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Tanh;
import dev.gradus.optim.Adam;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.Schedule;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A small training with everything that could differ after an interruption: dropout, running
 * statistics, moments, groups, a schedule, accumulation, shuffling, prefetching, random transforms,
 * validation. 17 samples in batches of 3, two batches an update: three updates an epoch, and the
 * last batch is ragged.
 */
final class Rehearsal {
    static final int STEPS_PER_EPOCH = 3;

    final Sequential net;
    final Optimizer optimizer;
    final Trainer<Batch> trainer;
    private final DataLoader loader;
    private final Generator generator;

    /**
     * Made anew, as by a program that starts.
     *
     * @param start of the random numbers: what is resumed must not depend on it
     */
    Rehearsal(Path folder, int epochs, long start) {
        generator = new Generator(start);
        List<Sequential> made = new ArrayList<>();
        generator.with(() ->
                made.add(
                        new Sequential(
                                new Linear(3, 6),
                                new BatchNorm(6),
                                new Tanh(),
                                new Dropout(0.3),
                                new Linear(6, 2))));
        net = made.getFirst();
        optimizer = new Adam(net.parameters(), 0.02);
        optimizer.group(net.parameters().subList(0, 1), 0.01, 0.1);
        Tensor x = new Generator(1).randn(17, 3);
        Tensor y = x.square().sum(1, true).mul(Tensor.of(new double[][] {{1, -0.5}}));
        loader =
                new DataLoader(new TensorDataset(x, y), 3)
                        .shuffle(2)
                        .prefetch(2)
                        .map(b ->
                                new Batch(
                                        b.inputs().add(Tensor.randn(b.size(), 3).mul(0.01)),
                                        b.targets()));
        trainer =
                Trainer.of(net, optimizer, Losses::mse)
                        .epochs(epochs)
                        .accumulate(2)
                        .clipNorm(1)
                        .schedule(Schedule.warmup(4).then(4, Schedule.cosine(40, 0.1)))
                        .validate(
                                new DataLoader(
                                        new TensorDataset(x.slice("::2"), y.slice("::2")), 4))
                        .metric("mae", Metrics::meanAbsoluteError)
                        .stopEarly(1000)
                        .checkpoints(folder, 1, 2);
    }

    /** Goes on from the newest checkpoint, if there is one. */
    Rehearsal run() {
        generator.with(() -> {
            trainer.resume();
            trainer.fit(loader);
        });
        return this;
    }

    /** All that there is at the end, but for the seconds. */
    String end() {
        var text = new StringBuilder();
        net.slots().forEach((name, slot) -> add(text, name, slot.value()));
        optimizer.slots().forEach((name, slot) -> add(text, name, slot.value()));
        text.append(generator.seed()).append(' ').append(generator.position()).append('\n');
        text.append("best ").append(trainer.bestStep()).append('\n');
        trainer.reports()
                .forEach(r ->
                        text.append(r.toString().replaceAll(" seconds=\\S+", "")).append('\n'));
        return text.toString();
    }

    private static void add(StringBuilder text, String name, Tensor t) {
        text.append(name).append(' ');
        // Hexadecimal, so that each bit shows.
        Arrays.stream(t.toArray()).forEach(x -> text.append(Double.toHexString(x)).append(' '));
        text.append('\n');
    }
}
