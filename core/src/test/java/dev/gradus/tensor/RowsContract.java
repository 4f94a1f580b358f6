package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.backend.Backend;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Rows by index: {@link Backend#gather} and {@link Backend#scatterAdd}. */
interface RowsContract {
    /** The backend on trial. */
    Backend backend();

    private Tensor tensor(DType dtype, Arrangement arrangement, int[] shape, double... values) {
        return arrangement.tensor(backend(), dtype, Shape.of(shape), values);
    }

    @Test
    default void rowsThatAreTakenTwiceAddUp() {
        for (Arrangement arrangement : Arrangement.values()) {
            if (arrangement == Arrangement.STRETCHED) {
                continue;
            }
            for (DType dtype : DType.values()) {
                Tensor out = tensor(dtype, Arrangement.DENSE, new int[] {3, 2}, 1, 2, 3, 4, 5, 6);
                Tensor in =
                        tensor(dtype, arrangement, new int[] {4, 2}, 10, 20, 1, 2, 30, 40, 7, 8);
                Tensor index = tensor(DType.INT32, arrangement, new int[] {4}, 2, 0, 2, 2);
                backend().scatterAdd(in.view(), index.view(), out.view());
                assertArrayEquals(
                        new double[] {2, 4, 3, 4, 5 + 10 + 30 + 7, 6 + 20 + 40 + 8},
                        out.toArray(),
                        dtype + " " + arrangement);
            }
        }
    }

    @Test
    default void rowsAddUpInTheOrderOfTheIndex() {
        // 1e8 swallows 1, so the order shows.
        Tensor out = tensor(DType.FLOAT32, Arrangement.DENSE, new int[] {1}, 0);
        Tensor in = tensor(DType.FLOAT32, Arrangement.DENSE, new int[] {4}, 1e8, 1, -1e8, 1);
        Tensor index = tensor(DType.INT32, Arrangement.DENSE, new int[] {4}, 0, 0, 0, 0);
        backend().scatterAdd(in.view(), index.view(), out.view());
        assertEquals(1, out.item());
    }

    @Test
    default void manyRowsToFewPlaces() {
        int n = 5000;
        int width = 37;
        var random = new SplittableRandom(2);
        int[] index = random.ints(n, 0, 11).toArray();
        double[] source = random.ints((long) n * width, -9, 10).asDoubleStream().toArray();
        double[] expected = new double[11 * width];
        for (int i = 0; i < n * width; i++) {
            expected[index[i / width] * width + i % width] += source[i];
        }
        Tensor out =
                tensor(
                        DType.FLOAT32,
                        Arrangement.DENSE,
                        new int[] {11, width},
                        new double[11 * width]);
        backend()
                .scatterAdd(
                        tensor(DType.FLOAT32, Arrangement.DENSE, new int[] {n, width}, source)
                                .view(),
                        tensor(
                                        DType.INT32,
                                        Arrangement.DENSE,
                                        new int[] {n},
                                        Arrays.stream(index).asDoubleStream().toArray())
                                .view(),
                        out.view());
        assertArrayEquals(expected, out.toArray());
    }

    @Test
    default void anIndexThatIsNoRowIsNamed() {
        Tensor table = tensor(DType.FLOAT32, Arrangement.DENSE, new int[] {3, 2}, 1, 2, 3, 4, 5, 6);
        for (int wrong : new int[] {3, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Tensor index = tensor(DType.INT32, Arrangement.DENSE, new int[] {3}, 0, 1, wrong);
            Says.error(
                    IndexOutOfBoundsException.class,
                    () -> table.gather(index),
                    "" + wrong,
                    "number 2",
                    "[3, 2]");
            Says.error(
                    IndexOutOfBoundsException.class,
                    () -> backend().scatterAdd(table.view(), index.view(), table.view()),
                    "" + wrong,
                    "[3, 2]");
        }
        Tensor none = tensor(DType.FLOAT32, Arrangement.DENSE, new int[] {0, 2});
        Tensor first = tensor(DType.INT32, Arrangement.DENSE, new int[] {1}, 0);
        Says.error(IndexOutOfBoundsException.class, () -> none.gather(first), "0", "[0, 2]");
    }
}
