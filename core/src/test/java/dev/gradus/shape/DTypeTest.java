package dev.gradus.shape;

import static dev.gradus.shape.DType.FLOAT32;
import static dev.gradus.shape.DType.FLOAT64;
import static dev.gradus.shape.DType.INT32;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DTypeTest {
    @Test
    void mixedTypesGiveTheTypeThatPyTorchGives() {
        DType[][] table = {
            {FLOAT32, FLOAT32, FLOAT32},
            {FLOAT32, FLOAT64, FLOAT64},
            {FLOAT32, INT32, FLOAT32},
            {FLOAT64, FLOAT64, FLOAT64},
            {FLOAT64, INT32, FLOAT64},
            {INT32, INT32, INT32},
        };
        for (DType[] row : table) {
            assertEquals(row[2], DType.promote(row[0], row[1]), row[0] + " with " + row[1]);
            assertEquals(row[2], DType.promote(row[1], row[0]), row[1] + " with " + row[0]);
        }
    }

    @Test
    void roundsAsItStores() {
        assertEquals(0.1f, FLOAT32.round(0.1));
        assertEquals(0.1, FLOAT64.round(0.1));
        assertEquals(-2, INT32.round(-2.9));
        assertEquals(0, INT32.round(Double.NaN));
        assertEquals(Integer.MAX_VALUE, INT32.round(1e10));
        assertEquals(Float.POSITIVE_INFINITY, FLOAT32.round(1e300));
    }

    @Test
    void knowsSizeAndKind() {
        assertEquals(4, FLOAT32.itemSize());
        assertEquals(8, FLOAT64.itemSize());
        assertEquals(4, INT32.itemSize());
        assertTrue(FLOAT32.isFloating() && FLOAT64.isFloating());
        assertFalse(INT32.isFloating());
    }
}
