package dev.gradus.expr;

import dev.gradus.shape.DType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * One or several expressions as a straight list of steps, each distinct node once: what a backend
 * compiles or interprets.
 *
 * <p>Values are numbered: first the inputs, then the run-time scalars, then the constants, then one
 * a step. A step's {@code a}, {@code b}, {@code c} name earlier values.
 */
public final class Program {
    /** The most steps a program may have, so that a backend can compile it as one kernel. */
    public static final int MAX_STEPS = 64;

    /** The most inputs: backends keep a bit for each in a long, and need one to spare. */
    public static final int MAX_INPUTS = 62;

    /** One function call; arguments beyond the function's arity are 0. */
    public record Step(Fn fn, int a, int b, int c) {}

    private final List<Expr> expressions;
    private final int inputs;
    private final int scalars;
    private final double[] constants;
    private final List<Step> steps;
    private final int[] outputs;
    private final boolean hasInt;
    private final Map<Class<?>, Object> compiled = new ConcurrentHashMap<>();

    private Program(
            List<Expr> expressions,
            int inputs,
            int scalars,
            double[] constants,
            List<Step> steps,
            int[] outputs) {
        this.expressions = expressions;
        this.inputs = inputs;
        this.scalars = scalars;
        this.constants = constants;
        this.steps = steps;
        this.outputs = outputs;
        this.hasInt =
                steps.stream().allMatch(s -> s.fn().hasInt())
                        && Arrays.stream(constants).allMatch(c -> c == (int) c);
    }

    /**
     * The program of these expressions.
     *
     * @throws IllegalArgumentException if it has more than {@link #MAX_STEPS} steps
     */
    public static Program of(Expr... expressions) {
        return new Builder().build(expressions);
    }

    /**
     * This program with one more input and one more step: join(that input, the first output). It is
     * how a reduction adds a row to its running results.
     */
    public Program joined(Fn join) {
        List<Step> more = new ArrayList<>();
        for (Step s : steps) {
            more.add(new Step(s.fn(), moved(s.a()), moved(s.b()), moved(s.c())));
        }
        more.add(new Step(join, inputs, moved(outputs[0]), 0));
        int[] last = {firstStep() + more.size()};
        return new Program(expressions, inputs + 1, scalars, constants, List.copyOf(more), last);
    }

    /** A value's number when there is one more input before it. */
    private int moved(int value) {
        return value < inputs ? value : value + 1;
    }

    /** Collects distinct nodes, arguments before what uses them. */
    private static final class Builder {
        private final Map<Expr, Integer> number = new IdentityHashMap<>();
        private final List<Expr.Constant> constants = new ArrayList<>();
        private final List<Expr.Apply> calls = new ArrayList<>();
        private int inputs;
        private int scalars;

        private void visit(Expr e) {
            if (number.putIfAbsent(e, -1) != null) {
                return;
            }
            switch (e) {
                case Expr.Input x -> inputs = Math.max(inputs, x.index() + 1);
                case Expr.Scalar s -> scalars = Math.max(scalars, s.index() + 1);
                case Expr.Constant c -> constants.add(c);
                case Expr.Apply a -> {
                    a.args().forEach(this::visit);
                    calls.add(a);
                }
            }
        }

        Program build(Expr... expressions) {
            for (Expr e : expressions) {
                visit(e);
            }
            if (calls.size() > MAX_STEPS) {
                throw new IllegalArgumentException(
                        "an expression of "
                                + calls.size()
                                + " steps is more than one kernel holds ("
                                + MAX_STEPS
                                + "); compute part of it as a tensor of its own");
            }
            if (inputs > MAX_INPUTS) {
                throw new IllegalArgumentException(
                        "an expression of "
                                + inputs
                                + " inputs is more than one kernel reads ("
                                + MAX_INPUTS
                                + "); join some of them first");
            }
            number.replaceAll((e, n) ->
                    switch (e) {
                        case Expr.Input x -> x.index();
                        case Expr.Scalar s -> inputs + s.index();
                        case Expr.Constant c -> inputs + scalars + constants.indexOf(c);
                        case Expr.Apply a -> inputs + scalars + constants.size() + calls.indexOf(a);
                    });
            List<Step> steps = new ArrayList<>();
            for (Expr.Apply a : calls) {
                steps.add(new Step(a.fn(), arg(a, 0), arg(a, 1), arg(a, 2)));
            }
            return new Program(
                    List.of(expressions),
                    inputs,
                    scalars,
                    constants.stream().mapToDouble(Expr.Constant::value).toArray(),
                    List.copyOf(steps),
                    Arrays.stream(expressions).mapToInt(this::numberOf).toArray());
        }

        private int arg(Expr.Apply a, int i) {
            return i < a.args().size() ? numberOf(a.args().get(i)) : 0;
        }

        private int numberOf(Expr e) {
            Integer n = number.get(e);
            if (n == null) {
                throw new AssertionError(e);
            }
            return n;
        }
    }

    /**
     * A backend's compiled form of this program, made on first use and kept as long as the program:
     * one for each type.
     */
    public <K> K compiled(Class<K> type, Function<Program, K> compile) {
        Object known = compiled.get(type);
        if (known == null) {
            // Not computeIfAbsent: making one form may ask for another.
            Object made = compile.apply(this);
            known = compiled.putIfAbsent(type, made);
            known = known == null ? made : known;
        }
        return type.cast(known);
    }

    /** The number of inputs. */
    public int inputs() {
        return inputs;
    }

    /** The number of run-time scalars. */
    public int scalars() {
        return scalars;
    }

    /** The number of constants. */
    public int constants() {
        return constants.length;
    }

    /** Constant number i. */
    public double constant(int i) {
        return constants[i];
    }

    /** The number of the first step's value; below it are inputs, scalars and constants. */
    public int firstStep() {
        return inputs + scalars + constants.length;
    }

    /** The steps, in order. */
    public List<Step> steps() {
        return steps;
    }

    /** The number of outputs. */
    public int outputs() {
        return outputs.length;
    }

    /** The value that is output i. */
    public int output(int i) {
        return outputs[i];
    }

    /** Whether every step has an integer form, and every constant is a whole number. */
    public boolean hasInt() {
        return hasInt;
    }

    /** Room for all values of one element, with the scalars and constants filled in. */
    public double[] values(double[] scalarValues, DType dtype) {
        double[] values = new double[firstStep() + steps.size()];
        for (int i = 0; i < scalars; i++) {
            values[inputs + i] = dtype.round(scalarValues[i]);
        }
        for (int i = 0; i < constants.length; i++) {
            values[inputs + scalars + i] = dtype.round(constants[i]);
        }
        return values;
    }

    /** Runs the steps for one element in double, or in int: the inputs are filled in. */
    public void run(double[] values, DType dtype) {
        int n = firstStep();
        for (Step s : steps) {
            double a = values[s.a()];
            double b = values[s.b()];
            double c = values[s.c()];
            values[n++] =
                    dtype == DType.INT32
                            ? s.fn().applyInt((int) a, (int) b, (int) c)
                            : s.fn().apply(a, b, c);
        }
    }

    @Override
    public String toString() {
        return expressions.toString();
    }
}
