package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.util.concurrent.atomic.AtomicReference;

/** Every mistake a user can make with a tape: what it throws, and what the message says. */
class TapeErrorsTest {
    private static final Class<IllegalStateException> STATE = IllegalStateException.class;

    private final Tensor x = Tensor.of(1.0, 2, 3);

    @AfterEach
    void leavesNoTapeOpen() {
        assertNull(Tape.current());
    }

    /** The line from which this is called, as messages name it. */
    private static String here() {
        StackTraceElement caller = new Throwable().getStackTrace()[1];
        return caller.getFileName() + ":" + caller.getLineNumber();
    }

    /** Runs code in another thread, and throws here what it throws there. */
    private static void elsewhere(Executable code) throws Throwable {
        var thrown = new AtomicReference<Throwable>();
        Thread thread =
                Thread.ofPlatform()
                        .name("another thread")
                        .start(() -> {
                            try {
                                code.execute();
                            } catch (Throwable t) {
                                thrown.set(t);
                            }
                        });
        thread.join();
        Throwable t = thrown.get();
        if (t != null) {
            throw t;
        }
    }

    // ------------------------------------------------------------------ asking for gradients

    @Test
    void gradientOfANonScalar() {
        try (var tape = Tape.watch(x)) {
            Says.illegal(
                    () -> tape.gradients(x.square()),
                    "gradients: shape [3] is not a scalar",
                    "sum() or mean()",
                    "gradients(y, seed)");
            Says.illegal(() -> tape.gradients(x.slice("1:1")), "shape [0]");
            Says.illegal(
                    () -> tape.gradients(x.square(), Tensor.ones(2)),
                    "seed is FLOAT32 of shape [2]",
                    "[3]");
            Says.illegal(
                    () -> tape.gradients(x.square(), Tensor.of(1, 0, 2)),
                    "seed",
                    "INT32",
                    "FLOAT32");
        }
    }

    @Test
    void gradientOfSomethingTheTapeHasNotSeen() {
        Tensor before = x.sum();
        try (var tape = Tape.watch(x)) {
            Says.illegal(
                    () -> tape.gradients(before),
                    "has not seen this tensor of shape []",
                    "does not depend on a watched tensor or a parameter");
            Says.illegal(() -> tape.gradients(Tensor.scalar(1)), "has not seen");
            Says.illegal(() -> tape.gradients(x.sum().detach()), "has not seen");
        }
    }

    @Test
    void gradientOfAnIntegerTensor() {
        try (var tape = Tape.watch(x)) {
            Tensor ints = x.sum().to(DType.INT32);
            Says.illegal(() -> tape.gradients(ints), "a tensor of INT32 has no gradient");
        }
    }

    @Test
    void gradientByAnIntegerTensor() {
        Says.illegal(
                () -> Tape.watch(x, Tensor.of(1, 2)),
                "a tensor of INT32, shape [2], has no gradient",
                "to(DType.FLOAT32)");
        assertNull(Tape.current(), "the tape that could not watch is closed");
    }

    @Test
    void gradientByWhatWasNotWatched() {
        var weight = new Parameter("weight", x);
        var bias = new Parameter("bias", x);
        bias.freeze();
        try (var tape = Tape.watch(x)) {
            Gradients gradients = tape.gradients(x.mul(bias.value()).sum());
            Says.illegal(() -> gradients.of(Tensor.ones(3)), "shape [3]", "not watched");
            Says.illegal(() -> gradients.of(weight), "the parameter weight", "not used");
            Says.illegal(() -> gradients.of(bias), "the parameter bias", "not frozen");
        }
    }

    @Test
    void normOfNoGradients() {
        try (var tape = Tape.watch(x)) {
            Gradients none = new Gradients();
            Says.error(STATE, none::norm, "norm: there is no gradient");
            assertEquals(Math.sqrt(3), tape.gradients(x.sum()).norm().item(), 1e-6);
        }
    }

    // ------------------------------------------------------------------ open and closed

    @Test
    void aTapeForgottenOpen() {
        Tape forgotten = Tape.start();
        String line = here().replaceAll("\\d+$", "");
        int number = Integer.parseInt(here().replaceAll(".*:", "")) - 2;
        Says.error(
                STATE,
                Tape::start,
                "a tape is already open in this thread, since " + line + number,
                "try-with-resources",
                "Tape.nested()");
        Says.error(STATE, () -> Tape.start(Mode.EVAL), line + number);
        Says.error(STATE, () -> Tape.watch(x), line + number);
        forgotten.close();
        Tape.start().close();
    }

    @Test
    void aForgottenTapeCanBeEnded() {
        Tape.start();
        Tape forgotten = assertInstanceOf(Tape.class, Tape.current());
        forgotten.close();
        assertNull(Tape.current());
    }

    @Test
    void closingInTheWrongOrder() {
        try (var outer = Tape.start()) {
            try (var inner = Tape.nested(x)) {
                Says.error(STATE, outer::close, "has a tape inside that is still open", "" + inner);
                assertArrayEquals(new double[] {1, 1, 1}, inner.gradients(x.sum()).of(x).toArray());
            }
        }
    }

