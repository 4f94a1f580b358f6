package dev.gradus.expr;

import java.util.List;

/**
 * The primitive functions of element-wise expressions. Each row states everything that holds on any
 * device: the value in double (the specification that every backend is held against) and the
 * partial derivatives, in terms of the arguments x and the result y. What is not in this table is a
 * composition: see {@link Expr}.
 */
@SuppressWarnings("ImmutableEnumChecker") // the rows hold stateless lambdas
public enum Fn {
    /** −a. */
    NEG((a, b, c) -> -a, (x, y) -> Expr.of(-1)),
    /** |a|; the derivative at 0 is 0. */
    ABS((a, b, c) -> Math.abs(a), (x, y) -> x.get(0).sign()),
    /** √a. */
    SQRT((a, b, c) -> Math.sqrt(a), (x, y) -> Expr.of(0.5).div(y)),
    /** eᵃ. */
    EXP((a, b, c) -> StrictMath.exp(a), (x, y) -> y),
    /** ln a. */
    LOG((a, b, c) -> StrictMath.log(a), (x, y) -> Expr.ONE.div(x.get(0))),
    /** ln(1 + a), accurate for small a. */
    LOG1P((a, b, c) -> StrictMath.log1p(a), (x, y) -> Expr.ONE.div(x.get(0).add(1))),
    /** sin a, radians. */
    SIN((a, b, c) -> StrictMath.sin(a), (x, y) -> x.get(0).cos()),
    /** cos a, radians. */
    COS((a, b, c) -> StrictMath.cos(a), (x, y) -> x.get(0).sin().neg()),
    /** tanh a. */
    TANH((a, b, c) -> StrictMath.tanh(a), (x, y) -> Expr.ONE.sub(y.mul(y))),
    /** 1 / (1 + e⁻ᵃ). */
    SIGMOID((a, b, c) -> 1 / (1 + StrictMath.exp(-a)), (x, y) -> y.mul(Expr.ONE.sub(y))),
    /** ln(1 + eᵃ), without overflow. */
    SOFTPLUS(
            (a, b, c) -> Math.max(a, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(a))),
            (x, y) -> x.get(0).sigmoid()),
    /** The error function 2/√π ∫₀ᵃ e^(−t²) dt. */
    ERF(
            (a, b, c) -> Erf.erf(a),
            (x, y) -> Expr.of(2 / Math.sqrt(Math.PI)).mul(x.get(0).square().neg().exp())),
    /** The largest integer ≤ a. */
    FLOOR((a, b, c) -> Math.floor(a), (x, y) -> Expr.ZERO),

    /** a + b. */
    ADD((a, b, c) -> a + b, (x, y) -> Expr.ONE, (x, y) -> Expr.ONE),
    /** a − b. */
    SUB((a, b, c) -> a - b, (x, y) -> Expr.ONE, (x, y) -> Expr.of(-1)),
    /** a·b. */
    MUL((a, b, c) -> a * b, (x, y) -> x.get(1), (x, y) -> x.get(0)),
    /** a / b. */
    DIV((a, b, c) -> a / b, (x, y) -> Expr.ONE.div(x.get(1)), (x, y) -> y.neg().div(x.get(1))),
    /** aᵇ; the derivative by a is 0 where b is 0, and by b where a is 0 and b is not negative. */
    POW(
            (a, b, c) -> StrictMath.pow(a, b),
            (x, y) ->
                    Expr.where(
                            x.get(1).eq(Expr.ZERO),
                            Expr.ZERO,
                            x.get(1).mul(x.get(0).pow(x.get(1).sub(1)))),
            (x, y) ->
                    Expr.where(
                            x.get(0).eq(Expr.ZERO).mul(Expr.ZERO.le(x.get(1))),
                            Expr.ZERO,
                            y.mul(x.get(0).log()))),
    /** The remainder of a / b cut off to a whole number: it has the sign of a. As Java's %. */
    REM((a, b, c) -> a % b, (x, y) -> Expr.ONE, (x, y) -> x.get(0).div(x.get(1)).trunc().neg()),
    /** The larger one; NaN if either is. At a tie each gets half of the gradient. */
    MAX(
            (a, b, c) -> Math.max(a, b),
            (x, y) -> half(x.get(1), x.get(0)),
            (x, y) -> half(x.get(0), x.get(1))),
    /** The smaller one; NaN if either is. At a tie each gets half of the gradient. */
    MIN(
            (a, b, c) -> Math.min(a, b),
            (x, y) -> half(x.get(0), x.get(1)),
            (x, y) -> half(x.get(1), x.get(0))),
    /** 1 if a = b, else 0. */
    EQ((a, b, c) -> a == b ? 1 : 0, (x, y) -> Expr.ZERO, (x, y) -> Expr.ZERO),
    /** 1 if a &lt; b, else 0. */
    LT((a, b, c) -> a < b ? 1 : 0, (x, y) -> Expr.ZERO, (x, y) -> Expr.ZERO),
    /** 1 if a ≤ b, else 0. */
    LE((a, b, c) -> a <= b ? 1 : 0, (x, y) -> Expr.ZERO, (x, y) -> Expr.ZERO),

    /** b where a is not 0, else c: a true select, what is not taken does not matter. */
    WHERE(
            (a, b, c) -> a != 0 ? b : c,
            (x, y) -> Expr.ZERO,
            (x, y) -> Expr.where(x.get(0), Expr.ONE, Expr.ZERO),
            (x, y) -> Expr.where(x.get(0), Expr.ZERO, Expr.ONE));

    /** The value, in double. */
    private interface Value {
        double of(double a, double b, double c);
    }

    /** A partial derivative, from the arguments and the result. */
    private interface Partial {
        Expr of(List<Expr> x, Expr y);
    }

    private final Value value;
    private final List<Partial> partials;

    Fn(Value value, Partial... partials) {
        this.value = value;
        this.partials = List.of(partials);
    }

    /** The number of arguments: 1, 2 or 3. */
    public int arity() {
        return partials.size();
    }

    /** The value in double: the specification. Arguments beyond the arity are ignored. */
    public double apply(double a, double b, double c) {
        return value.of(a, b, c);
    }

    /**
     * The value for ints, with Java's wrap-around.
     *
     * @throws IllegalArgumentException for a function that has no integer form
     */
    public int applyInt(int a, int b, int c) {
        return switch (this) {
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case EQ -> a == b ? 1 : 0;
            case LT -> a < b ? 1 : 0;
            case LE -> a <= b ? 1 : 0;
            case WHERE -> a != 0 ? b : c;
            case FLOOR -> a;
            case REM -> b == 0 ? 0 : a % b; // as NaN becomes an int; tensors check before
            case SQRT, EXP, LOG, LOG1P, SIN, COS, TANH, SIGMOID, SOFTPLUS, ERF, DIV, POW ->
                    throw new IllegalArgumentException(
                            this + " has no integer form; convert with to(DType.FLOAT32) first");
        };
    }

    /** Whether {@link #applyInt} is defined. */
    public boolean hasInt() {
        return switch (this) {
            case NEG, ABS, ADD, SUB, MUL, REM, MAX, MIN, EQ, LT, LE, WHERE, FLOOR -> true;
            case SQRT, EXP, LOG, LOG1P, SIN, COS, TANH, SIGMOID, SOFTPLUS, ERF, DIV, POW -> false;
        };
    }

    /** ∂y/∂x[i]. */
    Expr partial(int i, List<Expr> x, Expr y) {
        return partials.get(i).of(x, y);
    }

    /** 1 where a &lt; b, a half where they are equal. */
    private static Expr half(Expr a, Expr b) {
        return a.lt(b).add(a.eq(b).mul(0.5));
    }
}
