package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gradus.backend.Backends;
import dev.gradus.shape.DType;

import org.junit.jupiter.api.Test;

/** Tensors on their way between backends. */
class TransferTest {
    @Test
    void valuesShapeAndTypeArrive() {
        for (DType dtype : DType.values()) {
            Tensor x = Tensor.of(new int[][] {{1, 2, 3}, {4, 5, 6}}).to(dtype).t().slice("::-2");
            Tensor there = x.to("reference");
            Tensor back = there.to("cpu");
            assertEquals("reference", there.backend().name());
            assertEquals(dtype, there.dtype());
            assertEquals(x.shape(), there.shape());
            assertArrayEquals(new double[] {3, 6, 1, 4}, there.toArray());
            assertArrayEquals(new double[] {3, 6, 1, 4}, back.toArray());
            assertEquals("cpu", back.add(back).backend().name());
        }
    }

    @Test
    void atHomeItIsTheSameTensor() {
        Tensor x = Tensor.ones(2).to("reference");
        assertSame(x, x.to("reference"));
        assertSame(x, x.to(Backends.get("reference")));
    }

    @Test
    void numbersBesideATensorGoWhereItIs() {
        Tensor x = Tensor.of(1, 2).to("reference");
        assertEquals("reference", x.eq(2).backend().name());
        assertEquals("reference", x.zerosLike().backend().name());
        assertArrayEquals(new double[] {0, 1}, x.eq(2).toArray());
    }
}
