package dev.gradus.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.io.SafeTensors;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Sequential;
import dev.gradus.optim.Adam;
import dev.gradus.optim.AdamW;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.Schedule;
import dev.gradus.optim.Sgd;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

// Longer than other files: what is saved, what is refused and what is resumed share one training.

class CheckpointTest {
    private static final int EPOCHS = 4;

    /** Fewer, since each of its steps is one to crash in. */
    private static final int CRASH_EPOCHS = 3;

    @TempDir Path folder;

    /** As if the machine had lost its power: after the checkpoint of a step, before the next. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static Callback crashIn(int step) {
        return new Callback() {
            @Override
            public void onStep(Trainer<?> trainer, double loss) {
                if (trainer.step() == step) {
                    throw new Crash();
                }
            }
        };
    }

    /** Also in the middle of an epoch, and at its end before the report. */
    @TestFactory
    Stream<DynamicTest> aTrainingThatCrashedEndsWithTheSameBits() {
        String expected = new Rehearsal(folder.resolve("whole"), CRASH_EPOCHS, 7).run().end();
        assertNotEquals(
                expected, new Rehearsal(folder.resolve("other"), CRASH_EPOCHS, 8).run().end());
        return IntStream.rangeClosed(1, CRASH_EPOCHS * Rehearsal.STEPS_PER_EPOCH)
                .mapToObj(step ->
                        DynamicTest.dynamicTest(
                                "in step " + step, () -> crashAndGoOn(step, expected)));
    }

    private void crashAndGoOn(int step, String expected) throws IOException {
        Path own = folder.resolve("crash-" + step);
        var first = new Rehearsal(own, CRASH_EPOCHS, 7);
        first.trainer.on(crashIn(step));
        assertThrows(Crash.class, first::run);
        assertEquals(step - 1, step == 1 ? 0 : newest(own));
        var second = new Rehearsal(own, CRASH_EPOCHS, step == 1 ? 7 : 99);
        assertEquals(expected, second.run().end());
        // Finished: nothing happens any more.
        assertEquals(expected, new Rehearsal(own, CRASH_EPOCHS, 98).run().end());
    }

