package dev.gradus.tensor;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.backend.Buffer;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

// Longer than other files: it is the list of everything a tensor can do, a line or two each.

/**
 * An immutable n-dimensional array: a buffer, a layout, a dtype and a backend.
 *
 * <p>Operations follow PyTorch: inputs broadcast, negative axes count from the end, types mix as
 * {@link DType#promote} says, comparisons give a mask of 0 and 1 in FLOAT32. Numbers given as
 * {@code double} are rounded once to the tensor's type; an INT32 tensor that meets one, or a
 * function without an integer form (division, exp, mean, …), becomes FLOAT32.
 *
 * <p>A shape that does not fit is an {@link IllegalArgumentException}, an index out of range an
 * {@link IndexOutOfBoundsException}; the message names the operation and the shapes.
 */
public final class Tensor {
    private static final Expr X = Expr.in(0);
    private static final Expr Y = Expr.in(1);
    private static final Expr Z = Expr.in(2);
    private static final Expr S = Expr.scalar(0);
    private static final Expr T = Expr.scalar(1);
    private static final Program FILL = Program.of(S);
    private static final double[] NONE = {};

    private final Backend backend;
    private final View view;
    private final int stamp;

    private Tensor(Backend backend, View view) {
        this.backend = backend;
        this.view = view;
        this.stamp = view.buffer().stamp();
    }

    // ------------------------------------------------------------------ creation

    /** A scalar, shape []. */
    public static Tensor scalar(double value) {
        return make(new float[] {(float) value}, DType.FLOAT32, Shape.SCALAR);
    }

    /** A vector of FLOAT32. */
    public static Tensor of(double... values) {
        return of((Object) values, DType.FLOAT32);
    }

    /** A vector of FLOAT32. */
    public static Tensor of(float... values) {
        return of((Object) values, DType.FLOAT32);
    }

    /** A vector of INT32. */
    public static Tensor of(int... values) {
        return of((Object) values, DType.INT32);
    }

    /** A matrix of FLOAT32; the rows must be equally long. */
    public static Tensor of(double[][] values) {
        return of(values, DType.FLOAT32);
    }

    /** A matrix of FLOAT32; the rows must be equally long. */
    public static Tensor of(float[][] values) {
        return of(values, DType.FLOAT32);
    }

    /** A matrix of INT32; the rows must be equally long. */
    public static Tensor of(int[][] values) {
        return of(values, DType.INT32);
    }

    /** Three axes, FLOAT32. */
    public static Tensor of(double[][][] values) {
        return of(values, DType.FLOAT32);
    }

    /**
     * Arrays of float, double or int nested to any depth.
     *
     * @throws IllegalArgumentException if they are ragged, or would lose fractions as INT32
     */
    public static Tensor of(Object nested, DType dtype) {
        NestedArrays.checkElements(nested);
        Shape shape = NestedArrays.shape(nested);
        return make(NestedArrays.flatten(nested, shape, dtype), dtype, shape);
    }

    private static Tensor make(Object array, DType dtype, Shape shape) {
        Backend backend = Backends.current();
        return wrap(backend, backend.upload(dtype, array), shape);
    }

    /** All zeros, FLOAT32. */
    public static Tensor zeros(int... shape) {
        return full(0, shape);
    }

    /** All ones, FLOAT32. */
    public static Tensor ones(int... shape) {
        return full(1, shape);
    }

    /** One number everywhere, FLOAT32. */
    public static Tensor full(double value, int... shape) {
        return full(Backends.current(), value, DType.FLOAT32, Shape.of(shape));
    }

    /** 0, 1, 2, …. */
    static Tensor numbers(Backend backend, DType dtype, Shape shape) {
        return wrap(backend, backend.numbers(dtype, shape.size()), shape);
    }

    private static Tensor full(Backend backend, double value, DType dtype, Shape shape) {
        Tensor out = wrap(backend, backend.allocate(dtype, shape.size()), shape);
        out.fill(value);
        return out;
    }

    /** Zeros of this tensor's shape, dtype and backend. */
    public Tensor zerosLike() {
        return full(backend, 0, dtype(), shape());
    }

    /** Ones of this tensor's shape, dtype and backend. */
    public Tensor onesLike() {
        return full(backend, 1, dtype(), shape());
    }

    /** The identity matrix [n, n]. */
    public static Tensor eye(int n) {
        float[] data = new float[Shape.of(n, n).size()];
        for (int i = 0; i < n; i++) {
            data[i * n + i] = 1;
        }
        return make(data, DType.FLOAT32, Shape.of(n, n));
    }

    /** The whole numbers 0 … end − 1, INT32. */
    public static Tensor arange(int end) {
        return numbers(Backends.current(), DType.INT32, Shape.of(Math.max(0, end)));
    }

    /** The whole numbers start … end − 1, INT32; none where end ≤ start. */
    public static Tensor arange(int start, int end) {
        int[] data = new int[Math.clamp((long) end - start, 0, Integer.MAX_VALUE - 8)];
        Arrays.setAll(data, i -> start + i);
        return of(data);
    }

    /** start, start + step, … up to but not including end, FLOAT32. */
    public static Tensor arange(double start, double end, double step) {
        double count = Math.ceil((end - start) / step);
        if (step == 0 || !(count < Integer.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "arange: from "
                            + start
                            + " to "
                            + end
                            + " in steps of "
                            + step
                            + " has no end");
        }
        double[] data = new double[(int) Math.max(0, count)];
        Arrays.setAll(data, i -> start + i * step);
        return of(data);
    }

