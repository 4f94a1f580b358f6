package dev.gradus.expr;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

// Longer than other files: half of it is the list of functions, a line or two each.

/**
 * An element-wise expression as data: what one element of the result is, in terms of the elements
 * at the same place of the inputs. Every backend can run one, and its derivative is again one.
 *
 * <pre>{@code
 * static final Expr X = Expr.in(0);
 * static final Expr MISH = X.mul(X.softplus().tanh());
 * }</pre>
 *
 * <p>Nodes are interned: two equal expressions are the same object, so equality is identity and
 * shared parts are computed once. A number that changes from call to call (a learning rate) is a
 * {@link #scalar}, given at run time; a {@link #of constant} is part of the expression's identity.
 */
public abstract sealed class Expr {
    /** The element of input {@code index}. */
    public static final class Input extends Expr {
        private final int index;

        private Input(int index) {
            this.index = index;
        }

        /** Which input. */
        public int index() {
            return index;
        }
    }

    /** A number given at run time, the same for every element. */
    public static final class Scalar extends Expr {
        private final int index;

        private Scalar(int index) {
            this.index = index;
        }

        /** Which scalar. */
        public int index() {
            return index;
        }
    }

    /** A number that never changes. */
    public static final class Constant extends Expr {
        private final double value;

        private Constant(double value) {
            this.value = value;
        }

        /** The number. */
        public double value() {
            return value;
        }
    }

    /** A function of other expressions. */
    public static final class Apply extends Expr {
        private final Fn fn;
        private final List<Expr> args;

        private Apply(Fn fn, List<Expr> args) {
            this.fn = fn;
            this.args = args;
        }

        /** The function. */
        public Fn fn() {
            return fn;
        }

        /** Its arguments. */
        public List<Expr> args() {
            return args;
        }
    }

    private static final int LONGEST_TEXT = 400;

    /** The constant 0. */
    public static final Expr ZERO = of(0);

    /** The constant 1. */
    public static final Expr ONE = of(1);

    /** The program that computes this expression alone, made on first use; a benign race. */
    private @Nullable Program program;

    private @Nullable Cut cut;

    /** How many inputs there are; −1 while nobody has asked. */
    private int inputs = -1;

    /** The backward pass of each input, derived on first use; a benign race. */
    private @Nullable Compact[] backward = {};

    private Expr() {}

