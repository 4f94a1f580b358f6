package dev.gradus.expr;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What is computed along each row by itself, as data: a softmax, a layer norm. It is a list of
 * stages; each is an expression of the inputs and of the stages before it, and gives either a row
 * or one number a row. The softmax, for instance:
 *
 * <pre>{@code
 * RowProgram.of(1)                                // input 0 is the row x
 *     .fold(Reduction.MAX, Expr.in(0))            // 1: its largest element
 *     .row(Expr.in(0).sub(Expr.in(1)).exp())      // 2: e^(x − max)
 *     .fold(Reduction.SUM, Expr.in(2))            // 3: their sum
 *     .row(Expr.in(2).div(Expr.in(3)))            // 4: the softmax
 *     .gives(4);
 * }</pre>
 */
public final class RowProgram {
    /** One step: what it computes, over the values that it reads alone. */
    public sealed interface Stage {
        /** The expression, and which inputs and stages it reads. */
        Expr.Compact reads();

        /** Joins the elements of an expression to one number a row. */
        record Fold(Reduction reduction, Expr.Compact reads) implements Stage {}

        /** One number a row, from other such numbers. */
        record Single(Expr.Compact reads) implements Stage {}

        /** An expression for each element of the row. */
        record Row(Expr.Compact reads) implements Stage {}
    }

    private final int inputs;
    private final List<Stage> stages;
    private final List<Integer> outputs;
    private final Map<Class<?>, Object> compiled = new ConcurrentHashMap<>();

    private RowProgram(int inputs, List<Stage> stages, List<Integer> outputs) {
        this.inputs = inputs;
        this.stages = stages;
        this.outputs = outputs;
    }

    /** A program that has no stages yet; they read inputs 0 … inputs − 1. */
    public static RowProgram of(int inputs) {
        return new RowProgram(inputs, List.of(), List.of());
    }

    /** With one more stage: a number for each row. */
    public RowProgram fold(Reduction reduction, Expr expr) {
        return with(new Stage.Fold(reduction, expr.compact()));
    }

    /** With one more stage: a number for each row, from numbers of earlier stages. */
    public RowProgram number(Expr expr) {
        Expr.Compact reads = expr.compact();
        for (int source : reads.sources()) {
            if (source >= inputs
                    && source < values()
                    && stages.get(source - inputs) instanceof Stage.Row) {
                throw new IllegalArgumentException("value " + source + " is a row, not a number");
            }
        }
        return with(new Stage.Single(reads));
    }

    /** With one more stage: a row. */
    public RowProgram row(Expr expr) {
        return with(new Stage.Row(expr.compact()));
    }

    private RowProgram with(Stage stage) {
        for (int source : stage.reads().sources()) {
            if (source >= values()) {
                throw new IllegalArgumentException("value " + source + " does not exist yet");
            }
        }
        List<Stage> more = new ArrayList<>(stages);
        more.add(stage);
        return new RowProgram(inputs, List.copyOf(more), outputs);
    }

    /** With these values as the results: the main one first, then what the gradient needs. */
    public RowProgram gives(int... values) {
        List<Integer> chosen = new ArrayList<>();
        for (int value : values) {
            if (value < inputs || value >= values()) {
                throw new IllegalArgumentException("value " + value + " is not of a stage");
            }
            chosen.add(value - inputs);
        }
        return new RowProgram(inputs, stages, List.copyOf(chosen));
    }

    /** The number of inputs. */
    public int inputs() {
        return inputs;
    }

    /** The number of values: inputs, then stages. */
    public int values() {
        return inputs + stages.size();
    }

    /** The stages in order; stage i is value {@code inputs + i}. */
    public List<Stage> stages() {
        return stages;
    }

    /** Which stage each result is. */
    public List<Integer> outputs() {
        return outputs;
    }

    /** A backend's compiled form, made on first use and kept with the program. */
    public <K> K compiled(Class<K> type, Function<RowProgram, K> compile) {
        Object known = compiled.get(type);
        if (known == null) {
            Object made = compile.apply(this);
            known = compiled.putIfAbsent(type, made);
            known = known == null ? made : known;
        }
        return type.cast(known);
    }

    @Override
    public String toString() {
        return stages + " giving " + outputs;
    }
}
