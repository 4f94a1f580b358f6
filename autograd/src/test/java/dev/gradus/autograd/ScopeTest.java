package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ScopeTest {
    private static void fails(Executable wrong, String... words) {
        String message =
                String.valueOf(assertThrows(IllegalStateException.class, wrong).getMessage());
        for (String word : words) {
            assertTrue(message.contains(word), message);
        }
    }

    @Test
    void whatWasComputedIsGivenBackAndWhatWasThereStays() {
        Tensor x = Tensor.of(1.0, 2, 3);
        Tensor y;
        Tensor view;
        Tensor kept;
        try (var scope = Scope.start()) {
            assertNotNull(scope);
            y = x.square();
            view = x.slice("1:");
            kept = y.keep();
            assertArrayEquals(new double[] {1, 4, 9}, y.toArray());
        }
        fails(y::toArray, "is stale", "was given back when the scope opened at ScopeTest.java:");
        assertArrayEquals(new double[] {2, 3}, view.toArray());
        assertArrayEquals(new double[] {1, 4, 9}, kept.toArray());
        assertArrayEquals(new double[] {1, 2, 3}, x.toArray());
    }

    @Test
    @SuppressWarnings("try") // closed by hand, twice and too early: that is the test
    void oneInsideTheOtherSeesTheOuterOnesTensors() {
        try (var outer = Scope.start()) {
            Tensor y = Tensor.of(1.0, 2).mul(2);
            Tensor inside;
            try (var inner = Scope.start()) {
                assertNotNull(inner);
                inside = y.add(1);
                assertArrayEquals(new double[] {3, 5}, inside.toArray());
                fails(outer::close, "that is still open");
            }
            fails(inside::toArray, "is stale");
            assertArrayEquals(new double[] {2, 4}, y.toArray());
            outer.close();
            outer.close();
        }
    }

    @Test
    void aTapeInsideIsAsAlways() {
        try (var scope = Scope.start()) {
            assertNotNull(scope);
            assertEquals(Mode.EVAL, Mode.current());
            Tensor x = Tensor.of(1.0, 2).mul(3);
            Tensor gradient;
            try (var tape = Tape.watch(x)) {
                gradient = tape.gradients(x.square().sum()).of(x).keep();
            }
            assertArrayEquals(new double[] {6, 12}, gradient.toArray());
        }
    }

    @Test
    void insideATapeIsAnError() {
        try (var tape = Tape.watch(Tensor.of(1.0))) {
            fails(Scope::start, "the tape opened at ScopeTest.java:", "outside of tapes");
            assertSame(tape, Tape.current());
        }
    }

    @Test
    void itsTensorsBelongToItsThread() throws InterruptedException {
        try (var scope = Scope.start()) {
            Tensor y = Tensor.of(1.0).add(1);
            Thread other =
                    Thread.ofPlatform()
                            .start(() -> {
                                fails(y::toArray, "belongs to the scope opened at");
                                fails(scope::close, "is closed there");
                            });
            other.join();
            assertEquals(2, y.item());
        }
    }
}
