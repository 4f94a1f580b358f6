package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;

/** The same bits as one operation after the other. */
class LinearKernelTest {
    private static final Expr X = Expr.in(0);
    private static final Program ADD = X.add(Expr.in(1)).program();
    private static final Program TANH = X.tanh().program();
    private static final Program CURVE = X.mul(X.sigmoid()).sub(X.exp().mul(0.25)).program();

    /** m, k, n: tiny ones, odd ones, more than one block of rows, rows longer than a strip. */
    private static final int[][] SIZES = {
        {1, 1, 1},
        {4, 2, 8},
        {4, 8, 1},
        {5, 0, 3},
        {7, 3, 13},
        {17, 33, 65},
        {1, 40, 700},
        {100, 9, 10},
        {70, 5, 2500},
        {1030, 6, 128},
        {600, 513, 20},
        {33, 70, 260}
    };

    private final Gemm gemm = Gemm.best();
    private final CpuBackend backend = new CpuBackend();
    private final Random random = new Random(1);

    enum Lie {
        DENSE,
        TRANSPOSED,
        SPACED,
        REVERSED,
        STRETCHED;

        View place(Random random, int... dims) {
            int last = dims.length - 1;
            Shape shape = Shape.of(dims);
            Layout layout =
                    switch (this) {
                        case DENSE -> Layout.contiguous(shape);
                        case TRANSPOSED ->
                                last == 0
                                        ? Layout.contiguous(shape)
                                        : Layout.contiguous(Shape.of(dims[1], dims[0]))
                                                .permute(1, 0);
                        case SPACED -> {
                            int[] wider = dims.clone();
                            wider[last] = 2 * dims[last] + 1;
                            Slice odd = Slice.range(1, wider[last], 2);
                            yield Layout.contiguous(Shape.of(wider)).slice(Slice.ELLIPSIS, odd);
                        }
                        case REVERSED -> {
                            Slice[] slices = new Slice[dims.length];
                            Arrays.fill(slices, Slice.step(-1));
                            yield Layout.contiguous(shape).slice(slices);
                        }
                        case STRETCHED -> {
                            int[] one = dims.clone();
                            one[0] = Math.min(1, dims[0]);
                            yield Layout.contiguous(Shape.of(one)).expand(shape);
                        }
                    };
            float[] data = new float[2 * shape.size() + 2 * dims[0] + 5];
            for (int i = 0; i < data.length; i++) {
                data[i] = (float) random.nextGaussian();
            }
            return new View(new HostBuffer(DType.FLOAT32, data.length, data), layout);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyWeights(Lie lie) {
        for (int[] size : SIZES) {
            check(size, Lie.DENSE, lie, Lie.DENSE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyInputs(Lie lie) {
        for (int[] size : SIZES) {
            check(size, lie, Lie.DENSE, Lie.DENSE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyBias(Lie lie) {
        for (int[] size : SIZES) {
            check(size, Lie.DENSE, Lie.DENSE, lie);
        }
    }

    /** What the others leave out of a sum of four NaNs: infinities, zeros of both signs. */
    @Test
    void specialNumbersFlowThrough() {
        float[] special = {
            Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MIN_VALUE
        };
        View[] in = inputs(new int[] {9, 20, 70}, Lie.DENSE, Lie.DENSE, Lie.DENSE);
        for (View v : in) {
            float[] data = HostBuffer.floats(v);
            for (int i = 0; i < special.length; i++) {
                data[random.nextInt(v.shape().size())] = special[i];
            }
        }
        check(in, CURVE, 2, 1);
    }

    @Test
    void theSumTwiceIsDeclined() {
        View[] in = inputs(new int[] {2, 2, 2}, Lie.DENSE, Lie.DENSE, Lie.DENSE);
        View[] out = outputs(2, 2, 2);
        assertFalse(LinearKernel.run(gemm, new Fused.Linear(null), in, out));
        assertTrue(LinearKernel.run(gemm, new Fused.Linear(TANH), in, out));
    }

    private void check(int[] size, Lie x, Lie w, Lie b) {
        View[] in = inputs(size, x, w, b);
        for (int parts : new int[] {1, 2, 3, 8}) {
            for (View[] some : new View[][] {in, Arrays.copyOf(in, 2)}) {
                check(some, null, 1, parts);
                check(some, TANH, 1, parts);
                check(some, CURVE, 2, parts);
            }
        }
    }

    private View[] inputs(int[] size, Lie x, Lie w, Lie b) {
        return new View[] {
            x.place(random, size[0], size[1]),
            w.place(random, size[1], size[2]),
            b.place(random, size[2])
        };
    }

    /** Results inside larger arrays, whose other elements must stay. */
    private static View[] outputs(int count, int m, int n) {
        View[] out = new View[count];
        for (int i = 0; i < count; i++) {
            float[] data = new float[m * n + 9];
            Arrays.fill(data, Float.NaN);
            Layout whole = Layout.contiguous(Shape.of(data.length));
            Layout inside = whole.slice(Slice.range(4, 4 + m * n)).reshape(Shape.of(m, n));
            out[i] =
                    new View(
                            new HostBuffer(DType.FLOAT32, data.length, data),
                            Objects.requireNonNull(inside));
        }
        return out;
    }

    private void check(View[] in, @Nullable Program activation, int results, int parts) {
        int m = in[0].shape().dim(0);
        int n = in[1].shape().dim(1);
        View[] expected = outputs(2, m, n);
        View y = expected[0];
        View sum = expected[1];
        backend.matmul(in[0], in[1], sum);
        if (in.length == 3) {
            View bias = in[2].with(in[2].layout().expand(sum.shape()));
            backend.map(ADD, new View[] {sum, bias}, new double[0], new View[] {sum});
        }
        Program f = activation == null ? X.program() : activation;
        backend.map(f, new View[] {sum}, new double[0], new View[] {y});

        View[] found = outputs(results, m, n);
        assertTrue(LinearKernel.run(gemm, new Fused.Linear(activation), in, found, parts));
        for (int i = 0; i < results; i++) {
            String what = m + "x" + n + ", " + activation + ", " + parts + " parts, " + in.length;
            int[] bits = bits(expected[i]);
            assertArrayEquals(bits, bits(found[i]), what + " inputs, result " + i);
        }
    }

    private static int[] bits(View v) {
        float[] data = HostBuffer.floats(v);
        int[] bits = new int[data.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(data[i]));
        return bits;
    }
}
