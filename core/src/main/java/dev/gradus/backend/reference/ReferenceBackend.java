package dev.gradus.backend.reference;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.Distribution;
import dev.gradus.backend.Philox;
import dev.gradus.backend.View;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import java.lang.reflect.Array;
import java.util.Arrays;

/**
 * The readable specification: one plain loop a method, every element a double, results rounded to
 * their dtype once. Slow on purpose; other backends are held against it.
 */
final class ReferenceBackend implements Backend {
    /** Elements of any dtype, as doubles that the dtype can hold. */
    private static final class Doubles extends Buffer {
        private final double[] data;

        Doubles(DType dtype, int size) {
            super(dtype, size);
            data = new double[size];
        }
    }

    private static double get(View view, int flat) {
        return ((Doubles) view.buffer()).data[view.layout().positionOf(flat)];
    }

    private static void set(View view, int flat, double value) {
        ((Doubles) view.buffer()).data[view.layout().positionOf(flat)] = view.dtype().round(value);
    }

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public Buffer allocate(DType dtype, int size) {
        return new Doubles(dtype, size);
    }

    @Override
    public void release(Buffer buffer) {
        // The garbage collector has it.
    }

    @Override
    public Buffer upload(DType dtype, Object array) {
        Doubles buffer = new Doubles(dtype, Array.getLength(array));
        for (int i = 0; i < buffer.size(); i++) {
            buffer.data[i] = Array.getDouble(array, i);
        }
        return buffer;
    }

    @Override
    public Object download(View in) {
        int n = in.shape().size();
        Object out =
                switch (in.dtype()) {
                    case FLOAT32 -> new float[n];
                    case FLOAT64 -> new double[n];
                    case INT32 -> new int[n];
                };
        for (int i = 0; i < n; i++) {
            double value = get(in, i);
            switch (out) {
                case float[] f -> f[i] = (float) value;
                case double[] d -> d[i] = value;
                case int[] k -> k[i] = (int) value;
                default -> throw new AssertionError(out.getClass());
            }
        }
        return out;
    }

    @Override
    public void map(Program program, View[] in, double[] scalars, View[] out) {
        double[] values = program.values(scalars, out[0].dtype());
        for (int i = 0; i < out[0].shape().size(); i++) {
            run(program, in, i, values, out[0].dtype());
            for (int k = 0; k < out.length; k++) {
                set(out[k], i, values[program.output(k)]);
            }
        }
    }

    /** Runs the program for the element at {@code flat}. */
    private static void run(Program program, View[] in, int flat, double[] values, DType dtype) {
        for (int i = 0; i < program.inputs(); i++) {
            values[i] = get(in[i], flat);
        }
        program.run(values, dtype);
    }

    @Override
    public void reduce(
            Reduction reduction, Program program, View[] in, double[] scalars, View out) {
        DType dtype = out.dtype();
        Shape full = in.length == 0 ? out.shape() : in[0].shape();
        View target = out.with(out.layout().expand(full));
        double[] sums = new double[out.shape().size()];
        Arrays.fill(sums, dtype.round(reduction.start()));
        double[] values = program.values(scalars, dtype);
        for (int i = 0; i < full.size(); i++) {
            run(program, in, i, values, dtype);
            int k = target.layout().positionOf(i) - out.layout().offset();
            double value = values[program.output(0)];
            sums[k] =
                    dtype == DType.INT32
                            ? reduction.fn().applyInt((int) sums[k], (int) value, 0)
                            : reduction.fn().apply(sums[k], value, 0);
        }
        for (int i = 0; i < sums.length; i++) {
            set(out, i, sums[i]);
        }
    }

    @Override
    public void matmul(View a, View b, View out) {
        int rank = out.shape().rank();
        int m = out.shape().dim(-2);
        int n = out.shape().dim(-1);
        int k = a.shape().dim(rank - 1);
        for (int at = 0; at < out.shape().size(); at++) {
            int batch = at / (m * n);
            int i = at / n % m;
            int j = at % n;
            double sum = 0;
            for (int p = 0; p < k; p++) {
                sum += get(a, (batch * m + i) * k + p) * get(b, (batch * k + p) * n + j);
            }
            set(out, at, sum);
        }
    }

    @Override
    public void gather(View table, View index, View out) {
        int width = width(table);
        for (int i = 0; i < index.shape().size(); i++) {
            int row = row("gather", index, i, table.shape());
            for (int j = 0; j < width; j++) {
                set(out, i * width + j, get(table, row * width + j));
            }
        }
    }

    @Override
    public void scatterAdd(View source, View index, View out) {
        int width = width(out);
        for (int i = 0; i < index.shape().size(); i++) {
            int row = row("scatterAdd", index, i, out.shape());
            for (int j = 0; j < width; j++) {
                int to = row * width + j;
                set(out, to, get(out, to) + get(source, i * width + j));
            }
        }
    }

    private static int width(View table) {
        int rows = table.shape().dim(0);
        return rows == 0 ? 0 : table.shape().size() / rows;
    }

    private static int row(String operation, View index, int i, Shape table) {
        int row = (int) get(index, i);
        if (row < 0 || row >= table.dim(0)) {
            throw new IndexOutOfBoundsException(
                    operation
                            + ": index "
                            + row
                            + " (number "
                            + i
                            + ") is not a row of "
                            + table
                            + "; rows count from 0, and there are "
                            + table.dim(0));
        }
        return row;
    }

    @Override
    public void random(Distribution distribution, long seed, long first, View out) {
        int[] words = new int[4];
        for (int i = 0; i < out.shape().size(); i++) {
            if (i % 4 == 0) {
                Philox.words(seed, first + i / 4, 0, words);
            }
            set(out, i, Philox.draw(distribution, words, i % 4));
        }
    }

    @Override
    public void copy(View in, View out) {
        for (int i = 0; i < in.shape().size(); i++) {
            set(out, i, get(in, i));
        }
    }
}
