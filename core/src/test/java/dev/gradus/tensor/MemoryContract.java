package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.View;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a backend promises about memory, copies and threads. */
interface MemoryContract {
    /** The backend on trial. */
    Backend backend();

    private Tensor tensor(DType dtype, Arrangement arrangement, int[] shape, double... values) {
        return arrangement.tensor(backend(), dtype, Shape.of(shape), values);
    }

    @Test
    default void uploadsAreCopies() {
        float[] f = {1, 2, 3};
        Buffer buffer = backend().upload(DType.FLOAT32, f);
        f[0] = 7;
        assertEquals(3, buffer.size());
        assertEquals(DType.FLOAT32, buffer.dtype());
        View view = new View(buffer, Layout.contiguous(Shape.of(3)));
        float[] back = (float[]) backend().download(view);
        assertArrayEquals(new float[] {1, 2, 3}, back);
        back[1] = 9;
        assertArrayEquals(new float[] {1, 2, 3}, (float[]) backend().download(view));
    }

    @Test
    default void downloadsKeepEveryBit() {
        double[] d = {0.1, -0.0, Double.MIN_VALUE, Double.NaN, Double.NEGATIVE_INFINITY};
        int[] n = {Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE, 16777217};
        float[] f = {0.1f, -0.0f, Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY};
        Layout five = Layout.contiguous(Shape.of(5));
        Backend b = backend();
        assertArrayEquals(d, (double[]) b.download(new View(b.upload(DType.FLOAT64, d), five)));
        assertArrayEquals(n, (int[]) b.download(new View(b.upload(DType.INT32, n), five)));
        assertArrayEquals(f, (float[]) b.download(new View(b.upload(DType.FLOAT32, f), five)));
    }

    @Test
    default void numbersCountFrom0() {
        for (int n : new int[] {0, 1, 5, 100_003}) {
            double[] expected = IntStream.range(0, n).asDoubleStream().toArray();
            for (DType dtype : DType.values()) {
                Tensor numbers = Tensor.numbers(backend(), dtype, Shape.of(n));
                assertEquals(dtype, numbers.dtype());
                assertArrayEquals(expected, numbers.toArray());
            }
        }
        Tensor rows = tensor(DType.FLOAT32, Arrangement.DENSE, new int[] {4}, 9, 8, 7, 6);
        Tensor index = Tensor.numbers(backend(), DType.INT32, Shape.of(4));
        assertArrayEquals(new double[] {9, 8, 7, 6}, rows.gather(index).toArray());
    }

    @Test
    default void buffersOfEverySizeComeAndGo() {
        for (int size : new int[] {0, 1, 511, 512, 100_000}) {
            for (DType dtype : DType.values()) {
                Set<Buffer> alive = new HashSet<>();
                for (int i = 0; i < 3; i++) {
                    Buffer buffer = backend().allocate(dtype, size);
                    assertEquals(size, buffer.size());
                    assertEquals(dtype, buffer.dtype());
                    assertTrue(alive.add(buffer));
                }
                alive.forEach(backend()::release);
            }
        }
    }

    @Test
    default void aBufferThatWasGivenBackIsNoOtherTensorsMemory() {
        Tensor[] alive = new Tensor[20];
        for (int i = 0; i < alive.length; i++) {
            backend().release(backend().allocate(DType.FLOAT32, 1000));
            alive[i] =
                    Tensor.wrap(backend(), backend().allocate(DType.FLOAT32, 1000), Shape.of(1000));
            alive[i].fill(i);
        }
        for (int i = 0; i < alive.length; i++) {
            double[] values = alive[i].toArray();
            assertEquals(i, values[0]);
            assertEquals(i, values[999]);
        }
    }

    @TestFactory
    default Stream<DynamicTest> copiesConvertWhateverTheLayouts() {
        List<DynamicTest> tests = new ArrayList<>();
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                tests.add(dynamicTest(from + " to " + to, () -> checkCopies(from, to)));
            }
        }
        return tests.stream();
    }

    private void checkCopies(DType from, DType to) {
        int[][] shapes = {
            {}, {1}, {0}, {17}, {3, 0}, {2, 0, 3}, {5, 7}, {40, 70}, {3, 9, 20}, {2, 1, 33, 3}
        };
        for (int[] dims : shapes) {
            Shape shape = Shape.of(dims);
            var random = new SplittableRandom(3);
            double[] values = random.doubles(shape.size(), -1e3, 1e3).map(from::round).toArray();
            double[] expected = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                expected[i] = to.round(values[i]);
            }
            for (Arrangement source : Arrangement.values()) {
                for (Arrangement target : Arrangement.values()) {
                    if (source != Arrangement.STRETCHED && target != Arrangement.STRETCHED) {
                        Tensor x = source.tensor(backend(), from, shape, values);
                        Tensor y = target.tensor(backend(), to, shape, new double[values.length]);
                        backend().copy(x.view(), y.view());
                        assertArrayEquals(
                                expected,
                                y.toArray(),
                                () -> source + " to " + target + ", shape " + shape);
                    }
                }
            }
        }
    }

    @Test
    default void copiesLeaveTheGapsOfTheTargetAlone() {
        Tensor target = tensor(DType.FLOAT32, Arrangement.SPACED, new int[] {3}, 0, 0, 0);
        Layout everything = Layout.contiguous(Shape.of(target.view().buffer().size()));
        float[] before = (float[]) backend().download(target.view().with(everything));
        backend()
                .copy(
                        tensor(DType.FLOAT32, Arrangement.REVERSED, new int[] {3}, 1, 2, 3).view(),
                        target.view());
        float[] after = (float[]) backend().download(target.view().with(everything));
        before[1] = 1;
        before[3] = 2;
        before[5] = 3;
        assertArrayEquals(before, after);
    }

    @Test
    default void conversionToIntsCutsOffAndSaturates() {
        double[] values = {2.9, -2.9, 1e10, -1e10, Double.NaN, Double.POSITIVE_INFINITY, 0.5, -0.5};
        int[] ints = {2, -2, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, Integer.MAX_VALUE, 0, 0};
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
            for (Arrangement arrangement : List.of(Arrangement.DENSE, Arrangement.REVERSED)) {
                Tensor x = tensor(dtype, arrangement, new int[] {8}, values);
                assertArrayEquals(ints, x.toIntArray(), dtype + " " + arrangement);
            }
        }
    }

    @Test
    default void severalThreadsMayUseItAtOnce() {
        Tensor x = tensor(DType.FLOAT32, Arrangement.DENSE, new int[] {70, 1000}, ramp(70_000));
        Tensor w = tensor(DType.FLOAT32, Arrangement.TRANSPOSED, new int[] {1000, 9}, ramp(9000));
        long expected = Bits.hash(work(x, w));
        assertTrue(
                IntStream.range(0, 64)
                        .parallel()
                        .mapToLong(i -> Bits.hash(work(x, w)))
                        .allMatch(h -> h == expected));
    }

    private static Tensor work(Tensor x, Tensor w) {
        return x.tanh().matmul(w).exp().sum(0).add(x.sum());
    }

    private static double[] ramp(int n) {
        return IntStream.range(0, n).mapToDouble(i -> i % 31 * 0.01).toArray();
    }
}
