package dev.gradus.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.autograd.Tape;
import dev.gradus.backend.Backends;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.Objects;
import java.util.concurrent.Executors;

/**
 * How long tensors and tapes live: what outlives its tape is kept or says that it is stale, and a
 * slip with tapes or threads names the line where it began.
 */
class LifetimeTest {
    private final Linear net = new Linear(2, 1);
    private final Parameter weight = net.parameters().get(0);
    private final Tensor x = Tensor.of(new double[][] {{1, 2}, {3, 4}});
    private final Tensor y = Tensor.of(new double[][] {{5}, {6}});

    @AfterEach
    void noTapeIsLeftOpen() {
        assertNull(Tape.current());
    }

    /** A line of this file, counted from the one that calls this. */
    private static String line(int offset) {
        int here = new Throwable().getStackTrace()[1].getLineNumber();
        return "LifetimeTest.java:" + (here + offset);
    }

    private static void error(String message, Executable code) {
        assertEquals(message, assertThrows(IllegalStateException.class, code).getMessage());
    }

    // ------------------------------------------------------------------ kept and stale

    @Test
    void aTapeTakesItsResultsAlong() {
        Tensor loss;
        Tensor kept;
        Gradients gradients;
        Gradients keptGradients;
        String opened = line(1);
        try (var tape = Tape.start()) {
            loss = Losses.mse(net.apply(x), y);
            kept = loss.keep();
            gradients = tape.gradients(loss);
            keptGradients = gradients.keep();
        }
        String because =
                " is stale: it was given back when the tape opened at "
                        + opened
                        + " closed; use keep() while it is valid to have a copy";
        error("toArray: a tensor of shape []" + because, loss::item);
        error("add: a tensor of shape []" + because, () -> kept.add(loss));
        error("toString: a tensor of shape []" + because, loss::toString);
        error("toArray: a tensor of shape [2, 1]" + because, () -> gradients.of(weight).toArray());

        assertEquals(Losses.mse(net.apply(x), y).item(), kept.item(), 1e-6);
        assertEquals(2, keptGradients.of(weight).size());
        assertEquals(kept.item() + 1, kept.add(1).item(), 1e-6);
    }

    @Test
    void aStepMakesOlderHandlesOfAParameterStale() {
        var optimizer = new Adam(net.parameters(), 0.1);
        Tensor before = weight.value();
        Tensor snapshot = weight.value().keep();
        double[] values = before.toArray();
        String stepped;
        try (var tape = Tape.start()) {
            Tensor prediction = net.apply(x);
            Tensor first = Losses.mse(prediction, y);
            Tensor second = prediction.matmul(weight.value().t()).sum();
            Gradients gradients = tape.gradients(first);
            stepped = line(1);
            optimizer.step(gradients);
            // The second loss was computed with weights that are gone: no silently wrong gradient.
            error(
                    "gradient of matmul: permute: a tensor of shape [1, 2] is stale: it held"
                            + " `weight`, which was updated by Adam.step at "
                            + stepped
                            + "; use keep() while it is valid to have a copy",
                    () -> tape.gradients(second));
        }
        error(
                "toArray: a tensor of shape [2, 1] is stale: it held `weight`, which was"
                        + " updated by Adam.step at "
                        + stepped
                        + "; use keep() while it is valid to have a copy",
                before::toArray);
        assertArrayEquals(values, snapshot.toArray());
        double[] after = weight.value().toArray();
        assertEquals(0.1, Math.abs(after[0] - values[0]), 1e-5);
    }

    @Test
    void settingASlotLeavesOlderHandlesAsTheyAre() {
        Tensor before = weight.value();
        double[] values = before.toArray();
        weight.set(Tensor.zeros(2, 1));
        assertArrayEquals(values, before.toArray());
        assertArrayEquals(new double[2], weight.value().toArray());
    }

    // ------------------------------------------------------------------ tapes

