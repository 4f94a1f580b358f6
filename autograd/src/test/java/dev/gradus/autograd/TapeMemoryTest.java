package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.Buffer;
import dev.gradus.shape.Says;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Who gives memory back, and when. */
class TapeMemoryTest {
    private final CountingBackend backend = new CountingBackend();
    private final Tensor x = Tensor.of(1.0, 2, 3).to(backend);

    @AfterEach
    void leavesNoTapeOpen() {
        assertNull(Tape.current());
    }

    private static Buffer buffer(Tensor t) {
        return t.view().buffer();
    }

    private static void assertStale(Tensor t) {
        Says.error(IllegalStateException.class, t::toArray, "stale");
    }

    @Test
    void closingGivesBackWhatWasRecorded() {
        List<Tensor> results = new ArrayList<>();
        List<Buffer> buffers = new ArrayList<>();
        try (var tape = Tape.watch(x)) {
            Tensor hidden = x.mul(2).tanh();
            results.add(hidden);
            results.add(hidden.reshape(3, 1).matmul(hidden.unsqueeze(0)));
            results.add(results.get(1).sum());
            assertEquals(0, backend.released());
            results.add(tape.gradients(results.get(2)).of(x));
            for (Tensor t : results) {
                assertSame(tape, Memory.tapeOf(buffer(t).owner()));
                buffers.add(buffer(t));
                assertFalse(backend.hasReleased(buffer(t)));
            }
        }
        results.forEach(TapeMemoryTest::assertStale);
        buffers.forEach(b -> assertTrue(backend.hasReleased(b)));
        assertArrayEquals(new double[] {1, 2, 3}, x.toArray());
    }

    @Test
    void everyStepGivesBackAllThatTheTapeOwned() {
        List<Integer> lost = new ArrayList<>();
        for (int step = 0; step < 3; step++) {
            int made = backend.made();
            int released = backend.released();
            try (var tape = Tape.watch(x)) {
                Tensor loss = x.sigmoid().mul(x).square().sum();
                tape.gradients(loss);
            }
            lost.add(backend.made() - made - (backend.released() - released));
        }
        assertEquals(List.of(0, 0, 0), lost);
    }

    @Test
    void whatDependsOnNothingTrackedIsTheGarbageCollectors() {
        Tensor constant;
        Tensor detached;
        try (Tape _ = Tape.watch(x)) {
            Tensor y = Tensor.of(4.0, 5, 6).to(backend);
            constant = y.square();
            detached = x.detach().mul(y);
            assertNull(buffer(constant).owner());
        }
        assertArrayEquals(new double[] {16, 25, 36}, constant.toArray());
        assertArrayEquals(new double[] {4, 10, 18}, detached.toArray());
    }

    @Test
    void keepTakesValuesOut() {
        Tensor kept;
        Gradients gradients;
        try (var tape = Tape.watch(x)) {
            Tensor square = x.square();
            kept = square.keep();
            gradients = tape.gradients(square.sum()).keep();
        }
        assertArrayEquals(new double[] {1, 4, 9}, kept.toArray());
        assertArrayEquals(new double[] {2, 4, 6}, gradients.of(x).toArray());
    }

    @Test
    void viewsOfAnInputLeaveItsMemoryAlone() {
        Tensor part;
        try (var tape = Tape.watch(x)) {
            part = x.slice("1:").unsqueeze(0).expand(2, 2);
            tape.gradients(part.sum());
        }
        assertFalse(backend.hasReleased(buffer(x)));
        assertArrayEquals(new double[] {2, 3, 2, 3}, part.toArray());
        assertArrayEquals(new double[] {1, 2, 3}, x.toArray());
    }

    @Test
    void aDetachedResultSharesTheFateOfTheResult() {
        Tensor detached;
        try (Tape _ = Tape.watch(x)) {
            detached = x.square().detach();
            assertArrayEquals(new double[] {1, 4, 9}, detached.toArray());
        }
        assertStale(detached);
    }