    @Test
    void usingAClosedTape() {
        Tape tape = Tape.watch(x);
        String line = here().replaceAll("\\d+$", "");
        Tensor y = x.sum();
        tape.close();
        tape.close();
        Says.error(STATE, () -> tape.gradients(y), "the tape opened at " + line, "is closed");
        Says.error(STATE, () -> tape.track(x), "is closed");
    }

    // ------------------------------------------------------------------ stale tensors

    @Test
    void aTensorThatOutlivesItsTape() {
        Tensor y;
        Tensor gradient;
        try (var tape = Tape.watch(x)) {
            y = x.square();
            gradient = tape.gradients(y.sum()).of(x);
        }
        for (Tensor stale : new Tensor[] {y, gradient}) {
            Says.error(STATE, () -> stale.add(1), "add: a tensor of shape [3] is stale", "keep()");
            Says.error(STATE, stale::toArray, "stale", "given back when the tape opened at ");
            Says.error(STATE, stale::toString, "stale", "TapeErrorsTest.java:");
            Says.error(STATE, stale::keep, "stale");
            Says.error(STATE, () -> stale.reshape(3, 1), "reshape", "stale");
        }
    }

    @Test
    void aParameterThatWasUpdatedInPlace() {
        var weight = new Parameter("weight", x);
        Tensor old = weight.value();
        Program doubled = Program.of(Expr.in(0).mul(2));
        Slot.update(
                doubled,
                new Slot[] {weight},
                new Tensor[0],
                new double[0],
                () -> "was updated by a test");
        Says.error(STATE, () -> old.add(1), "`weight`", "was updated by a test", "keep()");
        assertArrayEquals(new double[] {2, 4, 6}, weight.value().toArray());
    }

    @Test
    void aBackwardPassOverAParameterUpdatedInBetween() {
        var weight = new Parameter("weight", x);
        Program doubled = Program.of(Expr.in(0).mul(2));
        try (var tape = Tape.start()) {
            Tensor loss = weight.value().square().sum();
            Slot.update(
                    doubled,
                    new Slot[] {weight},
                    new Tensor[0],
                    new double[0],
                    () -> "was doubled");
            Says.error(STATE, () -> tape.gradients(loss), "stale", "`weight`", "was doubled");
        }
    }

    // ------------------------------------------------------------------ threads

    @Test
    void aTapeFromAnotherThread() throws Throwable {
        try (var tape = Tape.watch(x)) {
            Tensor loss = x.square().sum();
            String mine = Thread.currentThread().getName();
            elsewhere(() -> {
                Says.error(
                        STATE,
                        () -> tape.gradients(loss),
                        tape + " belongs to the thread " + mine,
                        "not to another thread");
                Says.error(STATE, () -> tape.track(x), "another thread");
                Says.error(STATE, tape::close, "by the thread " + mine, "closed there");
            });
            assertArrayEquals(new double[] {2, 4, 6}, tape.gradients(loss).of(x).toArray());
        }
    }

    @Test
    void aRecordedTensorInAnotherThread() throws Throwable {
        try (var tape = Tape.watch(x)) {
            Tensor y = x.square();
            Tensor kept = y.keep();
            elsewhere(() -> {
                Says.error(
                        STATE,
                        () -> y.add(1),
                        "add: a tensor of shape [3] belongs to " + tape,
                        "not open in this thread",
                        "keep()");
                assertArrayEquals(new double[] {2, 5, 10}, kept.add(1).toArray());
                assertArrayEquals(new double[] {2, 3, 4}, x.add(1).toArray());
                assertNull(Tape.current());
            });
        }
    }

    @Test
    void twoThreadsTrainAtOnce() throws Throwable {
        try (var tape = Tape.watch(x)) {
            Tensor y = x.square();
            elsewhere(() -> {
                try (var other = Tape.watch(x)) {
                    Tensor z = x.mul(5).sum();
                    assertArrayEquals(new double[] {5, 5, 5}, other.gradients(z).of(x).toArray());
                }
            });
            assertArrayEquals(new double[] {2, 4, 6}, tape.gradients(y.sum()).of(x).toArray());
        }
    }

    // ------------------------------------------------------------------ slots

    @Test
    void aSlotKeepsItsShapeAndType() {
        var slot = new Slot("mean", x);
        Says.illegal(
                () -> slot.set(Tensor.ones(4)),
                "slot mean holds FLOAT32 of shape [3]",
                "not FLOAT32 of shape [4]");
        Says.illegal(() -> slot.set(Tensor.of(1, 2, 3).to(DType.FLOAT64)), "not FLOAT64");
        slot.set(Tensor.of(7.0, 8, 9));
        assertArrayEquals(new double[] {7, 8, 9}, slot.value().toArray());
        assertTrue(slot.toString().contains("mean"));
    }
}
