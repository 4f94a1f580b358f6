package dev.gradus.tensor;

import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import java.util.Arrays;

/** Division with a whole quotient, which for integers has to look at the divisor. */
final class Division {
    private static final Expr FLOOR_DIVIDE = Expr.in(0).floorDivide(Expr.in(1));

    private Division() {}

    /** A number as a divisor: of the tensor's own type if that can hold it. */
    static Tensor divisor(Tensor x, double divisor) {
        boolean whole = !x.dtype().isFloating() && divisor == (int) divisor;
        DType dtype = whole || x.dtype().isFloating() ? x.dtype() : DType.FLOAT32;
        Tensor number = x.fresh(Shape.SCALAR, dtype);
        number.fill(divisor);
        return number;
    }

    /** The divisor, in which no integer is 0. */
    static Tensor checked(String name, Tensor x, Tensor divisor) {
        if (!x.dtype().isFloating() && !divisor.dtype().isFloating()) {
            int[] values = divisor.toIntArray();
            for (int i = 0; i < values.length; i++) {
                if (values[i] == 0) {
                    throw new ArithmeticException(
                            name
                                    + ": the divisor of shape "
                                    + divisor.shape()
                                    + " is 0 at "
                                    + Arrays.toString(divisor.shape().indexOf(i))
                                    + ", and INT32 has no infinity or NaN; to(DType.FLOAT32) has");
                }
            }
        }
        return divisor;
    }

    /** The quotient rounded down; ints by way of double, which holds them all. */
    static Tensor floor(Tensor x, Tensor divisor) {
        if (x.dtype().isFloating() || divisor.dtype().isFloating()) {
            return Tensor.map("floorDivide", FLOOR_DIVIDE, x, divisor);
        }
        return floor(x.to(DType.FLOAT64), divisor.to(DType.FLOAT64)).to(DType.INT32);
    }
}