    @Test
    void howManyStepsThereWereIsWrittenWhenSomebodyAsks() {
        var optimizer = new Adam(net.parameters(), 0.1);
        Slot steps = Objects.requireNonNull(optimizer.slots().get("steps"));
        assertArrayEquals(new int[] {0, 0}, steps.value().toIntArray());
        take(optimizer);
        take(optimizer);
        assertTrue(steps.isPending());
        assertArrayEquals(new int[] {2, 2}, steps.value().toIntArray());
        assertFalse(steps.isPending());
        take(optimizer);
        assertArrayEquals(new int[] {3, 3}, steps.value().toIntArray());
        take(optimizer);
        // A checkpoint that is loaded counts, whether anybody looked before or not.
        steps.set(Tensor.of(7, 9));
        take(optimizer);
        assertArrayEquals(new int[] {8, 10}, steps.value().toIntArray());
        take(optimizer);
        steps.to(Backends.get("reference"));
        take(optimizer);
        assertArrayEquals(new int[] {10, 12}, steps.value().toIntArray());
        steps.setLater(() -> Tensor.of(1));
        assertThrows(IllegalArgumentException.class, steps::value);
    }

    private void take(Optimizer optimizer) {
        try (var tape = Tape.start()) {
            optimizer.step(tape.gradients(Losses.mse(net.apply(x), y)));
        }
    }

    @Test
    void aForgottenTapeNamesTheLineThatOpenedIt() {
        String opened = line(1);
        Tape forgotten = Tape.start();
        String message =
                "a tape is already open in this thread, since "
                        + opened
                        + ": close it first (open tapes in try-with-resources;"
                        + " Tape.current().close() ends a forgotten one), or use Tape.nested() if"
                        + " one inside the other is meant";
        error(message, Tape::start);
        error(message, () -> Tape.watch(x));
        try (var inner = Tape.nested()) {
            assertEquals("the tape opened at " + line(-1), inner.toString());
            error(
                    "the tape opened at "
                            + opened
                            + " has a tape inside that is still open: "
                            + inner,
                    forgotten::close);
        }
        Objects.requireNonNull(Tape.current()).close();
        try (var tape = Tape.watch(x)) {
            assertEquals(1, tape.gradients(x.sum()).of(x).at(0, 0));
        }
        error(
                "the tape opened at "
                        + opened
                        + " is closed; what it is asked for belongs inside its try block",
                () -> forgotten.gradients(x.sum()));
    }

    @Test
    void aTapeBelongsToItsThread() throws Exception {
        String main = Thread.currentThread().getName();
        String opened = line(1);
        try (var tape = Tape.start()) {
            Tensor loss = Losses.mse(net.apply(x), y);
            String name = "the tape opened at " + opened;
            try (var other = Executors.newSingleThreadExecutor(code -> new Thread(code, "other"))) {
                Executable used =
                        () ->
                                error(
                                        name + " belongs to the thread " + main + ", not to other",
                                        () -> tape.gradients(loss));
                Executable closed =
                        () ->
                                error(
                                        name
                                                + " was opened by the thread "
                                                + main
                                                + " and is closed there",
                                        tape::close);
                Executable read =
                        () ->
                                error(
                                        "add: a tensor of shape [] belongs to "
                                                + name
                                                + ", which is not open in this thread; keep()"
                                                + " makes a copy that any thread may use",
                                        () -> loss.add(1));
                Tensor kept = loss.keep();
                Executable keptRead = () -> assertEquals(kept.item() + 1, kept.add(1).item(), 1e-6);
                // Another thread's own tape is no concern of this one's.
                Executable own =
                        () -> {
                            try (var tapeThere = Tape.watch(x)) {
                                tapeThere.gradients(x.sum());
                            }
                        };
                for (Executable e : new Executable[] {used, closed, read, keptRead, own}) {
                    other.submit(() -> assertDoesNotThrow(e)).get();
                }
            }
            assertEquals(2, tape.gradients(loss).of(weight).size());
        }
    }
}
