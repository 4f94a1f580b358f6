package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.nn.Losses;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One test for each bug that needed a tape to show. */
class NamedBugsTest {
    /** A user's operation that computes a derivative on its way forward. */
    record Slope() implements Op {
        @Override
        public Tensor forward(Tensor... x) {
            try (var tape = Tape.nested(x)) {
                return tape.gradients(x[0].square().sum()).of(x[0]).keep();
            }
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            return new Tensor[] {g.mul(2)};
        }
    }

    /** The tape inside recorded nothing, since the one outside was paused. */
    @Test
    void anOperationMayUseATapeOfItsOwn() {
        Tensor x = Tensor.of(1.0, 2.0);
        try (var tape = Tape.watch(x)) {
            Tensor slope = Op.apply(new Slope(), x);
            assertArrayEquals(new double[] {2, 4}, slope.toArray());
            assertArrayEquals(new double[] {2, 2}, tape.gradients(slope.sum()).of(x).toArray());
        }
    }

    /** Only operations were checked: reading in another thread could race with the closing. */
    @Test
    void aTapesResultsAreNotReadInAnotherThread() {
        Tensor x = Tensor.of(1.0, 2.0);
        try (var tape = Tape.watch(x)) {
            Tensor y = x.square();
            var failure =
                    assertThrows(
                            ExecutionException.class,
                            () -> CompletableFuture.supplyAsync(y::toArray).get());
            String message = String.valueOf(failure.getMessage());
            assertTrue(message.contains(tape + ", which is not open in this thread"), message);
        }
    }

    /** It was reported as a tape that is not open in this thread. */
    @Test
    void theTapeInsideMustBeClosedFirst() {
        Tensor x = Tensor.of(1.0, 2.0);
        try (var outer = Tape.watch(x)) {
            try (var inner = Tape.nested(x)) {
                Tensor y = x.square().sum();
                var error = assertThrows(IllegalStateException.class, () -> outer.gradients(y));
                String message = String.valueOf(error.getMessage());
                assertTrue(message.contains("close that one first: " + inner), message);
            }
        }
    }

    /** The sum of squares of ints wrapped. */
    @Test
    void lossesOfIntsAreFloats() {
        assertEquals(1e10, Losses.mse(Tensor.of(100_000), Tensor.of(0)).item());
    }
}
