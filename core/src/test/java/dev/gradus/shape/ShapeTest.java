package dev.gradus.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;

class ShapeTest {
    @Test
    void aShapeIsItsSizes() {
        Shape shape = Shape.of(2, 3, 4);
        assertEquals(3, shape.rank());
        assertEquals(24, shape.size());
        assertEquals(4, shape.dim(-1));
        assertEquals(2, shape.dim(0));
        assertEquals("[2, 3, 4]", shape.toString());
        assertEquals(Shape.of(2, 3, 4), shape);
        assertEquals(Shape.of(2, 3, 4).hashCode(), shape.hashCode());
        assertNotEquals(Shape.of(2, 12), shape);
        assertEquals(Shape.SCALAR, Shape.of());
        assertEquals("[]", Shape.SCALAR.toString());
        assertEquals(1, Shape.SCALAR.size());
    }

    @Test
    void nobodyCanChangeOne() {
        int[] dims = {2, 3};
        Shape shape = Shape.of(dims);
        dims[0] = 7;
        shape.toArray()[1] = 7;
        assertArrayEquals(new int[] {2, 3}, shape.toArray());
    }

    @Test
    void anEmptyShapeMayHaveAnyOtherSizes() {
        assertEquals(0, Shape.of(Integer.MAX_VALUE, 0, Integer.MAX_VALUE).size());
    }

    @Test
    void theLargestArrayIsTheLargestShape() {
        int largest = Integer.MAX_VALUE - 8;
        assertEquals(largest, Shape.of(largest).size());
        Says.illegal(() -> Shape.of(largest + 1), "more elements than an array can hold");
    }

    @ParameterizedTest
    @CsvSource({
        "2 3, 2 3, 2 3",
        "2 3, 3, 2 3",
        "2 3, 1, 2 3",
        "2 3, '', 2 3",
        "2 1, 1 3, 2 3",
        "4 1 3, 2 1, 4 2 3",
        "1, 0, 0",
        "0 1, 1 5, 0 5",
        "2 1 0, 3 1, 2 3 0",
        "'', '', ''"
    })
    void broadcastsFromTheLastAxis(String a, String b, String both) {
        assertEquals(shape(both), Shape.broadcast("op", shape(a), shape(b)));
        assertEquals(shape(both), Shape.broadcast("op", shape(b), shape(a)));
    }

    @Test
    void aFailedBroadcastNamesEverything() {
        Says.illegal(
                () -> Shape.broadcast("add", Shape.of(2, 3, 4), Shape.of(2, 4)),
                "add: shapes [2, 3, 4] and [2, 4]",
                "axis -2 has sizes 3 and 2");
        Says.illegal(
                () -> Shape.broadcast("sub", Shape.of(5, 3), Shape.of(5)),
                "sub: shapes [5, 3] and [5]",
                "axis -1 has sizes 3 and 5",
                "unsqueeze(-1)",
                "keepDims");
        Says.illegal(
                () -> Shape.broadcast("sub", Shape.of(5), Shape.of(5, 3)),
                "axis -1 has sizes 5 and 3",
                "[5] as a column");
        Says.illegal(() -> Shape.broadcast("mul", Shape.of(2, 3), Shape.of(3, 2)), "may want t()");
        Says.illegal(() -> Shape.broadcast("mul", Shape.of(0), Shape.of(2)), "sizes 0 and 2");
    }

    @Test
    void axesCountFromBothEnds() {
        Shape shape = Shape.of(2, 3, 4);
        assertEquals(1, shape.axis("sum", 1));
        assertEquals(1, shape.axis("sum", -2));
        assertArrayEquals(new boolean[] {true, false, true}, shape.axes("sum", -1, 0));
        assertArrayEquals(new boolean[] {true, true, true}, shape.axes("sum"));
        Says.illegal(() -> shape.axis("sum", 3), "sum: axis 3", "[2, 3, 4]", "-3 to 2");
        Says.illegal(() -> shape.axis("sum", -4), "sum: axis -4", "-3 to 2");
        Says.illegal(() -> Shape.SCALAR.axis("max", 0), "max: axis 0", "a scalar has no axes");
        Says.illegal(() -> shape.axes("mean", 1, -2), "mean: axis -2 is named twice");
    }

    @Test
    void reducingKeepsOrDropsAxes() {
        Shape shape = Shape.of(2, 3, 4);
        boolean[] flags = {true, false, true};
        assertEquals(Shape.of(1, 3, 1), shape.reduce(flags, true));
        assertEquals(Shape.of(3), shape.reduce(flags, false));
        assertEquals(Shape.SCALAR, shape.reduce(new boolean[] {true, true, true}, false));
    }

    @Test
    void saysWhatIsWrongWithSizes() {
        Says.illegal(() -> Shape.of(2, -3), "[2, -3]", "negative size -3");
        Says.illegal(() -> Shape.of(0, -1), "negative size -1");
        Says.illegal(
                () -> Shape.of(65536, 65536),
                "[65536, 65536]",
                "more elements than an array can hold");
        Says.illegal(() -> Shape.of(Integer.MAX_VALUE, Integer.MAX_VALUE, 4), "more elements");
        Says.illegal(() -> Shape.of(1 << 16, 1 << 16, 1 << 16, 1 << 16), "more elements");
    }

    private static Shape shape(String dims) {
        return Shape.of(
                Arrays.stream(dims.split(" ", -1))
                        .filter(s -> !s.isEmpty())
                        .mapToInt(Integer::parseInt)
                        .toArray());
    }

    @Test
    void coordinatesOfAnElement() {
        Shape shape = Shape.of(2, 3, 4);
        assertArrayEquals(new int[] {0, 0, 0}, shape.indexOf(0));
        assertArrayEquals(new int[] {1, 0, 2}, shape.indexOf(14));
        assertArrayEquals(new int[] {1, 2, 3}, shape.indexOf(23));
        assertArrayEquals(new int[0], Shape.SCALAR.indexOf(0));
    }

    @Test
    void broadcastsTo() {
        Shape target = Shape.of(2, 3, 4);
        for (Shape fits : new Shape[] {Shape.SCALAR, Shape.of(4), Shape.of(3, 1), target}) {
            assertTrue(fits.broadcastsTo(target), fits.toString());
        }
        for (Shape not : new Shape[] {Shape.of(3), Shape.of(2, 1), Shape.of(1, 2, 3, 4)}) {
            assertFalse(not.broadcastsTo(target), not.toString());
        }
    }
}