    /** {@code count} numbers evenly spaced from start to end, both included, FLOAT32. */
    public static Tensor linspace(double start, double end, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("linspace: negative size " + count);
        }
        double[] data = new double[count];
        Arrays.setAll(
                data,
                i -> i == count - 1 && i > 0 ? end : start + i * ((end - start) / (count - 1.0)));
        if (count == 1) {
            data[0] = start;
        }
        return of(data);
    }

    /** Uniform random numbers in [0, 1), FLOAT32, from the {@link Generator#current} generator. */
    public static Tensor rand(int... shape) {
        return Generator.current().rand(shape);
    }

    /** Normal random numbers, FLOAT32, from the {@link Generator#current} generator. */
    public static Tensor randn(int... shape) {
        return Generator.current().randn(shape);
    }

    /** Seeds the current generator: what is drawn afterwards is the same on every run. */
    public static void seed(long seed) {
        Generator.current().seed(seed);
    }

    // ------------------------------------------------------------------ what it is

    /** The sizes of the axes. */
    public Shape shape() {
        return view.shape();
    }

    /** The number of axes. */
    public int ndim() {
        return shape().rank();
    }

    /** The number of elements. */
    public int size() {
        return shape().size();
    }

    /** The size of one axis. */
    public int size(int axis) {
        return shape().dim(axis);
    }

    /** The type of the elements. */
    public DType dtype() {
        return view.dtype();
    }

    /** Where the elements lie: strides and offset. */
    public Layout layout() {
        return view.layout();
    }

    /** The device. */
    public Backend backend() {
        return backend;
    }

    /**
     * The memory, for operations.
     *
     * @throws IllegalStateException if it is stale
     */
    public View view() {
        checkFresh("reading a tensor");
        return view;
    }

    // ------------------------------------------------------------------ data out

    /** The value of a tensor of one element. */
    public double item() {
        if (size() != 1) {
            throw new IllegalArgumentException(
                    "item: shape "
                            + shape()
                            + " has "
                            + size()
                            + " elements, not one; reduce it first, or use at(…) or toArray()");
        }
        return toArray()[0];
    }

    /** One element; negative indices count from the end. */
    public double at(int... index) {
        if (index.length != ndim()) {
            throw new IllegalArgumentException(
                    "at: "
                            + index.length
                            + (index.length == 1 ? " index" : " indices")
                            + " for shape "
                            + shape()
                            + ": one for each axis gives a number; get(i) and slice(\"…\") give a"
                            + " part");
        }
        Slice[] slices = new Slice[index.length];
        Arrays.setAll(slices, i -> Slice.at(shape().index("at", index[i], i)));
        return new Tensor(backend, view().with(layout().slice(slices))).item();
    }

    /** The elements in row-major order. */
    public double[] toArray() {
        check("toArray", Recorder.current());
        Object data = download("toArray");
        double[] out = new double[size()];
        for (int i = 0; i < out.length; i++) {
            out[i] =
                    switch (data) {
                        case float[] f -> f[i];
                        case double[] d -> d[i];
                        case int[] n -> n[i];
                        default -> throw new AssertionError(data.getClass());
                    };
        }
        return out;
    }

    /** The rows of a matrix. */
    public double[][] toArray2d() {
        if (ndim() != 2) {
            throw new IllegalArgumentException(
                    "toArray2d: shape "
                            + shape()
                            + " has not 2 axes; reshape it to a matrix, or use toArray()");
        }
        return NestedArrays.rows(toArray(), size(0), size(1));
    }

    /** The elements in row-major order; from FLOAT64 rounded. */
    public float[] toFloatArray() {
        return (float[]) to(DType.FLOAT32).download("toFloatArray");
    }

    /** The elements in row-major order; fractions are cut off. */
    public int[] toIntArray() {
        return (int[]) to(DType.INT32).download("toIntArray");
    }

    private Object download(String how) {
        View fresh = view();
        tellReading(how);
        return backend.download(fresh);
    }

    private void tellReading(String how) {
        Recorder recorder = Recorder.current();
        if (recorder != null) {
            recorder.read(how, this);
        }
    }

    /** As NumPy prints an array. */
    @Override
    public String toString() {
        check("toString", Recorder.current());
        Object data = backend.download(view);
        return Printer.format(
                shape().toArray(),
                switch (dtype()) {
                    case FLOAT32 -> Printer.Kind.FLOAT32;
                    case FLOAT64 -> Printer.Kind.FLOAT64;
                    case INT32 -> Printer.Kind.INT32;
                },
                i -> java.lang.reflect.Array.getDouble(data, i));
    }

    // ------------------------------------------------------------------ element-wise

    /** this + other. */
    public Tensor add(Tensor other) {
        return map("add", ADD, this, other);
    }

    /** this + value. */
    public Tensor add(double value) {
        return map("add", ADD_SCALAR, value, 0);
    }

    /** this − other. */
    public Tensor sub(Tensor other) {
        return map("sub", SUB, this, other);
    }

    /** this − value. */
    public Tensor sub(double value) {
        return map("sub", SUB_SCALAR, value, 0);
    }

    /** this · other, element by element. */
    public Tensor mul(Tensor other) {
        return map("mul", MUL, this, other);
    }

    /** this · value. */
    public Tensor mul(double value) {
        return map("mul", MUL_SCALAR, value, 0);
    }

    /** this / other; two INT32 tensors give FLOAT32. */
    public Tensor div(Tensor other) {
        return map("div", DIV, this, other);
    }

    /** this / value. */
    public Tensor div(double value) {
        return map("div", DIV_SCALAR, value, 0);
    }

    /** this to the power of other. */
    public Tensor pow(Tensor other) {
        return map("pow", POW, this, other);
    }

    /** this to the power of a number; 2, 1, −1 and ½ are computed as such. */
    public Tensor pow(double exponent) {
        Tensor x = common("pow", false, this)[0];
        if (exponent == 2) {
            return x.square();
        }
        if (exponent == -1) {
            return x.reciprocal();
        }
        if (exponent == 0.5) {
            return x.sqrt();
        }
        return exponent == 1 ? x.mul(1) : x.map("pow", POW_SCALAR, exponent, 0);
    }

    /** −this. */
    public Tensor neg() {
        return map("neg", NEG, this);
    }

    /** |this|. */
    public Tensor abs() {
        return map("abs", ABS, this);
    }

    /** −1, 0 or 1. */
    public Tensor sign() {
        return map("sign", SIGN, this);
    }

    /** this². */
    public Tensor square() {
        return map("square", SQUARE, this);
    }

    /** The square root. */
    public Tensor sqrt() {
        return map("sqrt", SQRT, this);
    }

    /** 1 / this. */
    public Tensor reciprocal() {
        return map("reciprocal", RECIPROCAL, this);
    }

    /** e^this. */
    public Tensor exp() {
        return map("exp", EXP, this);
    }

    /** The natural logarithm. */
    public Tensor log() {
        return map("log", LOG, this);
    }

    /** ln(1 + this), accurate near 0. */
    public Tensor log1p() {
        return map("log1p", LOG1P, this);
    }

    /** The sine, of radians. */
    public Tensor sin() {
        return map("sin", SIN, this);
    }

    /** The cosine, of radians. */
    public Tensor cos() {
        return map("cos", COS, this);
    }

    /** The hyperbolic tangent. */
    public Tensor tanh() {
        return map("tanh", TANH, this);
    }

    /** 1 / (1 + e^−this). */
    public Tensor sigmoid() {
        return map("sigmoid", SIGMOID, this);
    }

    /** The error function. */
    public Tensor erf() {
        return map("erf", ERF, this);
    }

    /** max(this, 0). */
    public Tensor relu() {
        return map("relu", RELU, this);
    }

    /** ln(1 + e^this). */
    public Tensor softplus() {
        return map("softplus", SOFTPLUS, this);
    }

    /** The logarithm to base 2; exact to a rounding or two. */
    public Tensor log2() {
        return map("log2", LOG2, this);
    }

    /** The logarithm to base 10; exact to a rounding or two. */
    public Tensor log10() {
        return map("log10", LOG10, this);
    }

    /** The largest whole number not above this; like all rounding it has derivative 0. */
    public Tensor floor() {
        return map("floor", FLOOR, this);
    }

    /** The smallest whole number not below this. */
    public Tensor ceil() {
        return map("ceil", CEIL, this);
    }

    /** The nearest whole number; of two equally near ones the even one. INT32 stays as it is. */
    public Tensor round() {
        return dtype().isFloating() ? map("round", ROUND, this) : this;
    }

    /** The whole part: fractions are cut off. */
    public Tensor trunc() {
        return map("trunc", TRUNC, this);
    }

    /**
     * The remainder of this / other where the quotient is rounded down: it has the sign of other,
     * as Python's % and {@code torch.remainder}. NaN where other is 0.
     *
     * @throws ArithmeticException for INT32, which has no NaN, where other is 0
     */
    public Tensor mod(Tensor other) {
        return map("mod", MOD, this, Division.checked("mod", this, other));
    }

    /** {@link #mod(Tensor)} for one divisor; a whole number keeps INT32. */
    public Tensor mod(double divisor) {
        return mod(Division.divisor(this, divisor));
    }

    /**
     * The quotient this / other rounded down, as Python's //; it has derivative 0. Two INT32
     * tensors give INT32.
     *
     * @throws ArithmeticException for INT32, which has no infinity, where other is 0
     */
    public Tensor floorDivide(Tensor other) {
        return Division.floor(this, Division.checked("floorDivide", this, other));
    }

    /** {@link #floorDivide(Tensor)} by one divisor; a whole number keeps INT32. */
    public Tensor floorDivide(double divisor) {
        return floorDivide(Division.divisor(this, divisor));
    }

    /** this + weight · (end − this). */
    public Tensor lerp(Tensor end, double weight) {
        double[] scalars = {weight};
        Expr expr = weight < 0.5 ? LERP_FROM_START : LERP_FROM_END;
        return Op.apply(new Elementwise("lerp", expr, scalars), common("lerp", false, this, end));
    }

    /** this + weight · (end − this); the weights broadcast too. */
    public Tensor lerp(Tensor end, Tensor weight) {
        return Op.apply(
                new Elementwise("lerp", LERP, NONE), common("lerp", false, this, end, weight));
    }

    /** x · Φ(x), with the normal distribution's Φ (Hendrycks and Gimpel 2016). */
    public Tensor gelu() {
        return map("gelu", GELU, this);
    }

    /** The tanh form of {@link #gelu}: x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³))). */
    public Tensor geluTanh() {
        return map("geluTanh", GELU_TANH, this);
    }

    /** x · σ(x). */
    public Tensor silu() {
        return map("silu", SILU, this);
    }

    /** x where x &gt; 0, else slope · x. */
    public Tensor leakyRelu(double slope) {
        return map("leakyRelu", LEAKY_RELU, slope, 0);
    }

    /** The larger one, element by element. */
    public Tensor maximum(Tensor other) {
        return map("maximum", MAXIMUM, this, other);
    }

    /** The smaller one, element by element. */
    public Tensor minimum(Tensor other) {
        return map("minimum", MINIMUM, this, other);
    }

    /** Values below low become low, those above high become high. */
    public Tensor clip(double low, double high) {
        if (!(low <= high)) {
            throw new IllegalArgumentException("clip: low " + low + " is not below high " + high);
        }
        return map("clip", CLIP, low, high);
    }

    /** 1 where equal, else 0. */
    public Tensor eq(Tensor other) {
        return compare("eq", EQ, other);
    }

    /** 1 where not equal, else 0. */
    public Tensor ne(Tensor other) {
        return compare("ne", NE, other);
    }

    /** 1 where this &lt; other, else 0. */
    public Tensor lt(Tensor other) {
        return compare("lt", LT, other);
    }

    /** 1 where this ≤ other, else 0. */
    public Tensor le(Tensor other) {
        return compare("le", LE, other);
    }

    /** 1 where this &gt; other, else 0. */
    public Tensor gt(Tensor other) {
        return compare("gt", GT, other);
    }

    /** 1 where this ≥ other, else 0. */
    public Tensor ge(Tensor other) {
        return compare("ge", GE, other);
    }

    /** 1 where equal to a number, else 0. */
    public Tensor eq(double value) {
        return eq(number(value));
    }

    /** 1 where not equal to a number, else 0. */
    public Tensor ne(double value) {
        return ne(number(value));
    }

    /** 1 where this ≤ value, else 0. */
    public Tensor le(double value) {
        return le(number(value));
    }

    /** 1 where this ≥ value, else 0. */
    public Tensor ge(double value) {
        return ge(number(value));
    }

    /** 1 where this &lt; value, else 0. */
    public Tensor lt(double value) {
        return lt(number(value));
    }

    /** 1 where this &gt; value, else 0. */
    public Tensor gt(double value) {
        return gt(number(value));
    }

    /** 1 where both are not 0. */
    public Tensor logicalAnd(Tensor other) {
        return compare("logicalAnd", AND, other);
    }

    /** 1 where one of them is not 0. */
    public Tensor logicalOr(Tensor other) {
        return compare("logicalOr", OR, other);
    }

    /** 1 where this is 0. */
    public Tensor logicalNot() {
        return map("logicalNot", NOT, this).to(DType.FLOAT32);
    }

    /** 1 where this is not a number, else 0. */
    public Tensor isNaN() {
        return map("isNaN", IS_NAN, 0, 0).to(DType.FLOAT32);
    }

    /** 1 where this is infinite, else 0. */
    public Tensor isInf() {
        return map("isInf", IS_INF, 0, 0).to(DType.FLOAT32);
    }

    /** 1 where this is neither infinite nor not a number, else 0. */
    public Tensor isFinite() {
        return map("isFinite", IS_FINITE, 0, 0).to(DType.FLOAT32);
    }

    /** {@link #allClose(Tensor, double, double)} with 1e-5 and 1e-8, as in NumPy and PyTorch. */
    public boolean allClose(Tensor other) {
        return allClose(other, 1e-5, 1e-8);
    }

    /**
     * Whether |this − other| ≤ absolute + relative · |other| everywhere; equal infinities are
     * close, NaN is close to nothing. The shapes broadcast. Reads one number from the device.
     */
    public boolean allClose(Tensor other, double relative, double absolute) {
        double[] scalars = {relative, absolute};
        Tensor[] x = common("allClose", false, detach(), other.detach());
        return Op.apply(new Elementwise("allClose", CLOSE, scalars), x).all().item() == 1;
    }

    /** 1 if any element is not 0, over all or along the named axes, else 0; NaN counts. */
    public Tensor any(int... axes) {
        return detach().ne(0).sum(axes).gt(0);
    }

    /** 1 if no element is 0, over all or along the named axes, else 0. */
    public Tensor all(int... axes) {
        return detach().eq(0).sum(axes).eq(0);
    }

    /** a where condition is not 0, else b: a true select; the dtype is that of a and b. */
    public static Tensor where(Tensor condition, Tensor a, Tensor b) {
        Tensor[] x = common("where", true, a, b);
        Objects.requireNonNull(condition, "where: a tensor is null");
        if (condition.dtype() == x[0].dtype()) {
            return map("where", WHERE, condition, x[0], x[1]);
        }
        // A mask of 0 and 1 survives any conversion; a condition of 0.5 would not.
        return map("where", WHERE, condition.logicalNot().to(x[0].dtype()), x[1], x[0]);
    }

    private static final Expr ADD = X.add(Y);
    private static final Expr ADD_SCALAR = X.add(S);
    private static final Expr SUB = X.sub(Y);
    private static final Expr SUB_SCALAR = X.sub(S);
    private static final Expr MUL = X.mul(Y);
    private static final Expr MUL_SCALAR = X.mul(S);
    private static final Expr DIV = X.div(Y);
    private static final Expr DIV_SCALAR = X.div(S);
    private static final Expr POW = X.pow(Y);
    private static final Expr POW_SCALAR = X.pow(S);
    private static final Expr NEG = X.neg();
    private static final Expr ABS = X.abs();
    private static final Expr SIGN = X.sign();
    private static final Expr SQUARE = X.square();
    private static final Expr SQRT = X.sqrt();
    private static final Expr RECIPROCAL = Expr.ONE.div(X);
    private static final Expr EXP = X.exp();
    private static final Expr LOG = X.log();
    private static final Expr LOG1P = X.log1p();
    private static final Expr SIN = X.sin();
    private static final Expr COS = X.cos();
    private static final Expr TANH = X.tanh();
    private static final Expr SIGMOID = X.sigmoid();
    private static final Expr ERF = X.erf();
    private static final Expr RELU = X.relu();
    private static final Expr SOFTPLUS = X.softplus();
    private static final Expr LOG2 = LOG.mul(1 / Math.log(2));
    private static final Expr LOG10 = LOG.mul(1 / Math.log(10));
    private static final Expr FLOOR = X.floor();
    private static final Expr CEIL = X.ceil();
    private static final Expr ROUND = X.round();
    private static final Expr TRUNC = X.trunc();
    private static final Expr MOD = X.mod(Y);
    // Each form gives its own end exactly.
    private static final Expr LERP_FROM_START = X.add(S.mul(Y.sub(X)));
    private static final Expr LERP_FROM_END = Y.sub(Expr.ONE.sub(S).mul(Y.sub(X)));
    private static final Expr LERP =
            Expr.where(
                    Z.lt(Expr.of(0.5)),
                    X.add(Z.mul(Y.sub(X))),
                    Y.sub(Expr.ONE.sub(Z).mul(Y.sub(X))));
    private static final Expr GELU = X.gelu();
    private static final Expr GELU_TANH = X.geluTanh();
    private static final Expr SILU = X.silu();
    private static final Expr LEAKY_RELU = Expr.where(Expr.ZERO.lt(X), X, S.mul(X));
    private static final Expr IS_NAN = X.isNaN();
    private static final Expr IS_INF = X.abs().eq(Expr.of(Double.POSITIVE_INFINITY));
    private static final Expr IS_FINITE = X.abs().lt(Expr.of(Double.POSITIVE_INFINITY));
    private static final Expr CLOSE =
            Expr.where(
                    X.eq(Y),
                    Expr.ONE,
                    X.sub(Y)
                            .abs()
                            .le(T.add(S.mul(Y.abs())))
                            .mul(Y.abs().lt(Expr.of(Double.POSITIVE_INFINITY))));
    private static final Expr MAXIMUM = X.max(Y);
    private static final Expr MINIMUM = X.min(Y);
    private static final Expr CLIP = Expr.where(X.lt(S), S, Expr.where(T.lt(X), T, X));
    private static final Expr EQ = X.eq(Y);
    private static final Expr NE = Expr.ONE.sub(EQ);
    private static final Expr LT = X.lt(Y);
    private static final Expr LE = X.le(Y);
    private static final Expr GT = Y.lt(X);
    private static final Expr GE = Y.le(X);
    private static final Expr NOT = X.eq(Expr.ZERO);
    private static final Expr AND = Expr.where(X, Expr.where(Y, Expr.ONE, Expr.ZERO), Expr.ZERO);
    private static final Expr OR = Expr.where(X, Expr.ONE, Expr.where(Y, Expr.ONE, Expr.ZERO));
    private static final Expr WHERE = Expr.where(X, Y, Z);

    /**
     * Any element-wise expression of tensors that broadcast together, as one kernel, with its
     * derivative: how a new activation is made in one line.
     *
     * @param name what error messages call it
     * @param expr over inputs 0 … inputs.length − 1, without run-time scalars
     */
    public static Tensor map(String name, Expr expr, Tensor... inputs) {
        checkInputs(name, expr.program(), inputs);
        Tensor[] x = common(name, expr.program().hasInt(), inputs);
        return Op.apply(new Elementwise(name, expr, NONE), x);
    }

    private static void checkInputs(String name, Program program, Tensor... inputs) {
        if (program.inputs() > inputs.length || program.scalars() > 0 || inputs.length == 0) {
            throw new IllegalArgumentException(
                    name
                            + ": the expression reads "
                            + program.inputs()
                            + " inputs and "
                            + program.scalars()
                            + " scalars, and "
                            + inputs.length
                            + " inputs were given; a number that changes is an input of shape []");
        }
    }

    private Tensor map(String name, Expr expr, double first, double second) {
        double[] scalars = {first, second};
        return Op.apply(new Elementwise(name, expr, scalars), common(name, false, this));
    }

    private Tensor compare(String name, Expr expr, Tensor other) {
        return map(name, expr, this, other).to(DType.FLOAT32);
    }

    /** A number as a scalar tensor beside this one, of a type that keeps it whole. */
    private Tensor number(double value) {
        return full(backend, value, dtype().isFloating() ? dtype() : DType.FLOAT64, Shape.SCALAR);
    }

    /** The inputs in their common dtype. */
    static Tensor[] common(String name, boolean intsAllowed, Tensor... x) {
        for (Tensor t : x) {
            Objects.requireNonNull(t, () -> name + ": a tensor is null");
        }
        DType dtype = x[0].dtype();
        boolean same = true;
        for (Tensor t : x) {
            same &= t.dtype() == dtype;
            dtype = DType.promote(dtype, t.dtype());
        }
        if (!dtype.isFloating() && !intsAllowed) {
            dtype = DType.FLOAT32;
            same = false;
        }
        if (same) {
            return x;
        }
        Tensor[] out = new Tensor[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i].to(dtype);
        }
        return out;
    }

    // ------------------------------------------------------------------ reductions

    /** The sum over all elements, or over the named axes. */
    public Tensor sum(int... axes) {
        return sum(axes, false);
    }

    /** The sum over an axis, which stays with size 1 if keepDims. */
    public Tensor sum(int axis, boolean keepDims) {
        return sum(new int[] {axis}, keepDims);
    }

    /** The sum over axes (none named: all), which stay with size 1 if keepDims. */
    public Tensor sum(int[] axes, boolean keepDims) {
        return sum("sum", X, axes, keepDims, this);
    }

    /** The mean over all elements, or over the named axes; of INT32 as FLOAT32. */
    public Tensor mean(int... axes) {
        return mean(axes, false);
    }

    /** The mean over an axis, which stays with size 1 if keepDims. */
    public Tensor mean(int axis, boolean keepDims) {
        return mean(new int[] {axis}, keepDims);
    }

    /** The mean over axes (none named: all), which stay with size 1 if keepDims. */
    public Tensor mean(int[] axes, boolean keepDims) {
        shape().axes("mean", axes); // an error names the mean, not the sum in it
        if (!dtype().isFloating()) { // float would lose whole numbers, and int sums
            return to(DType.FLOAT64).mean(axes, keepDims).to(DType.FLOAT32);
        }
        return mean("mean", X, axes, keepDims, this);
    }

    /** The largest over all elements, or over the named axes; NaN if one is. */
    public Tensor max(int... axes) {
        return extreme(Reduction.MAX, axes, false);
    }

    /** The largest over an axis, which stays with size 1 if keepDims. */
    public Tensor max(int axis, boolean keepDims) {
        return extreme(Reduction.MAX, new int[] {axis}, keepDims);
    }

    /** The smallest over all elements, or over the named axes; NaN if one is. */
    public Tensor min(int... axes) {
        return extreme(Reduction.MIN, axes, false);
    }

    /** The smallest over an axis, which stays with size 1 if keepDims. */
    public Tensor min(int axis, boolean keepDims) {
        return extreme(Reduction.MIN, new int[] {axis}, keepDims);
    }

    Tensor extreme(Reduction reduction, int[] axes, boolean keepDims) {
        String name = reduction == Reduction.MAX ? "max" : "min";
        Reduce op = new Reduce.Extreme(reduction, shape().axes(name, axes), keepDims);
        if (size() == 0 && shape().reduce(op.axes(), false).size() > 0) {
            throw new IllegalArgumentException(
                    name + ": shape " + shape() + " has no elements to choose from");
        }
        return Op.apply(op, this);
    }

    /**
     * The variance over all elements, or over the named axes, with the divisor n − 1. (NumPy's
     * divisor is n: {@code var(axes, 0, false)}.)
     */
    public Tensor var(int... axes) {
        return var(axes, 1, false);
    }

    /** The variance over an axis, which stays with size 1 if keepDims. */
    public Tensor var(int axis, boolean keepDims) {
        return var(new int[] {axis}, 1, keepDims);
    }

    /**
     * The variance Σ (x − mean)² / (n − correction); NaN where n ≤ correction.
     *
     * @param axes none named: all
     */
    public Tensor var(int[] axes, int correction, boolean keepDims) {
        return Statistics.var("var", this, axes, correction, keepDims);
    }

    /** The standard deviation, the root of {@link #var(int...)}; its derivative at 0 is 0. */
    public Tensor std(int... axes) {
        return std(axes, 1, false);
    }

    /** The standard deviation over an axis, which stays with size 1 if keepDims. */
    public Tensor std(int axis, boolean keepDims) {
        return std(new int[] {axis}, 1, keepDims);
    }

    /** The root of {@link #var(int[], int, boolean)}; its derivative at 0 is 0. */
    public Tensor std(int[] axes, int correction, boolean keepDims) {
        return Statistics.root("std", Statistics.var("std", this, axes, correction, keepDims));
    }

    /** The product over all elements, or over the named axes; of none it is 1. */
    public Tensor prod(int... axes) {
        return Op.apply(new Reduce.Prod(shape().axes("prod", axes), false), this);
    }

    /** The product over an axis, which stays with size 1 if keepDims. */
    public Tensor prod(int axis, boolean keepDims) {
        return Op.apply(new Reduce.Prod(shape().axes("prod", axis), keepDims), this);
    }

    /** ln Σ e^x over all elements, or over the named axes, without overflow. */
    public Tensor logSumExp(int... axes) {
        return Statistics.logSumExp(this, axes, false);
    }

    /** ln Σ e^x over an axis, which stays with size 1 if keepDims. */
    public Tensor logSumExp(int axis, boolean keepDims) {
        return Statistics.logSumExp(this, new int[] {axis}, keepDims);
    }

    /** The L2 norm √Σ x² of all elements. */
    public Tensor norm() {
        return norm(2);
    }

    /**
     * The p-norm (Σ |x|ᵖ)^(1/p) over all elements, or over the named axes. p = ∞ is the largest
     * |x|, −∞ the smallest, 0 the number of elements that are not 0. The derivative where all are 0
     * is 0.
     */
    public Tensor norm(double p, int... axes) {
        return Statistics.norm(this, p, axes, false);
    }

    /** The p-norm over an axis, which stays with size 1 if keepDims. */
    public Tensor norm(double p, int axis, boolean keepDims) {
        return Statistics.norm(this, p, new int[] {axis}, keepDims);
    }

    /** Where the largest element is, counted in row-major order: INT32 of shape []. */
    public Tensor argmax() {
        return flatten().argmax(0);
    }

    /** Where the largest along an axis is, INT32; the first of equal ones, or the first NaN. */
    public Tensor argmax(int axis) {
        return argmax(axis, false);
    }

    /** Where the largest along an axis is; the axis stays with size 1 if keepDims. */
    public Tensor argmax(int axis, boolean keepDims) {
        return Statistics.place("argmax", Reduction.MAX, this, axis, keepDims);
    }

    /** Where the smallest element is, counted in row-major order: INT32 of shape []. */
    public Tensor argmin() {
        return flatten().argmin(0);
    }

    /** Where the smallest along an axis is, INT32; the first of equal ones, or the first NaN. */
    public Tensor argmin(int axis) {
        return argmin(axis, false);
    }

    /** Where the smallest along an axis is; the axis stays with size 1 if keepDims. */
    public Tensor argmin(int axis, boolean keepDims) {
        return Statistics.place("argmin", Reduction.MIN, this, axis, keepDims);
    }

    /** The sums of the elements up to each one along an axis: [n] → [n]. */
    public Tensor cumsum(int axis) {
        return Op.apply(new Scan.Cumsum(shape().axis("cumsum", axis)), this);
    }

    /** The products of the elements up to each one along an axis: [n] → [n]. */
    public Tensor cumprod(int axis) {
        return Scan.of(this, shape().axis("cumprod", axis), Tensor::mul);
    }

    /**
     * The sum of an element-wise expression of tensors that broadcast together, in one pass:
     * nothing in between is stored.
     *
     * @param axes of the broadcast shape; none named: all
     */
    public static Tensor sum(
            String name, Expr expr, int[] axes, boolean keepDims, Tensor... inputs) {
        checkInputs(name, expr.program(), inputs);
        Tensor[] x = common(name, expr.program().hasInt(), inputs);
        boolean[] flags = Elementwise.broadcast(name, x).axes(name, axes);
        return Op.apply(new Reduce.Sum(name, expr, NONE, flags, keepDims), x);
    }

    /**
     * The mean of an element-wise expression of tensors that broadcast together; of INT32 as
     * FLOAT32.
     *
     * @param axes of the broadcast shape; none named: all
     */
    public static Tensor mean(
            String name, Expr expr, int[] axes, boolean keepDims, Tensor... inputs) {
        checkInputs(name, expr.program(), inputs);
        Tensor[] x = common(name, false, inputs);
        boolean[] flags = Elementwise.broadcast(name, x).axes(name, axes);
        return Op.apply(new Reduce.Mean(name, expr, flags, keepDims), x);
    }

    /** Summed over the axes that broadcasting from {@code target} would stretch. */
    public Tensor sumTo(Shape target) {
        if (target.equals(shape())) {
            return this;
        }
        if (!Shape.broadcast("sumTo", target, shape()).equals(shape())) {
            throw new IllegalArgumentException(
                    "sumTo: shape " + shape() + " is not what " + target + " broadcasts to");
        }
        int extra = ndim() - target.rank();
        int[] axes = new int[ndim()];
        int count = 0;
        for (int i = 0; i < ndim(); i++) {
            if (i < extra || (target.dim(i - extra) == 1 && size(i) != 1)) {
                axes[count++] = i;
            }
        }
        Tensor sum = count == 0 ? this : sum(Arrays.copyOf(axes, count), true);
        return sum.reshape(target);
    }

    /** e^x / Σ e^x along an axis. */
    public Tensor softmax(int axis) {
        return along("softmax", axis, new Rowwise.Softmax());
    }

    /** x − ln Σ e^x along an axis: the logarithm of the softmax, without its rounding. */
    public Tensor logSoftmax(int axis) {
        return along("logSoftmax", axis, new Rowwise.LogSoftmax());
    }

    private Tensor along(String name, int axis, FusedOp op) {
        int at = shape().axis(name, axis);
        Tensor x = common(name, false, this)[0];
        if (size() == 0) {
            return x;
        }
        return at == ndim() - 1
                ? Op.applyFused(op, x)
                : Op.applyFused(op, x.transpose(at, -1)).transpose(at, -1);
    }

    // ------------------------------------------------------------------ linear algebra

    /**
     * The matrix product, as in PyTorch: {@code [m, k] · [k, n] → [m, n]}; axes in front are a
     * batch and broadcast; a vector counts as a row on the left, as a column on the right, and its
     * extra axis disappears again. A transposed operand is read in place.
     */
    public Tensor matmul(Tensor other) {
        if (ndim() == 0 || other.ndim() == 0) {
            throw new IllegalArgumentException(
                    "matmul: shapes "
                            + shape()
                            + " and "
                            + other.shape()
                            + ": a scalar has no rows or columns; use mul");
        }
        Tensor[] x = common("matmul", false, this, other);
        Tensor a = x[0].ndim() == 1 ? x[0].unsqueeze(0) : x[0];
        Tensor b = x[1].ndim() == 1 ? x[1].unsqueeze(1) : x[1];
        if (a.size(-1) != b.size(-2)) {
            throw new IllegalArgumentException(
                    "matmul: shapes "
                            + shape()
                            + " and "
                            + other.shape()
                            + ": the last axis of the first ("
                            + a.size(-1)
                            + ") must equal "
                            + (other.ndim() == 1 ? "the length" : "axis -2")
                            + " of the second ("
                            + b.size(-2)
                            + ")"
                            + (b.size(-1) == a.size(-1)
                                    ? "; did you mean matmul(other.transpose(-1, -2))?"
                                    : a.size(-2) == b.size(-2)
                                            ? "; did you mean transpose(-1, -2).matmul(other)?"
                                            : ""));
        }
        Tensor product;
        if (a.ndim() > 2 && b.ndim() == 2 && a.layout().isContiguous()) {
            // One large product instead of a batch of small ones.
            Tensor rows = a.reshape(rows(a), a.size(-1));
            int[] shape = a.shape().toArray();
            shape[shape.length - 1] = b.size(1);
            product = Op.apply(new Structural.MatMul(), rows, b).reshape(shape);
        } else {
            product = Op.apply(new Structural.MatMul(), a, b);
        }
        if (ndim() == 1) {
            product = product.squeeze(-2);
        }
        return other.ndim() == 1 ? product.squeeze(-1) : product;
    }

    /** How often the last axis is there. */
    static int rows(Tensor a) {
        int rows = 1;
        for (int axis = 0; axis < a.ndim() - 1; axis++) {
            rows *= a.size(axis);
        }
        return rows;
    }

    /** The sum of products of two vectors of the same length. */
    public Tensor dot(Tensor other) {
        if (ndim() != 1 || !shape().equals(other.shape())) {
            throw new IllegalArgumentException(
                    "dot: shapes "
                            + shape()
                            + " and "
                            + other.shape()
                            + " must be two vectors of one length; matmul multiplies matrices");
        }
        return sum("dot", MUL, new int[0], false, this, other);
    }

    // ------------------------------------------------------------------ movement

    /** The same elements in row-major order under another shape; one size may be −1. */
    public Tensor reshape(int... shape) {
        int unknown = -1;
        long known = 1;
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] == -1 && unknown >= 0) {
                throw new IllegalArgumentException(
                        "reshape: " + Arrays.toString(shape) + " has more than one -1");
            }
            if (shape[i] == -1) {
                unknown = i;
            } else {
                known *= shape[i];
            }
        }
        int[] dims = shape.clone();
        if (unknown >= 0) {
            if (known == 0 || size() % known != 0) {
                throw new IllegalArgumentException(
                        "reshape: shape "
                                + shape()
                                + " with "
                                + size()
                                + " elements does not divide into "
                                + Arrays.toString(shape));
            }
            dims[unknown] = (int) (size() / known);
        }
        return reshape(Shape.of(dims));
    }

    /** The same elements in row-major order under another shape. */
    public Tensor reshape(Shape target) {
        return target.equals(shape()) ? this : Op.apply(new Movement.Reshape(target), this);
    }

    /** As a vector. */
    public Tensor flatten() {
        return reshape(-1);
    }

    /** The axes in another order: axis i of the result is axis {@code axes[i]} of this. */
    public Tensor permute(int... axes) {
        return Op.apply(new Movement.Permute(axes.clone()), this);
    }

    /** Two axes exchanged. */
    public Tensor transpose(int first, int second) {
        int[] axes = new int[ndim()];
        Arrays.setAll(axes, i -> i);
        int a = shape().axis("transpose", first);
        int b = shape().axis("transpose", second);
        axes[a] = b;
        axes[b] = a;
        return permute(axes);
    }

    /** A matrix transposed. */
    public Tensor t() {
        if (ndim() != 2) {
            throw new IllegalArgumentException(
                    "t: shape "
                            + shape()
                            + " is not a matrix; "
                            + (ndim() < 2
                                    ? "unsqueeze(-1) makes a vector a column, unsqueeze(0) a row"
                                    : "name the axes: transpose(-1, -2)"));
        }
        return transpose(0, 1);
    }

    /** Axes of size 1, and new ones in front, repeated without a copy. */
    public Tensor expand(int... shape) {
        return expand(Shape.of(shape));
    }

    /** Axes of size 1, and new ones in front, repeated without a copy. */
    public Tensor expand(Shape target) {
        return target.equals(shape()) ? this : Op.apply(new Movement.Expand(target), this);
    }

    /** A new axis of size 1 before axis {@code axis} of the result. */
    public Tensor unsqueeze(int axis) {
        int at = axis < 0 ? axis + ndim() + 1 : axis;
        if (at < 0 || at > ndim()) {
            throw new IllegalArgumentException(
                    "unsqueeze: axis " + axis + " is out of range for shape " + shape());
        }
        int[] dims = new int[ndim() + 1];
        Arrays.setAll(dims, i -> i == at ? 1 : size(i < at ? i : i - 1));
        return reshape(dims);
    }

    /** Without an axis, which must have size 1. */
    public Tensor squeeze(int axis) {
        int at = shape().axis("squeeze", axis);
        if (size(at) != 1) {
            throw new IllegalArgumentException(
                    "squeeze: axis "
                            + axis
                            + " of shape "
                            + shape()
                            + " has not size 1; to lose it, choose from it (slice) or reduce it"
                            + " (sum, mean, max)");
        }
        int[] dims = new int[ndim() - 1];
        Arrays.setAll(dims, i -> size(i < at ? i : i + 1));
        return reshape(dims);
    }

    /** A part, in NumPy's notation: {@code t.slice("1:4, ::2, -1")}. */
    public Tensor slice(String text) {
        return slice(Slice.parse(text));
    }

    /** A part of each axis; axes that are not named are whole. */
    public Tensor slice(Slice... slices) {
        return Op.apply(new Movement.Select(List.of(slices)), this);
    }

    /** Element {@code index} of the first axis, which disappears. */
    public Tensor get(int index) {
        return slice(Slice.at(index));
    }

    // ------------------------------------------------------------------ rearranging

    /** Axes {@code start} to {@code end}, both included, joined to one; a scalar becomes [1]. */
    public Tensor flatten(int start, int end) {
        return Rearrange.flatten(this, start, end);
    }

    /** Without the axes of size 1. */
    public Tensor squeeze() {
        return reshape(Arrays.stream(shape().toArray()).filter(d -> d != 1).toArray());
    }

    /** Axis {@code from} moved to place {@code to}; the others keep their order. */
    public Tensor movedim(int from, int to) {
        return Rearrange.movedim(this, from, to);
    }

    /**
     * Copies side by side: axis i {@code times[i]} times over, {@code [2, 3]} repeated (2, 1) is
     * {@code [4, 3]}. More numbers than axes make new axes in front.
     */
    public Tensor repeat(int... times) {
        return Rearrange.repeat("repeat", this, times);
    }

    /** As {@link #repeat}, but fewer numbers than axes count for the last axes, as in NumPy. */
    public Tensor tile(int... times) {
        return Rearrange.tile(this, times);
    }

    /** Each element several times in a row: {@code [a, b]} twice is {@code [a, a, b, b]}. */
    public Tensor repeatInterleave(int times, int axis) {
        return Rearrange.repeatInterleave(this, times, axis);
    }

    /**
     * A value around the elements: how many in front of and behind the last axis, then the axis
     * before it, and so on. {@code pad(0, 1, 2)} makes {@code [2, 3]} a {@code [2, 6]}. A negative
     * number cuts off as many.
     *
     * @param value a whole number, if this is INT32
     */
    public Tensor pad(double value, int... leftRight) {
        return Rearrange.pad(this, value, leftRight);
    }

    /** Backwards along the named axes; none named: all. */
    public Tensor flip(int... axes) {
        return Rearrange.flip(this, axes);
    }

    /** Shifted along an axis; what leaves at one end comes in at the other. */
    public Tensor roll(int shift, int axis) {
        return Rearrange.roll(this, shift, axis);
    }

    /** Parts of {@code size} along an axis, the last one of what is left. They are views. */
    public List<Tensor> split(int size, int axis) {
        return Rearrange.split(this, size, axis);
    }

    /** Parts of these sizes along an axis, which they must use up. They are views. */
    public List<Tensor> split(int[] sizes, int axis) {
        return Rearrange.split(this, sizes, axis);
    }

    /**
     * At most n parts along an axis, of ⌈size / n⌉ but for the last: 6 in 4 chunks are 3 of 2, as
     * in PyTorch. They are views.
     */
    public List<Tensor> chunk(int n, int axis) {
        return Rearrange.chunk(this, n, axis);
    }

    /**
     * The coordinates of a grid: vectors [n], [m], … → as many tensors [n, m, …], the i-th of which
     * varies along axis i ("ij" order). They are views.
     */
    public static List<Tensor> meshgrid(Tensor... axes) {
        return Rearrange.meshgrid(axes);
    }

    // ------------------------------------------------------------------ diagonals and triangles

    /** The elements [.., i, j] with j ≤ i; zeros elsewhere. */
    public Tensor tril() {
        return tril(0);
    }

    /** The elements [.., i, j] on and below diagonal k, j − i ≤ k; zeros elsewhere. */
    public Tensor tril(int k) {
        return Diagonals.triangle("tril", true, this, k);
    }

    /** The elements [.., i, j] with j ≥ i; zeros elsewhere. */
    public Tensor triu() {
        return triu(0);
    }

    /** The elements [.., i, j] on and above diagonal k, j − i ≥ k; zeros elsewhere. */
    public Tensor triu(int k) {
        return Diagonals.triangle("triu", false, this, k);
    }

    /** A vector [n] as the diagonal of a matrix [n, n], or the diagonal of a matrix. */
    public Tensor diag() {
        return diag(0);
    }

    /**
     * A vector as diagonal k of a square matrix of zeros, {@code [n] → [n + |k|, n + |k|]}, or
     * diagonal k of a matrix, the elements [i, i + k].
     */
    public Tensor diag(int k) {
        return Diagonals.diag(this, k);
    }

    /** The sum of a matrix's diagonal. */
    public Tensor trace() {
        return Diagonals.trace(this);
    }

    /** Every product of an element of a vector and one of another: {@code [n], [m] → [n, m]}. */
    public Tensor outer(Tensor other) {
        return Diagonals.outer(this, other);
    }

    /**
     * Sums of products in Einstein's notation, as NumPy's: {@code einsum("ij,jk->ik", a, b)} is the
     * matrix product. A letter names an axis of each operand that has it; the result has the axes
     * after the arrow, and is summed over all others. A letter twice in one operand is a diagonal;
     * "..." stands for axes without a name, which broadcast; so do named ones of size 1. Without an
     * arrow the result has the axes under "..." and then, sorted, the letters that occur once.
     *
     * <p>Operands are contracted two by two from the left, as products of matrices where something
     * is summed, so that the order given is the order of the work. Like that of matmul, the result
     * is floating: INT32 operands become FLOAT32.
     *
     * @throws IllegalArgumentException if the string is not of this form or does not fit the shapes
     */
    public static Tensor einsum(String subscripts, Tensor... operands) {
        return Einsum.of(subscripts, operands);
    }

    // ------------------------------------------------------------------ joining and choosing

    /** Tensors one after another along an axis; the other axes must agree. */
    public static Tensor concat(int axis, Tensor... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("concat: nothing to join");
        }
        Shape first = parts[0].shape();
        int a = first.axis("concat", axis);
        for (Tensor t : parts) {
            boolean fits = t.ndim() == first.rank();
            for (int i = 0; fits && i < first.rank(); i++) {
                fits = i == a || t.size(i) == first.dim(i);
            }
            if (!fits) {
                throw new IllegalArgumentException(
                        "concat: shapes "
                                + first
                                + " and "
                                + t.shape()
                                + " must agree on every axis but "
                                + axis
                                + Structural.Concat.hint(first, t.shape()));
            }
        }
        return Op.apply(new Structural.Concat(a), common("concat", true, parts));
    }

    /** Tensors of one shape along a new axis. */
    public static Tensor stack(int axis, Tensor... parts) {
        if (parts.length == 0) {
            throw new IllegalArgumentException("stack: nothing to join");
        }
        Tensor[] rows = new Tensor[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (!parts[i].shape().equals(parts[0].shape())) {
                throw new IllegalArgumentException(
                        "stack: shapes "
                                + parts[0].shape()
                                + " and "
                                + parts[i].shape()
                                + " differ; stack makes a new axis of equal shapes, concat joins"
                                + " along one that is there");
            }
            rows[i] = parts[i].unsqueeze(axis);
        }
        return concat(axis, rows);
    }

    /**
     * Rows by index: this [rows, j…], index [i…] of INT32 → [i…, j…]. A row may be taken many
     * times; its gradients add up.
     *
     * @throws IndexOutOfBoundsException if an index is no row; names it and its place
     */
    public Tensor gather(Tensor index) {
        Objects.requireNonNull(index, "gather: the index is null");
        if (index.dtype() != DType.INT32 || ndim() == 0) {
            throw new IllegalArgumentException(
                    "gather: the index must be INT32 (to(DType.INT32) converts it), not "
                            + index.dtype()
                            + ", and the table, of shape "
                            + shape()
                            + ", must have rows");
        }
        return Op.apply(new Structural.Gather(), this, index);
    }

    /**
     * Elements by their index along an axis, as PyTorch's {@code gather}: the result has the
     * index's shape, and for axis 1 of 3 is {@code out[i, j, k] = this[i, index[i, j, k], k]}. The
     * index (INT32) has as many axes as this, none longer but {@code axis}. So {@code
     * logProbabilities.gather(1, labels.unsqueeze(1))} takes one number of each row, [n, 1].
     * Gradients of an element taken many times add up.
     *
     * @throws IndexOutOfBoundsException if an index is negative or too large; names it and its
     *     place
     */
    public Tensor gather(int axis, Tensor index) {
        return Indexing.gather(this, axis, index);
    }

    /**
     * The transpose of {@link #gather(int, Tensor)}: this, with every element of the source added
     * at its index along an axis; for axis 1 of 3 {@code out[i, index[i, j, k], k] += source[i, j,
     * k]}. The index (INT32) has as many axes as both, none longer than the source's, nor than this
     * tensor's but for {@code axis}; what the source has beyond the index is not read.
     *
     * @throws IndexOutOfBoundsException if an index is negative or too large; names it and its
     *     place
     */
    public Tensor scatterAdd(int axis, Tensor index, Tensor source) {
        return Indexing.scatterAdd(this, axis, index, source);
    }

    /**
     * The parts of an axis that a vector of INT32 names, in its order: {@code [a, n, b]} and an
     * index [k] → [a, k, b] for axis 1.
     *
     * @throws IndexOutOfBoundsException if an index is negative or too large; names it and its
     *     place
     */
    public Tensor indexSelect(int axis, Tensor index) {
        return Indexing.indexSelect(this, axis, index);
    }

    /**
     * The parts of an axis for which a mask [size of the axis], of any dtype, is not 0, in order:
     * {@code table.compress(0, table.slice(":, 2").gt(0))} has the rows whose column 2 is positive.
     * The mask has no gradient.
     */
    public Tensor compress(int axis, Tensor mask) {
        return Indexing.compress(this, axis, mask);
    }

    /**
     * The elements where a mask of any dtype is not 0, in row-major order: [n]. The two broadcast.
     * The mask has no gradient; those of the elements go back to their places.
     */
    public Tensor maskedSelect(Tensor mask) {
        return Indexing.maskedSelect(this, mask);
    }

    /**
     * A number where a mask of any dtype is not 0, else this; the two broadcast. What is replaced
     * has gradient 0, even where the number is −∞. The dtype stays.
     *
     * @throws IllegalArgumentException if this is INT32 and the number is not (PyTorch cuts off its
     *     fraction)
     */
    public Tensor maskedFill(Tensor mask, double value) {
        if (dtype() == DType.INT32 && value != (int) value) {
            throw new IllegalArgumentException(
                    "maskedFill: "
                            + value
                            + " is not an INT32, which this tensor is; to(DType.FLOAT32) first");
        }
        Objects.requireNonNull(mask, "maskedFill: the mask is null");
        double[] scalars = {value};
        return mask.dtype() == dtype()
                ? Op.apply(new Elementwise("maskedFill", FILL_WHERE, scalars), this, mask)
                : Op.apply(
                        new Elementwise("maskedFill", FILL_WHERE_NOT, scalars),
                        this,
                        mask.logicalNot().to(dtype()));
    }

    private static final Expr FILL_WHERE = Expr.where(Y, S, X);
    private static final Expr FILL_WHERE_NOT = Expr.where(Y, X, S);

    /** Where this is not 0: the coordinates, in row-major order, INT32 [n, axes]. */
    public Tensor nonzero() {
        return Indexing.nonzero(this);
    }

    /**
     * Labels [i…] (INT32) as rows of zeros with a 1 at the label: FLOAT32 [i…, classes].
     *
     * @throws IndexOutOfBoundsException if a label is no class; names it and its place
     */
    public Tensor oneHot(int classes) {
        return Indexing.oneHot(this, classes);
    }

    // ------------------------------------------------------------------ sorting

    /**
     * Sorted along an axis in ascending order, and where each element was. Equal elements stay in
     * their order (so do −0 and 0); NaN comes last. Sorted on the host, on every backend.
     */
    public Sorted sort(int axis) {
        return sort(axis, false);
    }

    /**
     * Sorted along an axis in either order, and where each element was. Equal elements stay in
     * their order; NaN counts as the largest number, so it comes first in descending order.
     */
    public Sorted sort(int axis, boolean descending) {
        return Sorting.sort(this, axis, descending);
    }

    /** The indices that sort along an axis, ascending as {@link #sort(int)}: INT32. */
    public Tensor argsort(int axis) {
        return argsort(axis, false);
    }

    /** The indices that sort along an axis as {@link #sort(int, boolean)} does: INT32. */
    public Tensor argsort(int axis, boolean descending) {
        return Sorting.argsort(this, axis, descending);
    }

    /** The k largest along the last axis, the largest first: {@code [a, n] → [a, k]}. */
    public Sorted topk(int k) {
        return topk(k, -1, true);
    }

    /**
     * The k largest along an axis, the largest first, or the k smallest, the smallest first; of
     * equal ones those that come first. NaN counts as the largest number.
     *
     * @throws IllegalArgumentException if the axis has fewer than k
     */
    public Sorted topk(int k, int axis, boolean largest) {
        return Sorting.topk(this, k, axis, largest);
    }

    /** The different values of all elements, ascending: [k], a constant; NaN once, at the end. */
    public Tensor unique() {
        return uniqueWithCounts().values();
    }

    /** The different values, which of them each element is, and how often each is there. */
    public Unique uniqueWithCounts() {
        return Sorting.unique(this);
    }

    // ------------------------------------------------------------------ type, place, lifetime

    /** Converted to another dtype; to INT32 by cutting off fractions. */
    public Tensor to(DType dtype) {
        return dtype == dtype() ? this : Op.apply(new Structural.Cast(dtype), this);
    }

    /** On another backend. */
    public Tensor to(Backend target) {
        return target == backend ? this : Op.apply(new Structural.Transfer(target), this);
    }

    /** On the backend of that name. */
    public Tensor to(String backendName) {
        return to(Backends.get(backendName));
    }

    /** The same values as a constant: gradients stop here. */
    public Tensor detach() {
        return new Tensor(backend, view());
    }

    /** A copy of the values that no tape owns and nothing writes: it stays as it is. */
    public Tensor keep() {
        check("keep", Recorder.current());
        tellReading("keep");
        return copy();
    }

    /** A contiguous copy, not recorded. */
    Tensor copy() {
        Tensor out = fresh(shape(), dtype());
        backend.copy(view(), out.view);
        return out;
    }

    /** A tensor of arbitrary contents beside this one. */
    Tensor fresh(Shape shape, DType dtype) {
        return wrap(backend, backend.allocate(dtype, shape.size()), shape);
    }

    /** This buffer through another layout. */
    Tensor seenThrough(Layout layout) {
        return new Tensor(backend, view.with(layout));
    }

    /** Sets all elements of a tensor that nobody has seen yet. */
    void fill(double value) {
        backend.map(FILL, new View[0], new double[] {value}, new View[] {view});
    }

    static Tensor wrap(Backend backend, Buffer buffer, Shape shape) {
        return new Tensor(backend, new View(buffer, Layout.contiguous(shape)));
    }

    /** A new handle of the same memory, after it was written in place. */
    Tensor renewed() {
        return new Tensor(backend, view);
    }

    /** Throws unless this may be used by an operation of this thread. */
    void check(String operation, @Nullable Recorder recorder) {
        checkFresh(operation);
        Object owner = view.buffer().owner();
        if (owner != null && (recorder == null || !recorder.accepts(owner))) {
            throw new IllegalStateException(
                    operation
                            + ": a tensor of shape "
                            + shape()
                            + " belongs to "
                            + owner
                            + ", which is not open in this thread; keep() makes a copy that any"
                            + " thread may use");
        }
    }

    private void checkFresh(String operation) {
        if (view.buffer().stamp() != stamp) {
            throw new IllegalStateException(
                    operation
                            + ": a tensor of shape "
                            + shape()
                            + " is stale: it "
                            + view.buffer().staleBecause()
                            + "; use keep() while it is valid to have a copy");
        }
    }
}
