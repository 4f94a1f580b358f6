package dev.gradus.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Fn;
import dev.gradus.shape.DType;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * An element-wise expression as nodes, each shared part once. Truth is a number in Gradus and a
 * type of its own in ONNX, so a comparison has both forms, as far as they are read.
 */
final class Expressions {
    private final Graph graph;
    private final String prefix;
    private final DType dtype;
    private final IntFunction<String> inputs;
    private final IntFunction<String> scalars;
    private final Map<Expr, String> numbers = new IdentityHashMap<>();
    private final Map<Expr, String> truths = new IdentityHashMap<>();

    /** Of tensors of one dtype, with names for inputs and for run-time scalars. */
    Expressions(
            Graph graph,
            String prefix,
            DType dtype,
            IntFunction<String> inputs,
            IntFunction<String> scalars) {
        this.graph = graph;
        this.prefix = prefix;
        this.dtype = dtype;
        this.inputs = inputs;
        this.scalars = scalars;
    }

    /** The name of the value. */
    String number(Expr e) {
        String name = numbers.get(e);
        if (name == null) {
            name =
                    switch (e) {
                        case Expr.Input x -> inputs.apply(x.index());
                        case Expr.Scalar s -> scalars.apply(s.index());
                        case Expr.Constant c -> graph.constant(dtype, c.value());
                        case Expr.Apply a -> apply(a);
                    };
            numbers.put(e, name);
        }
        return name;
    }

    private String apply(Expr.Apply a) {
        return switch (a.fn()) {
            case NEG -> node("Neg", a);
            case ABS -> node("Abs", a);
            case SQRT -> node("Sqrt", a);
            case EXP -> node("Exp", a);
            case LOG -> node("Log", a);
            case LOG1P -> number(a.args().getFirst().add(1).log());
            case SIN -> node("Sin", a);
            case COS -> node("Cos", a);
            case TANH -> node("Tanh", a);
            case SIGMOID -> node("Sigmoid", a);
            case SOFTPLUS -> node("Softplus", a);
            case ERF -> node("Erf", a);
            case FLOOR -> dtype.isFloating() ? node("Floor", a) : number(a.args().getFirst());
            case ADD -> node("Add", a);
            case SUB -> node("Sub", a);
            case MUL -> node("Mul", a);
            case DIV -> node("Div", a);
            case POW -> node("Pow", a);
            case REM -> graph.node(prefix, "Mod", arguments(a), Attributes.of("fmod", 1));
            case MAX -> node("Max", a);
            case MIN -> node("Min", a);
            case EQ, LT, LE ->
                    graph.node(
                            prefix,
                            "Cast",
                            List.of(truth(a)),
                            Attributes.of("to", Data.type(dtype)));
            case WHERE -> where(a);
        };
    }

    private String where(Expr.Apply a) {
        Expr otherwise = a.args().get(2);
        if (dtype.isFloating() && otherwise.relu() == a) {
            return graph.node(prefix, "Relu", List.of(number(otherwise)));
        }
        String condition = truth(a.args().getFirst());
        return graph.node(
                prefix, "Where", List.of(condition, number(a.args().get(1)), number(otherwise)));
    }

    /** The name of whether a value is not 0. */
    private String truth(Expr e) {
        String name = truths.get(e);
        if (name == null) {
            name =
                    switch (e) {
                        case Expr.Apply a when a.fn() == Fn.EQ -> node("Equal", a);
                        case Expr.Apply a when a.fn() == Fn.LT -> node("Less", a);
                        case Expr.Apply a when a.fn() == Fn.LE -> node("LessOrEqual", a);
                        default ->
                                graph.node(
                                        prefix,
                                        "Cast",
                                        List.of(number(e)),
                                        Attributes.of("to", TensorProto.DataType.BOOL_VALUE));
                    };
            truths.put(e, name);
        }
        return name;
    }

    private String node(String type, Expr.Apply a) {
        return graph.node(prefix, type, arguments(a));
    }

    private List<String> arguments(Expr.Apply a) {
        List<String> names = new ArrayList<>();
        for (Expr arg : a.args()) {
            names.add(number(arg));
        }
        return names;
    }
}
