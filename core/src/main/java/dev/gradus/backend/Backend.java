package dev.gradus.backend;

import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;

import java.util.Arrays;

/**
 * What a device implements. The methods see plain memory with a layout: shapes are already checked,
 * broadcast and of one dtype when a call arrives, so that an implementation is loops and nothing
 * else. Inputs may have any layout (transposed, sliced, stretched with stride 0, reversed); results
 * are contiguous. An implementation is safe for use by several threads at once.
 *
 * <p>The same call gives the same bits on every run, for any number of threads.
 */
public interface Backend {
    /** The name by which {@link Backends#use} finds it, such as {@code cpu}. */
    String name();

    /** A new buffer; its contents are arbitrary. */
    Buffer allocate(DType dtype, int size);

    /** Takes back the memory of a buffer that nobody will read or write any more. */
    void release(Buffer buffer);

    /** A new buffer with a copy of a {@code float[]}, {@code double[]} or {@code int[]}. */
    Buffer upload(DType dtype, Object array);

    /** A new buffer of the numbers 0, 1, 2, …; a device need not get them from the host. */
    default Buffer numbers(DType dtype, int size) {
        int[] numbers = new int[size];
        Arrays.setAll(numbers, i -> i);
        Object array =
                switch (dtype) {
                    case INT32 -> numbers;
                    case FLOAT32 -> {
                        float[] floats = new float[size];
                        for (int i = 0; i < size; i++) {
                            floats[i] = i;
                        }
                        yield floats;
                    }
                    case FLOAT64 -> Arrays.stream(numbers).asDoubleStream().toArray();
                };
        return upload(dtype, array);
    }

    /** The elements in row-major order, as a new array of the dtype's Java type. */
    Object download(View in);

    /**
     * Element-wise: output k of the program at every place. All inputs have the outputs' shape and
     * dtype, one view for each input of the program. An output may be the very view of an input (an
     * update in place), but must not overlap one otherwise.
     */
    void map(Program program, View[] in, double[] scalars, View[] out);

    /**
     * Joins the elements of the program's single output along the axes where {@code out} has size 1
     * and the inputs do not; all have the same rank. An empty run gives the reduction's start.
     */
    void reduce(Reduction reduction, Program program, View[] in, double[] scalars, View out);

    /** {@code [b…, m, k] · [b…, k, n] → [b…, m, n]}, of a floating dtype, the batch axes equal. */
    void matmul(View a, View b, View out);

    /**
     * Rows by index: {@code out[i…, j…] = table[index[i…], j…]}; indices are INT32.
     *
     * @throws IndexOutOfBoundsException if an index is not in 0 … rows − 1; names it and its place
     */
    void gather(View table, View index, View out);

    /**
     * The transpose of {@link #gather}: {@code out[index[i…], j…] += source[i…, j…]}, in the order
     * of i, onto what {@code out} holds.
     *
     * @throws IndexOutOfBoundsException as gather
     */
    void scatterAdd(View source, View index, View out);

    /**
     * Random numbers by counter ({@link Philox}): element i comes from the key {@code seed} and the
     * counter {@code first + i / 4}, so it depends on neither order nor threads.
     */
    void random(Distribution distribution, long seed, long first, View out);

    /**
     * Copies elements, whatever the layout of {@code out} too, and converts the dtype: to an int by
     * cutting off the fraction, NaN becoming 0.
     */
    void copy(View in, View out);

    /**
     * Performs several operations as one, or declines and touches nothing: then the caller performs
     * them one by one. A backend may decline any of them, for some dtypes or layouts too.
     *
     * @param out views of what was allocated for the results; their contents are arbitrary
     * @return whether it was done
     */
    default boolean run(Fused fused, View[] in, View[] out) {
        return false;
    }
}