    @Test
    void aSlotMovesATensorOutOfTheTape() {
        var slot = new Slot("mean", x);
        try (Tape _ = Tape.watch(x)) {
            slot.set(x.square());
        }
        assertArrayEquals(new double[] {1, 4, 9}, slot.value().toArray());
        assertNull(buffer(slot.value()).owner());
    }

    @Test
    void aParameterMadeFromATensorHasItsOwnMemory() {
        Parameter parameter;
        try (Tape _ = Tape.watch(x)) {
            parameter = new Parameter("weight", x.square());
        }
        assertArrayEquals(new double[] {1, 4, 9}, parameter.value().toArray());
    }

    @Test
    void nestedMemoryPassesToTheOuterTape() {
        Tensor inner;
        Tensor gradient;
        try (var outer = Tape.watch(x)) {
            try (var tape = Tape.nested(x)) {
                inner = x.square();
                gradient = tape.gradients(inner.sum()).of(x);
                assertSame(tape, Memory.tapeOf(buffer(inner).owner()));
            }
            assertSame(outer, Memory.tapeOf(buffer(inner).owner()));
            assertSame(outer, Memory.tapeOf(buffer(gradient).owner()));
            assertArrayEquals(new double[] {2, 4, 6}, gradient.toArray());
            assertEquals(0, backend.released());
        }
        assertStale(inner);
        assertStale(gradient);
    }

    @Test
    void nestedAloneGivesBackLikeAnyOther() {
        Tensor y;
        try (Tape _ = Tape.nested(x)) {
            y = x.square();
        }
        assertStale(y);
    }

    @Test
    void aCheckpointGivesBackItsInsideWhenItIsDone() {
        List<Buffer> inside = new ArrayList<>();
        try (var tape = Tape.watch(x)) {
            Tensor y =
                    Autograd.checkpoint(
                            t -> {
                                Tensor hidden = t.exp();
                                inside.add(buffer(hidden));
                                return hidden.square();
                            },
                            x);
            assertSame(tape, Memory.tapeOf(buffer(y).owner()));
            assertEquals(1, inside.size());
            assertTrue(backend.hasReleased(inside.get(0)));
            Tensor gradient = tape.gradients(y.sum()).of(x);
            assertTrue(backend.hasReleased(inside.get(1)));
            assertEquals(2 * Math.exp(2), gradient.at(0), 1e-5);
            assertEquals(Math.exp(2), y.at(0), 1e-5);
        }
        assertEquals(2, inside.size());
    }

    @Test
    void checkpointsLoseNoMemory() {
        List<Integer> lost = new ArrayList<>();
        for (int step = 0; step < 3; step++) {
            int made = backend.made();
            int released = backend.released();
            try (var tape = Tape.watch(x)) {
                Tensor once = Autograd.checkpoint(t -> t.sigmoid().mul(t), x);
                Tensor twice =
                        Autograd.checkpoint(
                                t -> Autograd.checkpoint(u -> u.tanh().mul(u), t).exp(), once);
                tape.gradients(twice.sum());
                tape.gradients(once.sum());
            }
            lost.add(backend.made() - made - (backend.released() - released));
        }
        assertEquals(List.of(0, 0, 0), lost);
    }

    @Test
    void theBackwardPassOfACheckpointCountsAtItsPeak() {
        Tensor wide = Tensor.zeros(1000).to(backend);
        try (var tape = Tape.watch(wide)) {
            Tensor y = Autograd.checkpoint(t -> t.exp().exp(), wide);
            tape.gradients(y.sum());
            // y, whose cotangent is one number; e^x and y made again; the cotangents of e^x and x
            assertEquals(5, tape.peakBytes() / 4000);
        }
    }

    @Test
    void anErrorInTheMiddleStillGivesBack() {
        int released = backend.released();
        Says.illegal(
                () -> {
                    try (Tape _ = Tape.watch(x)) {
                        x.square().exp().add(Tensor.ones(4).to(backend));
                    }
                },
                "add: shapes");
        assertEquals(released + 2, backend.released());
        assertNull(Tape.current());
    }
}