    private static int newest(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString().replaceAll("\\D", ""))
                    .filter(digits -> !digits.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .max()
                    .orElseThrow();
        }
    }

    @Test
    void keepsTheNewestAndTheBest() throws IOException {
        long start = System.nanoTime();
        var done = new Rehearsal(folder, EPOCHS, 7).run();
        double passed = (System.nanoTime() - start) / 1e9;
        assertTrue(done.trainer.seconds() <= passed, "a checkpoint counts no second twice");
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(
                    List.of(
                            "best.safetensors",
                            "checkpoint-00000011.safetensors",
                            "checkpoint-00000012.safetensors"),
                    all.map(file -> file.getFileName().toString()).sorted().toList());
        }
        Checkpoint best = Checkpoint.read(folder.resolve("best.safetensors"));
        assertEquals(done.trainer.bestStep(), best.step());
        double valLoss =
                done.trainer.reports().stream()
                        .mapToDouble(r -> r.of("valLoss"))
                        .min()
                        .orElseThrow();
        assertEquals(valLoss, best.state().best);
        // Its weights alone, in a model for use.
        var model = new Rehearsal(folder.resolve("unused"), EPOCHS, 1).net;
        best.restore(model);
        try (var open = SafeTensors.open(folder.resolve("best.safetensors"))) {
            for (var slot : model.slots().entrySet()) {
                assertEquals(
                        Arrays.toString(open.tensor("model." + slot.getKey()).toArray()),
                        Arrays.toString(slot.getValue().value().toArray()));
            }
        }
    }

    /** The state in a checkpoint says which step was the best: so that file is there before. */
    @Test
    void theBestIsSavedBeforeTheCheckpointThatKnowsOfIt() throws IOException {
        String expected = new Rehearsal(folder.resolve("whole"), 2, 7).run().end();
        Path own = folder.resolve("own");
        Path checkpoint = own.resolve("checkpoint-00000003.safetensors");
        Path inTheWay = checkpoint.resolve("full");
        var first = new Rehearsal(own, 2, 7);
        first.trainer.on(
                new Callback() {
                    @Override
                    public void onReport(Trainer<?> trainer, Report report) {
                        try {
                            Files.delete(checkpoint); // as of the step, before its report
                            Files.createDirectories(inTheWay);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }
                });
        assertThrows(UncheckedIOException.class, first::run);
        assertEquals(3, Checkpoint.read(own.resolve("best.safetensors")).step());
        Files.delete(inTheWay);
        Files.delete(checkpoint);
        assertEquals(expected, new Rehearsal(own, 2, 99).run().end());
    }

    /** A model and its optimizer, and what the message must say of them. */
    private record Other(
            String name,
            Layer model,
            Function<Layer, Optimizer> optimizer,
            String... differences) {}

    @TestFactory
    Stream<DynamicTest> anotherArchitectureIsAnErrorThatChangesNothing() throws IOException {
        Layer saved = new Sequential(new Linear(2, 3), new Linear(3, 1));
        Path file = folder.resolve("a.safetensors");
        Checkpoint.of(saved, new Adam(saved.parameters(), 0.1), new TrainingState()).save(file);
        Function<Layer, Optimizer> adam = layer -> new Adam(layer.parameters(), 0.1);
        return Stream.of(
                        new Other(
                                "wider",
                                new Sequential(new Linear(2, 4), new Linear(4, 1)),
                                adam,
                                "model.0.weight: FLOAT32 [2, 3] in the file and FLOAT32 [2, 4]"
                                        + " here",
                                "model.0.bias: FLOAT32 [3] in",
                                "model.1.weight: FLOAT32 [3, 1] in",
                                "optimizer.0.weight.m: FLOAT32 [2, 3] in"),
                        new Other(
                                "deeper",
                                new Sequential(
                                        new Linear(2, 3), new Linear(3, 1), new Linear(1, 1)),
                                adam,
                                "model.2.weight: not in the file; here FLOAT32 [1, 1]",
                                "optimizer.steps: INT32 [4] in the file and INT32 [6] here"),
                        new Other(
                                "shallower",
                                new Sequential(new Linear(2, 3)),
                                adam,
                                "model.1.bias: FLOAT32 [1] in the file; not here"),
                        new Other(
                                "another optimizer",
                                new Sequential(new Linear(2, 3), new Linear(3, 1)),
                                layer -> new AdamW(layer.parameters(), 0.1, 0.01),
                                "the optimizer is dev.gradus.optim.Adam in the file and"
                                        + " dev.gradus.optim.AdamW here"),
                        new Other(
                                "other state",
                                new Sequential(new Linear(2, 3), new Linear(3, 1)),
                                layer -> new Sgd(layer.parameters(), 0.1, 0.9),
                                "optimizer.0.weight.velocity: not in the file",
                                "optimizer.0.weight.v: FLOAT32 [2, 3] in the file; not here"),
                        new Other(
                                "another group",
                                new Sequential(new Linear(2, 3), new Linear(3, 1)),
                                layer -> {
                                    var o = new Adam(layer.parameters(), 0.1);
                                    o.group(layer.parameters().subList(0, 1), 0.2, 0);
                                    return o;
                                },
                                "groups of parameters: 1 in the file and 2 here"))
                .map(other -> DynamicTest.dynamicTest(other.name, () -> isRefused(file, other)));
    }

    private static void isRefused(Path file, Other other) throws IOException {
        Optimizer optimizer = other.optimizer.apply(other.model);
        double[] before = TrainerTest.bits(other.model.slots());
        Checkpoint checkpoint = Checkpoint.read(file);
        for (String difference : other.differences) {
            TrainerTest.says(difference, () -> checkpoint.restore(other.model, optimizer));
        }
        TrainerTest.says("nothing was changed", () -> checkpoint.restore(other.model, optimizer));
        assertEquals(
                Arrays.toString(before), Arrays.toString(TrainerTest.bits(other.model.slots())));
        assertEquals(0, Arrays.stream(TrainerTest.bits(optimizer.slots())).sum());
    }

    /** Whatever byte is another one, the file is refused, or says the same as before. */
    @Test
    void aDamagedFileIsNeverLoaded() throws IOException {
        Layer model = new Sequential(new Linear(2, 2));
        Path file = folder.resolve("a.safetensors");
        Checkpoint.of(model, new Adam(model.parameters(), 0.1), new TrainingState()).save(file);
        byte[] whole = Files.readAllBytes(file);
        String expected = content(file);
        var random = new java.util.Random(1);
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) (1 << random.nextInt(8));
            refused += isRefused(file, damaged, expected) ? 1 : 0;
        }
        assertTrue(refused > whole.length * 0.95, refused + " of " + whole.length);
        for (int length = 0; length < whole.length; length += 7) {
            assertTrue(isRefused(file, Arrays.copyOf(whole, length), expected), "length " + length);
        }
        assertTrue(isRefused(file, Arrays.copyOf(whole, whole.length + 1), expected));
    }

    private static boolean isRefused(Path file, byte[] bytes, String expected) throws IOException {
        Files.write(file, bytes);
        try {
            assertEquals(expected, content(file));
            return false;
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            assertTrue(message.contains(file.getFileName().toString()), message);
            return true;
        }
    }

    private static String content(Path file) throws IOException {
        var checkpoint = Checkpoint.read(file);
        Map<String, String> all = new TreeMap<>(checkpoint.metadata());
        checkpoint.tensors().forEach((name, t) -> all.put(name, Arrays.toString(t.toArray())));
        return all.toString();
    }

    @Test
    void theNewestThatIsWholeIsResumedAndTheOthersAreNamed() throws IOException {
        var whole = new Rehearsal(folder.resolve("whole"), EPOCHS, 7).run();
        Path own = folder.resolve("own");
        var first = new Rehearsal(own, EPOCHS, 7);
        first.trainer.on(crashIn(9));
        assertThrows(Crash.class, first::run);
        Path newest = own.resolve("checkpoint-00000008.safetensors");
        byte[] bytes = Files.readAllBytes(newest);
        Files.write(newest, Arrays.copyOf(bytes, bytes.length / 2));
        Files.writeString(own.resolve("checkpoint-00000010.safetensors"), "nonsense");
        var second = new Rehearsal(own, EPOCHS, 99);
        String warnings = warnings(() -> assertTrue(second.trainer.resume()));
        assertEquals(7, second.trainer.step());
        assertTrue(warnings.contains("checkpoint-00000008"), warnings);
        assertTrue(warnings.contains("checkpoint-00000010"), warnings);
        assertEquals(whole.end(), second.run().end());

        for (int step = 11; step <= 12; step++) {
            Files.writeString(own.resolve("checkpoint-000000" + step + ".safetensors"), "");
        }
        var third = new Rehearsal(own, EPOCHS, 99);
        String message =
                String.valueOf(
                        assertThrows(UncheckedIOException.class, third.trainer::resume)
                                .getMessage());
        assertTrue(message.contains("none of the 2 checkpoints"), message);
    }

    private static String warnings(Runnable code) {
        PrintStream before = System.err;
        var bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            code.run();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aFolderIsOneTrainings() {
        new Rehearsal(folder, 1, 7).run();
        var other = new Rehearsal(folder, 1, 7);
        TrainerTest.says(
                "has checkpoints of another training, up to step 3",
                () -> other.trainer.fit(List.of()));
        var fresh = new Rehearsal(folder.resolve("fresh"), 1, 7);
        assertFalse(fresh.trainer.resume());
    }

    @Test
    void numbersOfTheProgramComeBackAndAnotherScheduleIsNamed() throws IOException {
        Layer model = new Linear(2, 1);
        var adam = new Adam(model.parameters(), 0.1);
        var state = new TrainingState();
        state.step = 5;
        state.stale = 3;
        state.seconds = 12.5;
        state.reports.add(new Report(5, 1, Map.of("trainLoss", 1.0)));
        adam.setLearningRate(0.03);
        adam.setLearningRateFactor(0.5);
        adam.groups().getFirst().setWeightDecay(0.2);
        var generator = new Generator(3);
        generator.with(() -> {
            Tensor.rand(5);
            write(
                    Checkpoint.of(model, adam, state),
                    folder.resolve("checkpoint-00000005.safetensors"));
        });

        var other = new Adam(model.parameters(), 0.7);
        var trainer =
                new Trainer<Object>(model, other, b -> new Outcome(Tensor.scalar(0), 1))
                        .schedule(Schedule.constant(0.25))
                        .epochs(9)
                        .stopEarly(3)
                        .checkpoints(folder, 0, 1);
        var resumed = new Generator(0);
        String warnings = warnings(() -> resumed.with(trainer::resume));
        assertTrue(warnings.contains("its factor in step 4 is 0.25, and was 0.5"), warnings);
        assertEquals(0.015, trainer.learningRate(), 1e-15);
        assertEquals(3, resumed.seed());
        assertEquals(generator.position(), resumed.position());
        assertEquals(0.2, other.groups().getFirst().weightDecay());
        assertEquals(12.5, trainer.seconds());
        trainer.fit(List.of(model)); // has stopped early
        assertEquals(5, trainer.step());
    }

    @Test
    void whatEndsInTheMiddleOfAnEpochIsSavedToo() throws IOException {
        Layer model = new Linear(2, 1);
        new Trainer<Tensor>(
                        model,
                        new Sgd(model.parameters(), 0.1),
                        x -> new Outcome(model.apply(x).sum(), 1))
                .steps(2)
                .checkpoints(folder, 0, 1)
                .fit(List.of(Tensor.ones(1, 2), Tensor.ones(1, 2), Tensor.ones(1, 2)));
        assertEquals(2, newest(folder));
    }

    private static void write(Checkpoint checkpoint, Path file) {
        try {
            checkpoint.save(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
