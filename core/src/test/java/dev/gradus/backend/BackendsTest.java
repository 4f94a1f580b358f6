package dev.gradus.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.Test;

import java.util.List;

class BackendsTest {
    @Test
    void bothBackendsOfTheCoreAreFound() {
        assertTrue(Backends.available().contains("cpu"));
        assertTrue(Backends.available().contains("reference"));
    }

    @Test
    void aBackendIsMadeOnce() {
        assertSame(Backends.get("reference"), Backends.get("reference"));
        assertEquals("reference", Backends.get("reference").name());
    }

    /** A provider for tests; it counts how often it is asked whether it can run. */
    private static final class Asked implements BackendProvider {
        private final String name;
        private final int priority;
        private final String reason;
        private int times;

        Asked(String name, int priority, String reason) {
            this.name = name;
            this.priority = priority;
            this.reason = reason;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int priority() {
            return priority;
        }

        @Override
        public String unavailableBecause() {
            times++;
            return reason;
        }

        @Override
        public Backend create() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void theDefaultIsTheBestThatCanRunAndNoneBelowItIsAsked() {
        var broken = new Asked("broken", 20, "no power");
        var good = new Asked("good", 10, "");
        var slowToAsk = new Asked("slow to ask", -10, "");
        assertEquals("good", Backends.best(List.of(slowToAsk, good, broken)));
        assertEquals(1, broken.times);
        assertEquals(1, good.times);
        assertEquals(0, slowToAsk.times);
    }

    @Test
    void withoutAnyThereIsNoDefault() {
        var error =
                assertThrows(
                        IllegalStateException.class,
                        () -> Backends.best(List.of(new Asked("broken", 20, "no power"))));
        assertEquals("no backend can run here; broken: no power", error.getMessage());
    }

    @Test
    void useChangesWhereTensorsAreMade() {
        Backend before = Backends.current();
        try {
            assertSame(Backends.get("reference"), Backends.use("reference"));
            assertSame(Backends.get("reference"), Backends.current());
        } finally {
            Backends.use(before.name());
        }
        assertSame(before, Backends.current());
    }

    @Test
    void aBufferSaysWhyItIsStale() {
        Buffer buffer = Backends.current().allocate(DType.INT32, 3);
        int stamp = buffer.stamp();
        buffer.invalidate(() -> "was given back");
        assertEquals(stamp + 1, buffer.stamp());
        assertEquals("was given back", buffer.staleBecause());
        buffer.setOwner("me");
        assertEquals("me", buffer.owner());
        View view = new View(buffer, Layout.contiguous(Shape.of(3)));
        assertEquals(DType.INT32, view.dtype());
        assertEquals(Shape.of(1, 3), view.with(Layout.contiguous(Shape.of(1, 3))).shape());
    }
}
