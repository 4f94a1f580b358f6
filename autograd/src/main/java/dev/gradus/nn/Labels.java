package dev.gradus.nn;

import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Tensor;

import java.util.Arrays;

/**
 * The classes of rows, checked on the host.
 *
 * @param given as the user gave them, INT32
 * @param ignoreIndex what stands there for a row that does not count
 * @param labels the same in row-major order, −1 for a row that does not count
 * @param count how many rows count
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Labels(Tensor given, int ignoreIndex, int[] labels, int count) {
    /** x where the mask is not 0, else 0, whatever x is there. */
    private static final Expr WHERE_COUNTED = Expr.where(Expr.in(1), Expr.in(0), Expr.ZERO);

    /** Fails if a label is neither one of c classes nor ignored. */
    static Labels of(String name, Tensor target, int c, int ignoreIndex) {
        int[] labels = target.toIntArray();
        int count = 0;
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] == ignoreIndex) {
                labels[i] = -1;
            } else if (labels[i] >= 0 && labels[i] < c) {
                count++;
            } else {
                throw new IndexOutOfBoundsException(
                        name
                                + ": label "
                                + labels[i]
                                + " at "
                                + Arrays.toString(target.shape().indexOf(i))
                                + " is not one of the "
                                + c
                                + " classes 0 … "
                                + (c - 1)
                                + ", nor "
                                + ignoreIndex
                                + ", which is ignored"
                                + (labels[i] == c ? "; classes count from 0" : ""));
            }
        }
        return new Labels(target, ignoreIndex, labels, count);
    }

    /** The classes, with a negative number where a row does not count: {@code [..]}, INT32. */
    Tensor orNegative() {
        return ignoreIndex < 0 || count == labels.length ? given : upload(labels);
    }

    /** Of a vector {@code [c]} the element of each row's class, {@code [..]}; 0 for no class. */
    Tensor pick(Tensor vector) {
        int[] index = new int[labels.length];
        Arrays.setAll(index, i -> Math.max(0, labels[i]));
        return zeroIgnored(vector.gather(upload(index)));
    }

    /** Of each row of {@code [.., c]} the element of its class, {@code [..]}; any for no class. */
    Tensor pickFromRows(Tensor x) {
        int c = x.size(-1);
        int[] index = new int[labels.length];
        Arrays.setAll(index, i -> i * c + Math.max(0, labels[i]));
        return x.flatten().gather(upload(index));
    }

    /** Of shape {@code [..]}: x, and 0 in rows that do not count. */
    Tensor zeroIgnored(Tensor x) {
        if (count == labels.length) {
            return x;
        }
        int[] counted = new int[labels.length];
        Arrays.setAll(counted, i -> labels[i] < 0 ? 0 : 1);
        return Tensor.map("ignore", WHERE_COUNTED, x, upload(counted).to(x.dtype()));
    }

    private Tensor upload(int[] numbers) {
        Shape shape = given.shape();
        return Tensor.of(numbers, DType.INT32).reshape(shape).to(given.backend());
    }
}
