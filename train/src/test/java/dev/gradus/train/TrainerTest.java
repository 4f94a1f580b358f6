package dev.gradus.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.autograd.Tape;
import dev.gradus.data.Batch;
import dev.gradus.data.DataLoader;
import dev.gradus.data.TensorDataset;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Tanh;
import dev.gradus.optim.Adam;
import dev.gradus.optim.Schedule;
import dev.gradus.optim.Sgd;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class TrainerTest {
    /** 13 points inside and outside of a circle: batches of 4, 4, 4 and 1. */
    private static DataLoader circle(int n, long seed) {
        Tensor x = new Generator(seed).rand(n, 2).mul(2).sub(1);
        Tensor inside = x.square().sum(1, false).lt(0.5);
        return new DataLoader(new TensorDataset(x, inside.to(dev.gradus.shape.DType.INT32)), 4);
    }

    private static Sequential net() {
        var net = new Sequential[1];
        new Generator(5)
                .with(() ->
                        net[0] =
                                new Sequential(
                                        new Linear(2, 8),
                                        new Tanh(),
                                        new Dropout(0.2),
                                        new Linear(8, 2)));
        return net[0];
    }

    static double[] bits(Map<String, Slot> slots) {
        return slots.values().stream()
                .flatMapToDouble(slot -> java.util.Arrays.stream(slot.value().toArray()))
                .toArray();
    }

    /** The loop of the README. */
    @Test
    void fitIsTheLoopOneWritesByHand() {
        Sequential mine = net();
        var adam = new Adam(mine.parameters(), 0.01);
        DataLoader loader = circle(13, 1).shuffle(3);
        var schedule = Schedule.cosine(12, 0.1);
        new Generator(7)
                .with(() -> {
                    int step = 0;
                    for (int epoch = 0; epoch < 3; epoch++) {
                        for (Batch batch : loader) {
                            adam.setLearningRateFactor(schedule.factor(step++));
                            try (var tape = Tape.start()) {
                                Tensor loss =
                                        Losses.crossEntropy(
                                                mine.apply(batch.inputs()), batch.targets());
                                adam.step(tape.gradients(loss).clipNorm(0.5));
                            }
                        }
                    }
                });

        Sequential net = net();
        var optimizer = new Adam(net.parameters(), 0.01);
        var trainer =
                Trainer.of(net, optimizer, Losses::crossEntropy)
                        .epochs(3)
                        .schedule(schedule)
                        .clipNorm(0.5);
        new Generator(7).with(() -> trainer.fit(circle(13, 1).shuffle(3)));
        assertArrayEquals(bits(mine.slots()), bits(net.slots()));
        assertArrayEquals(bits(adam.slots()), bits(optimizer.slots()));
        assertEquals(12, trainer.step());
        assertEquals(3, trainer.epoch());
    }

    /** A model with a loss of its own, and no batch type of ours: w·x, (w·x − y)². */
    record Line(double[] x, double[] y) {}

    private static final class Slope extends Layer {
        private final Parameter w = parameter("w", Tensor.of(0.5));

        Outcome miss(Line line) {
            Tensor loss = Losses.mse(w.value().mul(Tensor.of(line.x)), Tensor.of(line.y));
            return new Outcome(loss, line.x.length);
        }
    }

    /** As one batch of all five: the gradient is Σ 2x(wx − y) / 5, whatever the parts. */
    @ParameterizedTest
    @MethodSource
    void accumulationIsALargeBatch(List<Line> parts) {
        var model = new Slope();
        List<Report> reports =
                new Trainer<>(model, new Sgd(model.parameters(), 0.1), model::miss)
                        .accumulate(3)
                        .epochs(1)
                        .fit(parts);
        // w = ½: wx − y = −1.5 −2 −2.5 −3 −3.5; Σ 2x(wx − y) = −85 over x = 1 … 5
        assertEquals(0.5 + 0.1 * 85 / 5, model.w.value().item(), 1e-6);
        assertEquals((2.25 + 4 + 6.25 + 9 + 12.25) / 5, reports.getLast().of("trainLoss"), 1e-6);
        assertEquals(1, reports.getLast().step());

        var clipped = new Slope();
        new Trainer<>(clipped, new Sgd(clipped.parameters(), 0.1), clipped::miss)
                .accumulate(3)
                .clipNorm(2) // of −17
                .epochs(1)
                .fit(parts);
        assertEquals(0.5 + 0.1 * 2, clipped.w.value().item(), 1e-6);
    }

    static Stream<List<Line>> accumulationIsALargeBatch() {
        var a = new Line(new double[] {1, 2}, new double[] {2, 3});
        var b = new Line(new double[] {3, 4}, new double[] {4, 5});
        var c = new Line(new double[] {5}, new double[] {6});
        var bc = new Line(new double[] {3, 4, 5}, new double[] {4, 5, 6});
        var all = new Line(new double[] {1, 2, 3, 4, 5}, new double[] {2, 3, 4, 5, 6});
        return Stream.of(List.of(all), List.of(a, b, c), List.of(c, a, b), List.of(a, bc));
    }

    @Test
    void theLastUpdateOfAnEpochMayHaveFewerBatches() {
        Sequential net = net();
        var trainer = Trainer.of(net, new Sgd(net.parameters(), 0.1), Losses::crossEntropy);
        List<Integer> steps = new ArrayList<>();
        trainer.accumulate(3)
                .epochs(2)
                .on(
                        new Callback() {
                            @Override
                            public void onStep(Trainer<?> t, double loss) {
                                steps.add(t.epoch());
                            }
                        })
                .fit(circle(13, 1)); // 3 + 1 batches
        assertEquals(List.of(0, 0, 1, 1), steps);
        assertEquals(4, trainer.totalSteps());
    }

    @Test
    void validationAndMetricsSeeAllSamplesAtOnceAndTheModelInUse() {
        Sequential net = net();
        DataLoader validation = circle(13, 2);
        var trainer =
                Trainer.of(net, new Sgd(net.parameters(), 0.1), Losses::crossEntropy)
                        .epochs(2)
                        .validate(validation.shuffle(1))
                        .metric("accuracy", Metrics::accuracy)
                        .metric("perplexity", Metrics::perplexity);
        List<Report> reports = trainer.fit(circle(13, 1));
        Tensor logits =
                net.apply(new TensorDataset(x(validation), y(validation)).get(all()).inputs());
        Report last = reports.getLast();
        assertEquals(2, reports.size());
        assertEquals(Losses.crossEntropy(logits, y(validation)).item(), last.of("valLoss"), 1e-6);
        assertEquals(Math.exp(last.of("valLoss")), last.of("perplexity"), 1e-5);
        assertEquals(Metrics.accuracy(logits, y(validation)), last.of("accuracy"), 1e-15);
        assertEquals(0.1, last.of("learningRate"));
        assertEquals(
                last.of("valLoss"),
                trainer.evaluate(validation).getOrDefault("loss", Double.NaN),
                1e-6);
    }

    private static int[] all() {
        return IntStream.range(0, 13).toArray();
    }

    private static Tensor x(DataLoader loader) {
        return loader.dataset().get(all()).inputs();
    }

    private static Tensor y(DataLoader loader) {
        return loader.dataset().get(all()).targets();
    }

    /** w ← w − 0.1 · 2(w − 0): the loss falls until the data changes at epoch 3. */
    @Test
    void stopsEarlyAndRemembersTheBest() {
        var model = new Slope();
        var trainer =
                new Trainer<Line>(model, new Sgd(model.parameters(), 0.1), model::miss)
                        .epochs(100)
                        .stopEarly(4);
        List<Report> reports =
                trainer.fit((epoch, skip) -> {
                    double y = epoch < 3 ? 0 : 10 + epoch;
                    return List.of(new Line(new double[] {1}, new double[] {y})).iterator();
                });
        assertEquals(7, reports.size());
        assertEquals(3, trainer.bestStep());
        assertEquals(3, reports.get(2).step());
        assertEquals(7, trainer.epoch());

        // From (½)² on the loss can fall by ¼ at most.
        var slow = new Slope();
        new Trainer<Line>(slow, new Sgd(slow.parameters(), 0.1), slow::miss)
                .epochs(100)
                .stopEarly(2, 0.25)
                .fit(List.of(new Line(new double[] {1}, new double[] {0})));
        assertTrue(slow.w.value().item() > 0.2, "stops after three epochs: 0.5 · 0.8³ = 0.256");
    }

    @ParameterizedTest
    @MethodSource
    void reportsAreDue(Consumer<Trainer<Batch>> settings, List<Integer> steps, int epochs) {
        Sequential net = net();
        var trainer = Trainer.of(net, new Sgd(net.parameters(), 0.1), Losses::crossEntropy);
        settings.accept(trainer);
        List<Report> reports = trainer.fit(circle(13, 1)); // four batches an epoch
        assertEquals(steps, reports.stream().map(Report::step).toList());
        assertEquals(epochs, trainer.epoch());
        for (Report report : reports) {
            assertEquals((report.step() + 3) / 4, report.epoch());
        }
    }

    static Stream<Arguments> reportsAreDue() {
        return Stream.of(
                due(t -> t.epochs(2), List.of(4, 8), 2),
                due(t -> t.steps(8), List.of(4, 8), 2),
                due(t -> t.steps(9), List.of(4, 8, 9), 2),
                due(t -> t.epochs(2).reportEvery(3), List.of(3, 6, 8), 2),
                due(t -> t.epochs(5).steps(6).reportEvery(3), List.of(3, 6), 1),
                due(t -> t.epochs(5).on(stopAt(6)), List.of(4, 6), 1),
                due(t -> t.epochs(1).on(stopAt(4)), List.of(4), 1));
    }

    private static Arguments due(
            Consumer<Trainer<Batch>> settings, List<Integer> steps, int epochs) {
        return Arguments.of(settings, steps, epochs);
    }

    private static Callback stopAt(int step) {
        return new Callback() {
            @Override
            public void onStep(Trainer<?> trainer, double loss) {
                if (trainer.step() == step) {
                    trainer.stop();
                }
            }
        };
    }

    @Test
    void goesOnWithMoreEpochs() {
        Sequential once = net();
        Sequential twice = net();
        var trainer = Trainer.of(once, new Sgd(once.parameters(), 0.1, 0.9), Losses::crossEntropy);
        new Generator(7).with(() -> trainer.epochs(3).fit(circle(13, 1).shuffle(1)));
        var second = Trainer.of(twice, new Sgd(twice.parameters(), 0.1, 0.9), Losses::crossEntropy);
        new Generator(7)
                .with(() -> {
                    second.steps(6)
                            .fit(circle(13, 1).shuffle(1).prefetch(2)); // in the second epoch
                    second.steps(12).fit(circle(13, 1).shuffle(1));
                });
        assertArrayEquals(bits(once.slots()), bits(twice.slots()));
    }

    /** A loss that is NaN or infinite, or no batch, or no end: says what to do. */
    @Test
    void mistakesAreExplained() {
        var model = new Slope();
        var one = new Line(new double[] {1}, new double[] {1});
        var bad = new Line(new double[] {1}, new double[] {Double.NaN});
        var trainer = new Trainer<>(model, new Sgd(model.parameters(), 0.1), model::miss);
        List<Callback> ended = new ArrayList<>();
        trainer.on(
                new Callback() {
                    @Override
                    public void onEnd(Trainer<?> t) {
                        ended.add(this);
                    }
                });
        says("set epochs(n) or steps(n)", () -> trainer.fit(List.of(one)));
        trainer.epochs(1).accumulate(2);
        says("has no batches", () -> trainer.fit(List.of()));
        double before = model.w.value().item();
        says(
                "the loss became NaN in step 0 (epoch 0, batch 1), at the learning rate 0.1",
                () -> trainer.fit(List.of(one, bad)));
        assertEquals(before, model.w.value().item());
        assertEquals(2, ended.size());
        assertEquals(null, Tape.current());
        says("\"a b\" is no name", () -> trainer.metric("a b", Metrics::r2));
        trainer.metric("r2", Metrics::r2);
        says("need data", () -> trainer.fit(List.of(one)));
        trainer.validate(List.of(one));
        says("give both to the Outcome", () -> trainer.fit(List.of(one)));
        says("take its mean()", () -> new Outcome(Tensor.zeros(2), 2));
        says("at least 1 sample", () -> new Outcome(Tensor.scalar(1), 0));
        says("no \"loss\"; it has [a]", () -> new Report(1, 1, Map.of("a", 1.0)).of("loss"));
        says("set checkpoints(", trainer::resume);
    }

    static void says(String text, org.junit.jupiter.api.function.Executable call) {
        String message = String.valueOf(assertThrows(RuntimeException.class, call).getMessage());
        assertTrue(message.contains(text), message);
    }

    @Test
    void learnsACircle() {
        Sequential net = net();
        DataLoader validation = circle(300, 2);
        var trainer =
                Trainer.of(net, new Adam(net.parameters(), 0.02), Losses::crossEntropy)
                        .epochs(60)
                        .schedule(Schedule.cosine(60 * 75, 0.05))
                        .validate(validation)
                        .metric("accuracy", Metrics::accuracy)
                        .monitor("accuracy", Goal.MAXIMISE)
                        .stopEarly(15);
        new Generator(1).with(() -> trainer.fit(circle(300, 1).shuffle(4).prefetch(2)));
        List<Report> reports = trainer.reports();
        Report best =
                reports.stream()
                        .filter(r -> r.step() == trainer.bestStep())
                        .findFirst()
                        .orElseThrow();
        assertTrue(reports.getFirst().of("accuracy") < 0.9, reports.getFirst().toString());
        assertTrue(best.of("accuracy") > 0.96, best.toString());
        assertFalse(reports.stream().anyMatch(r -> r.of("accuracy") > best.of("accuracy")));
    }
}