    /** Input number {@code index}. */
    public static Expr in(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("inputs are numbered from 0, not " + index);
        }
        return Table.intern(Input.class, index, List.of(), () -> new Input(index));
    }

    /** Run-time scalar number {@code index}. */
    public static Expr scalar(int index) {
        return Table.intern(Scalar.class, index, List.of(), () -> new Scalar(index));
    }

    /** A constant. */
    public static Expr of(double value) {
        return Table.intern(
                Constant.class,
                Double.doubleToLongBits(value),
                List.of(),
                () -> new Constant(value));
    }

    /** A function applied, as it stands; the named methods below simplify first. */
    public static Expr apply(Fn fn, Expr... args) {
        if (args.length != fn.arity()) {
            throw new IllegalArgumentException(
                    fn + " takes " + fn.arity() + " arguments, not " + args.length);
        }
        List<Expr> list = List.of(args);
        return Table.intern(fn, 0, list, () -> new Apply(fn, list));
    }

    // What derivatives are made of is simplified a little: constants are folded, and sums with 0
    // and products with 0 or 1 disappear (so 0·x is 0 even for an infinite x).

    /** this + e. */
    public Expr add(Expr e) {
        return this == ZERO ? e : e == ZERO ? this : fold(Fn.ADD, this, e);
    }

    /** this + value. */
    public Expr add(double value) {
        return add(of(value));
    }

    /** this − e. */
    public Expr sub(Expr e) {
        return e == ZERO ? this : fold(Fn.SUB, this, e);
    }

    /** this − value. */
    public Expr sub(double value) {
        return sub(of(value));
    }

    /** this · e. */
    public Expr mul(Expr e) {
        if (this == ZERO || e == ZERO) {
            return ZERO;
        }
        if (this instanceof Constant c && c.value == -1) {
            return e.neg();
        }
        if (e instanceof Constant c && c.value == -1) {
            return neg();
        }
        return this == ONE ? e : e == ONE ? this : fold(Fn.MUL, this, e);
    }

    /** this · value. */
    public Expr mul(double value) {
        return mul(of(value));
    }

    /** this / e. */
    public Expr div(Expr e) {
        return e == ONE ? this : fold(Fn.DIV, this, e);
    }

    /** this / value. */
    public Expr div(double value) {
        return div(of(value));
    }

    /** −this. */
    public Expr neg() {
        return this instanceof Apply a && a.fn == Fn.NEG ? a.args.get(0) : fold(Fn.NEG, this);
    }

    /** this^e. */
    public Expr pow(Expr e) {
        return fold(Fn.POW, this, e);
    }

    /** this². */
    public Expr square() {
        return mul(this);
    }

    /** |this|. */
    public Expr abs() {
        return fold(Fn.ABS, this);
    }

    /** −1, 0 or 1; 0 for NaN, as in PyTorch. */
    public Expr sign() {
        return ZERO.lt(this).sub(lt(ZERO));
    }

    /** √this. */
    public Expr sqrt() {
        return fold(Fn.SQRT, this);
    }

    /** e^this. */
    public Expr exp() {
        return fold(Fn.EXP, this);
    }

    /** ln this. */
    public Expr log() {
        return fold(Fn.LOG, this);
    }

    /** ln(1 + this). */
    public Expr log1p() {
        return fold(Fn.LOG1P, this);
    }

    /** sin this. */
    public Expr sin() {
        return fold(Fn.SIN, this);
    }

    /** cos this. */
    public Expr cos() {
        return fold(Fn.COS, this);
    }

    /** tanh this. */
    public Expr tanh() {
        return fold(Fn.TANH, this);
    }

    /** 1 / (1 + e^−this). */
    public Expr sigmoid() {
        return fold(Fn.SIGMOID, this);
    }

    /** The error function. */
    public Expr erf() {
        return fold(Fn.ERF, this);
    }

    /** The largest integer not above this. */
    public Expr floor() {
        return fold(Fn.FLOOR, this);
    }

    /** The smallest integer not below this. */
    public Expr ceil() {
        return neg().floor().neg();
    }

    /** The integer part: towards 0. */
    public Expr trunc() {
        return where(lt(ZERO), ceil(), floor());
    }

    /** The nearest integer; of two equally near ones the even one, as in NumPy and PyTorch. */
    public Expr round() {
        Expr below = floor();
        Expr over = sub(below); // exact, 0 for large numbers, NaN for infinite ones
        Expr even = below.sub(below.mul(0.5).floor().mul(2)).eq(ZERO);
        Expr up = where(of(0.5).lt(over), ONE, where(over.eq(of(0.5)), ONE.sub(even), ZERO));
        Expr rounded = where(up, below.add(1), below);
        // A negative number that is rounded to 0 gives −0.
        return where(rounded.eq(ZERO), where(lt(ZERO), of(-0.0), below), rounded);
    }

    /** The remainder of a division whose quotient is cut off: it has the sign of this. */
    public Expr rem(Expr e) {
        return fold(Fn.REM, this, e);
    }

    /** The remainder of a division whose quotient is rounded down: it has the sign of e. */
    public Expr mod(Expr e) {
        Expr rest = rem(e);
        return where(differs(rest, e), rest.add(e), rest);
    }

    /** The quotient rounded down, from the exact remainder; this / e where e is 0. */
    public Expr floorDivide(Expr e) {
        Expr rest = rem(e);
        Expr whole = sub(rest).div(e).round();
        Expr down = whole.sub(where(differs(rest, e), ONE, ZERO));
        return where(e.eq(ZERO), div(e).floor(), down);
    }

    /** 1 where a remainder is not 0 and has not the divisor's sign. */
    private static Expr differs(Expr rest, Expr divisor) {
        Expr opposite = ONE.sub(rest.lt(ZERO).eq(divisor.lt(ZERO)));
        return where(rest.eq(ZERO), ZERO, opposite);
    }

    /** 1 where this is not a number. */
    public Expr isNaN() {
        return ONE.sub(eq(this));
    }

    /** this · Φ(this), where Φ is the normal distribution's (Hendrycks and Gimpel 2016). */
    public Expr gelu() {
        return mul(0.5).mul(mul(Math.sqrt(0.5)).erf().add(1));
    }

    /** The tanh form of {@link #gelu}, with fewer steps, since ½ (1 + tanh u) = σ(2u). */
    public Expr geluTanh() {
        double twice = 2 * Math.sqrt(2 / Math.PI);
        return mul(mul(square().mul(0.044715 * twice).add(twice)).sigmoid());
    }

    /** this · σ(this). */
    public Expr silu() {
        return mul(sigmoid());
    }

    /** 0 where this ≤ 0, else this, NaN included; the derivative at 0 is 0, as in PyTorch. */
    public Expr relu() {
        return where(le(ZERO), ZERO, this);
    }

    /** ln(1 + e^this), without overflow. */
    public Expr softplus() {
        return fold(Fn.SOFTPLUS, this);
    }

    /** The larger one. */
    public Expr max(Expr e) {
        return fold(Fn.MAX, this, e);
    }

    /** The smaller one. */
    public Expr min(Expr e) {
        return fold(Fn.MIN, this, e);
    }

    /** 1 where equal. */
    public Expr eq(Expr e) {
        return fold(Fn.EQ, this, e);
    }

    /** 1 where less. */
    public Expr lt(Expr e) {
        return fold(Fn.LT, this, e);
    }

    /** 1 where less or equal. */
    public Expr le(Expr e) {
        return fold(Fn.LE, this, e);
    }

    /** a where condition is not 0, else b. */
    public static Expr where(Expr condition, Expr a, Expr b) {
        return a == b ? a : fold(Fn.WHERE, condition, a, b);
    }

    private static Expr fold(Fn fn, Expr... args) {
        double[] values = new double[3];
        for (int i = 0; i < args.length; i++) {
            if (!(args[i] instanceof Constant c)) {
                return apply(fn, args);
            }
            values[i] = c.value;
        }
        return of(fn.apply(values[0], values[1], values[2]));
    }

    /** The derivative by input {@code index}, again as an expression of the same inputs. */
    public Expr grad(int index) {
        return grad(in(index), new IdentityHashMap<>());
    }

    private Expr grad(Expr by, Map<Expr, Expr> known) {
        if (this == by) {
            return ONE;
        }
        if (!(this instanceof Apply a)) {
            return ZERO;
        }
        Expr result = known.get(this);
        if (result == null) {
            result = a.fn == Fn.WHERE ? gradOfWhere(a, by, known) : chainRule(a, by, known);
            known.put(this, result);
        }
        return result;
    }

    private static Expr chainRule(Apply a, Expr by, Map<Expr, Expr> known) {
        Expr sum = ZERO;
        for (int i = 0; i < a.args.size(); i++) {
            Expr inner = a.args.get(i).grad(by, known);
            if (inner != ZERO) {
                sum = sum.add(a.fn.partial(i, a.args, a).mul(inner));
            }
        }
        return sum;
    }

    /** Selecting the derivative keeps a NaN of the branch not taken out; 0 · NaN would not. */
    private static Expr gradOfWhere(Apply a, Expr by, Map<Expr, Expr> known) {
        return where(a.args.get(0), a.args.get(1).grad(by, known), a.args.get(2).grad(by, known));
    }

    /**
     * An expression whose inputs are numbered without gaps.
     *
     * @param expr over inputs 0 … sources.length − 1
     * @param sources which input each of them was before
     */
    public record Compact(Expr expr, List<Integer> sources) {
        /** Whether it reads what was input number {@code input}. */
        public boolean reads(int input) {
            for (int k = 0; k < sources.size(); k++) {
                if (sources.get(k) == input) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The same over the inputs that it reads alone. */
    public Compact compact() {
        Map<Expr, Expr> renumber = new IdentityHashMap<>();
        List<Integer> sources = new ArrayList<>();
        for (int i = 0; i < inputs(); i++) {
            if (uses(in(i))) {
                renumber.put(in(i), in(sources.size()));
                sources.add(i);
            }
        }
        return new Compact(replace(renumber), List.copyOf(sources));
    }

    /**
     * The backward pass of input {@code index}, derived once: the cotangent g times the derivative,
     * over those of (inputs…, result, g) that it needs; input number {@code inputs} is the result
     * and {@code inputs + 1} is g. The result is among them so that, say, tanh is not computed
     * twice.
     */
    public Compact backward(int index) {
        @Nullable Compact[] all = backward;
        Compact known = index < all.length ? all[index] : null;
        if (known == null) {
            known = deriveBackward(index);
            all = Arrays.copyOf(all, Math.max(all.length, index + 1));
            all[index] = known;
            backward = all;
        }
        return known;
    }

    private Compact deriveBackward(int index) {
        int n = inputs();
        return in(n + 1).mul(grad(index).replace(Map.of(this, in(n)))).compact();
    }

    /** The number of inputs: one more than the largest index. */
    public int inputs() {
        int known = inputs;
        if (known < 0) {
            known = Cut.inputs(this);
            inputs = known;
        }
        return known;
    }

    /** Whether one kernel can hold it: it has at most {@link Program#MAX_STEPS} distinct steps. */
    public boolean isOneKernel() {
        return program != null || Cut.steps(this) <= Program.MAX_STEPS;
    }

    /**
     * An expression that is more than one kernel holds, in two: the largest part of it that one can
     * hold, and the rest, in which that part is input number {@link #inputs}.
     */
    public Cut cut() {
        Cut known = cut;
        if (known == null) {
            known = Cut.of(this);
            cut = known;
        }
        return known;
    }

    private boolean uses(Expr input) {
        return replace(Map.of(input, ZERO)) != this;
    }

    /** This expression with nodes replaced by others, e.g. inputs renumbered. */
    public Expr replace(Map<Expr, Expr> replacements) {
        return replaced(new IdentityHashMap<>(replacements));
    }

    private Expr replaced(Map<Expr, Expr> known) {
        Expr result = known.get(this);
        if (result == null) {
            result = this;
            if (this instanceof Apply a) {
                Expr[] args = new Expr[a.args.size()];
                for (int i = 0; i < args.length; i++) {
                    args[i] = a.args.get(i).replaced(known);
                }
                result = apply(a.fn, args);
            }
            known.put(this, result);
        }
        return result;
    }

    /** The program of this expression alone. */
    public Program program() {
        Program p = program;
        if (p == null) {
            p = Program.of(this);
            program = p;
        }
        return p;
    }

    /** As a formula, such as {@code ADD(x0, s0)}; a long one is cut short. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        print(text);
        return text.toString();
    }

    /** Shared parts are printed each time, so without a limit the text could be exponential. */
    private void print(StringBuilder text) {
        if (text.length() > LONGEST_TEXT) {
            text.append('…');
            return;
        }
        switch (this) {
            case Input x -> text.append('x').append(x.index);
            case Scalar s -> text.append('s').append(s.index);
            case Constant c -> text.append(c.value);
            case Apply a -> {
                text.append(a.fn).append('(');
                for (int i = 0; i < a.args.size() && text.length() <= LONGEST_TEXT; i++) {
                    text.append(i == 0 ? "" : ", ");
                    a.args.get(i).print(text);
                }
                text.append(')');
            }
        }
    }
}
