package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.backend.Distribution;
import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Attention on some inputs: by the cpu's kernels, and in double by tensor operations. The inputs
 * are on {@code reference}, in FLOAT32.
 *
 * @param g the cotangent of the result
 */
record AttentionCase(
        Tensor q,
        Tensor k,
        Tensor v,
        @Nullable Tensor mask,
        Tensor g,
        boolean causal,
        double dropout,
        Order order) {
    private static final Backend REFERENCE = Backends.get("reference");
    private static final Backend CPU = Backends.get("cpu");
    private static final long SEED = 9;
    private static final long FIRST = 1;

    /** How the axes of inputs and results lie in memory. */
    enum Order {
        DENSE,
        /** Of four axes, the second and third exchanged: heads cut out of wider rows. */
        HEADS,
        /** Of the inputs, the last two exchanged. */
        COLUMNS;

        private int[] axes(int rank, boolean isInput) {
            int[] axes = new int[rank];
            Arrays.setAll(axes, i -> i);
            int first = this == HEADS && rank == 4 ? 1 : this == COLUMNS && isInput ? rank - 2 : -1;
            if (first >= 0) {
                axes[first] = first + 1;
                axes[first + 1] = first;
            }
            return axes;
        }
    }

    /** Normal numbers, without a mask, causality and dropout. */
    static AttentionCase random(long seed, int[] batch, int t, int s, int d, int e) {
        var numbers = new Generator(seed);
        return new AttentionCase(
                random(numbers, batch, t, d),
                random(numbers, batch, s, d),
                random(numbers, batch, s, e),
                null,
                random(numbers, batch, t, e),
                false,
                0,
                Order.DENSE);
    }

    private static Tensor random(Generator numbers, int[] batch, int rows, int columns) {
        int[] shape = Arrays.copyOf(batch, batch.length + 2);
        shape[batch.length] = rows;
        shape[batch.length + 1] = columns;
        return numbers.randn(shape).to(REFERENCE);
    }

    AttentionCase causal(boolean yes) {
        return new AttentionCase(q, k, v, mask, g, yes, dropout, order);
    }

    AttentionCase mask(@Nullable Tensor other) {
        Tensor there = other == null ? null : other.to(REFERENCE);
        return new AttentionCase(q, k, v, there, g, causal, dropout, order);
    }

    AttentionCase dropout(double p) {
        return new AttentionCase(q, k, v, mask, g, causal, p, order);
    }

    AttentionCase order(Order other) {
        return new AttentionCase(q, k, v, mask, g, causal, dropout, other);
    }

    AttentionCase keysAndValues(Tensor keys, Tensor values) {
        return new AttentionCase(
                q, keys.to(REFERENCE), values.to(REFERENCE), mask, g, causal, dropout, order);
    }

    /** The shape of the weights. */
    private Shape weights() {
        int[] dims = q.shape().toArray();
        dims[dims.length - 1] = k.size(-2);
        return Shape.of(dims);
    }

    private double scale() {
        return 1 / Math.sqrt(q.size(-1));
    }

    /**
     * The results, in row-major order.
     *
     * @param logs ln Σ e^score
     */
    record Found(double[] result, double[] logs, double[] dq, double[] dk, double[] dv) {
        List<double[]> all() {
            return List.of(result, logs, dq, dk, dv);
        }
    }

    /** By the kernels. */
    Found run() {
        var kernel = new Fused.Attention(scale(), causal, dropout, SEED, FIRST);
        List<View> in = new ArrayList<>(List.of(view(q), view(k), view(v)));
        if (mask != null) {
            View m = mask.to(CPU).view();
            in.add(m.with(m.layout().expand(weights())));
        }
        int[] dims = q.shape().toArray();
        View logs = room(Shape.of(Arrays.copyOf(dims, dims.length - 1)));
        View result = room(g.shape());
        assertTrue(CPU.run(kernel, in.toArray(View[]::new), new View[] {result, logs}));
        in.addAll(List.of(result, logs, view(g)));
        View[] grads = {room(q.shape()), room(k.shape()), room(v.shape())};
        assertTrue(CPU.run(new Fused.AttentionGradient(kernel), in.toArray(View[]::new), grads));
        return new Found(
                numbers(result),
                numbers(logs),
                numbers(grads[0]),
                numbers(grads[1]),
                numbers(grads[2]));
    }

    /** An input on the cpu, laid out as {@link #order} says. */
    private View view(Tensor x) {
        int[] axes = order.axes(x.ndim(), true);
        return x.permute(axes).to(CPU).permute(axes).view();
    }

    /** Room for a result, full of NaN. */
    private View room(Shape shape) {
        int[] axes = order.axes(shape.rank(), false);
        Layout layout = Layout.contiguous(shape).permute(axes);
        float[] nan = new float[shape.size()];
        Arrays.fill(nan, Float.NaN);
        Layout dense = Layout.contiguous(layout.shape());
        return new View(CPU.upload(DType.FLOAT32, nan), dense.permute(axes));
    }

    private static double[] numbers(View view) {
        float[] floats = (float[]) CPU.download(view);
        double[] doubles = new double[floats.length];
        Arrays.setAll(doubles, i -> floats[i]);
        return doubles;
    }

    /** By tensor operations: the result is the specification's, the rest is written out here. */
    Found expected() {
        Tensor query = q.to(DType.FLOAT64);
        Tensor key = k.to(DType.FLOAT64);
        Tensor value = v.to(DType.FLOAT64);
        Tensor cotangent = g.to(DType.FLOAT64);
        Tensor scores = query.matmul(key.transpose(-1, -2)).mul(scale());
        Tensor allowed = scores.onesLike();
        if (mask != null) {
            allowed = allowed.mul(mask.ne(0).to(DType.FLOAT64));
        }
        if (causal) {
            Tensor triangle = Functional.causalMask(q.size(-2), k.size(-2));
            allowed = allowed.mul(triangle.to(REFERENCE).to(DType.FLOAT64));
        }
        Tensor exp = scores.exp().mul(allowed);
        Tensor sum = exp.sum(-1, true);
        Tensor isEmpty = sum.eq(0);
        Tensor divisor = sum.add(isEmpty);
        Tensor p = exp.div(divisor);
        Tensor logs = divisor.log();
        Tensor kept = kept();

        Tensor dv = p.mul(kept).transpose(-1, -2).matmul(cotangent);
        Tensor dp = cotangent.matmul(value.transpose(-1, -2)).mul(kept);
        Tensor ds = p.mul(dp.sub(p.mul(dp).sum(-1, true))).mul(scale());
        return new Found(
                specified(query, key, value).toArray(),
                logs.toArray(),
                ds.matmul(key).toArray(),
                ds.transpose(-1, -2).matmul(query).toArray(),
                dv.toArray());
    }

    private Tensor specified(Tensor query, Tensor key, Tensor value) {
        var numbers = new Generator(SEED);
        assertTrue(numbers.rand(4).size() == 4 * FIRST);
        Tensor[] result = new Tensor[1];
        Tensor m = mask == null ? null : mask.to(DType.FLOAT64);
        numbers.with(() ->
                result[0] =
                        Functional.scaledDotProductAttention(
                                query, key, value, m, causal, dropout));
        return result[0];
    }

    /** What dropout multiplies the weights by. */
    private Tensor kept() {
        View numbers =
                new View(
                        REFERENCE.allocate(DType.FLOAT32, weights().size()),
                        Layout.contiguous(weights()));
        REFERENCE.random(Distribution.UNIFORM, SEED, FIRST, numbers);
        float[] drawn = (float[]) REFERENCE.download(numbers);
        double[] factors = new double[drawn.length];
        Arrays.setAll(factors, i -> drawn[i] < dropout ? 0 : 1 / (1 - dropout));
        return Tensor.of(factors).to(REFERENCE).to(DType.FLOAT64).reshape(weights());
    }
}
