package dev.gradus.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.Test;

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
