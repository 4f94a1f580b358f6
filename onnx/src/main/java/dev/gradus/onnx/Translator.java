package dev.gradus.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;

import dev.gradus.expr.Expr;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;
import dev.gradus.tensor.Primitive;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

// Longer than other files: one switch over all kinds of operations, and a method for each.

/** Turns the operations that a model performed into nodes, of operator set 17. */
final class Translator {
    private final Traces traces;
    private final Graph graph;
    private final List<Onnx.Input> inputs;
    private final @Nullable String[] names;

    private Translator(Traces traces, Graph graph, List<Onnx.Input> inputs) {
        this.traces = traces;
        this.graph = graph;
        this.inputs = inputs;
        names = new String[traces.runs().getFirst().values().size()];
    }

    /** Adds all operations; the name of the result. */
    static String translate(Traces traces, Graph graph, List<Onnx.Input> inputs) {
        var translator = new Translator(traces, graph, inputs);
        Trace run = traces.runs().getFirst();
        for (int i = 0; i < run.steps().size(); i++) {
            Trace.Step step = run.steps().get(i);
            translator.names[step.result()] = translator.new One(i, step).translate();
        }
        return translator.name(run.result(), "the model");
    }

    private String name(int id, Object reader) {
        String name = names[id];
        if (name == null) {
            Trace.Value value = traces.runs().getFirst().values().get(id);
            name =
                    switch (value.source()) {
                        case Trace.Source.Input i -> inputs.get(i.index()).name();
                        case Trace.Source.Stored s -> graph.stored(s.path(), value.tensor());
                        case Trace.Source.Constant c -> constant(id, reader);
                        case Trace.Source.Result r -> throw new AssertionError(r);
                    };
            names[id] = name;
        }
        return name;
    }

    /** A tensor that is the same in every run, or the same for every item of the batch. */
    private String constant(int id, Object reader) {
        List<Tensor> all =
                traces.runs().stream().map(run -> run.values().get(id).tensor()).toList();
        List<@Nullable Dim> dims = traces.shape(id);
        Slice[] one = new Slice[dims.size()];
        for (int axis = 0; axis < one.length; axis++) {
            Dim dim = dims.get(axis);
            one[axis] = dim == null || !dim.isFixed() ? Slice.to(1) : Slice.ALL;
        }
        Tensor same = all.getFirst().slice(one);
        for (Tensor t : all) {
            Tensor stretched = same.expand(t.shape().toArray());
            if (!Arrays.equals(t.toArray(), stretched.toArray())) {
                throw new IllegalArgumentException(
                        "onnx: "
                                + reader
                                + " reads a tensor of shape "
                                + t.shape()
                                + " that is made outside of tensor operations, and another one"
                                + " each time: random, or by the batch size. Make it of the"
                                + " input by tensor operations, or pass it as an input");
            }
        }
        List<Shape> from = traces.runs().stream().map(run -> same.shape()).toList();
        return stretched("constant", reader, graph.constant(same), from, shapes(id));
    }

    private List<Shape> shapes(int id) {
        return traces.runs().stream().map(run -> run.values().get(id).tensor().shape()).toList();
    }

    /** Broadcast to a shape, if need be; shapes are those of each run. */
    private String stretched(
            String prefix, Object asking, String name, List<Shape> from, List<Shape> to) {
        if (from.equals(to)) {
            return name;
        }
        List<@Nullable Dim> dims = traces.shape(to);
        int extra = to.getFirst().rank() - from.getFirst().rank();
        for (int axis = extra; axis < dims.size(); axis++) {
            boolean stays = true;
            for (int run = 0; run < from.size(); run++) {
                stays &= from.get(run).dim(axis - extra) == to.get(run).dim(axis);
            }
            if (stays) {
                dims.set(axis, Dim.fixed(1)); // which leaves a size as it is
            }
        }
        return graph.node(prefix, "Expand", List.of(name, graph.sizes(asking, dims)));
    }

    /** One operation. */
    private final class One {
        private final int index;
        private final Trace.Step step;
        private final String prefix;
        private final List<String> in = new ArrayList<>();

        One(int index, Trace.Step step) {
            this.index = index;
            this.step = step;
            String type = step.place().type();
            prefix = (type.isEmpty() ? "" : type + "/") + step.name();
            step.inputs().forEach(id -> in.add(name(id, step)));
        }

        private String node(String type, List<String> from, AttributeProto... settings) {
            return graph.node(prefix, type, from, settings);
        }

        String translate() {
            return switch (step.does()) {
                case Primitive.Elements e ->
                        expression(
                                e.expr(),
                                run -> ((Primitive.Elements) does(run)).scalars(),
                                shapes(step.result()));
                case Primitive.Fold f -> fold(f);
                case Primitive.Reshape r -> reshape();
                case Primitive.Permute p -> permute(p);
                case Primitive.Expand e ->
                        stretched(
                                prefix,
                                step,
                                in.getFirst(),
                                shapes(step.inputs().getFirst()),
                                shapes(step.result()));
                case Primitive.Select s -> select();
                case Primitive.Embed e -> embed(e);
                case Primitive.MatMul m -> node("MatMul", in);
                case Primitive.Concat c -> node("Concat", in, Attributes.of("axis", c.axis()));
                case Primitive.Cumsum c ->
                        node("CumSum", List.of(in.getFirst(), graph.integers(c.axis())));
                case Primitive.Gather g -> node("Gather", in, Attributes.of("axis", 0));
                case Primitive.ScatterAdd s -> scatterAdd();
                case Primitive.Cast c ->
                        node("Cast", in, Attributes.of("to", Data.type(c.dtype())));
                case Primitive.Softmax s -> node("Softmax", in, Attributes.of("axis", -1));
                case Primitive.LogSoftmax s -> node("LogSoftmax", in, Attributes.of("axis", -1));
                case Primitive.MaskedSoftmax s -> maskedSoftmax();
                case Primitive.LayerNorm n ->
                        node(
                                "LayerNormalization",
                                in,
                                Attributes.of("axis", -1),
                                Attributes.of("epsilon", (float) n.eps()));
                case Primitive.Same s -> in.getFirst();
            };
        }

        /** The same step in another run. */
        private Primitive does(int run) {
            return traces.runs().get(run).steps().get(index).does();
        }

        private Tensor input(int run, int i) {
            return traces.runs().get(run).values().get(step.inputs().get(i)).tensor();
        }

        private DType dtype() {
            return input(0, 0).dtype();
        }

        private int runs() {
            return traces.runs().size();
        }

        // -------------------------------------------------------------- expressions

        private String expression(Expr expr, IntFunction<double[]> scalars, List<Shape> full) {
            var nodes = new Expressions(graph, prefix, dtype(), in::get, i -> scalar(scalars, i));
            String name = nodes.number(expr);
            List<Integer> sources = expr.compact().sources();
            List<Shape> reached = new ArrayList<>();
            for (int run = 0; run < runs(); run++) {
                Shape shape = Shape.SCALAR;
                for (int source : sources) {
                    shape = Shape.broadcast(step.name(), shape, input(run, source).shape());
                }
                reached.add(shape);
            }
            return stretched(prefix, step, name, reached, full);
        }

        /** A run-time scalar: the same in every run, or a function of the batch size. */
        private String scalar(IntFunction<double[]> scalars, int i) {
            double[] values =
                    IntStream.range(0, runs()).mapToDouble(r -> scalars.apply(r)[i]).toArray();
            if (Arrays.stream(values).allMatch(v -> Double.compare(v, values[0]) == 0)) {
                return graph.constant(dtype(), values[0]);
            }
            boolean whole = Arrays.stream(values).allMatch(v -> v == Math.rint(v));
            Dim dim =
                    whole
                            ? Dim.of(
                                    traces.batches(),
                                    Arrays.stream(values).mapToLong(v -> (long) v).toArray())
                            : null;
            if (dim == null) {
                throw new IllegalArgumentException(
                        "onnx: "
                                + step
                                + " uses the numbers "
                                + Arrays.toString(values)
                                + " for the batch sizes "
                                + Arrays.toString(traces.batches())
                                + "; they must be the same, or grow evenly with the batch size");
            }
            return graph.number(dtype(), dim);
        }

        private String fold(Primitive.Fold f) {
            List<Shape> full = new ArrayList<>();
            for (int run = 0; run < runs(); run++) {
                Shape shape = input(run, 0).shape();
                for (int i = 1; i < in.size(); i++) {
                    shape = Shape.broadcast(step.name(), shape, input(run, i).shape());
                }
                full.add(shape);
            }
            String name = expression(f.expr(), run -> ((Primitive.Fold) does(run)).scalars(), full);
            long[] axes =
                    IntStream.range(0, f.axes().length)
                            .filter(axis -> f.axes()[axis])
                            .asLongStream()
                            .toArray();
            if (axes.length == 0) {
                return name;
            }
            var keep = Attributes.of("keepdims", f.keepDims() ? 1 : 0);
            return switch (f.reduction()) {
                case SUM -> node("ReduceSum", List.of(name, graph.integers(axes)), keep);
                case PROD -> node("ReduceProd", List.of(name), Attributes.of("axes", axes), keep);
                case MAX -> node("ReduceMax", List.of(name), Attributes.of("axes", axes), keep);
                case MIN -> node("ReduceMin", List.of(name), Attributes.of("axes", axes), keep);
            };
        }

        // -------------------------------------------------------------- movements

        private String reshape() {
            List<@Nullable Dim> dims = traces.shape(step.result());
            int open = -1;
            int others = 1;
            for (int axis = 0; axis < dims.size(); axis++) {
                Dim dim = dims.get(axis);
                if (dim == null || !dim.isFixed()) {
                    others *= open >= 0 ? 0 : 1;
                    open = axis;
                } else {
                    others *= dim.plus() == 0 ? 0 : 1;
                }
            }
            if (open >= 0 && others == 1) { // one size follows from the others
                dims.set(open, Dim.fixed(-1));
                return node("Reshape", List.of(in.getFirst(), graph.sizes(step, dims)));
            }
            return node(
                    "Reshape",
                    List.of(in.getFirst(), graph.sizes(step, dims)),
                    Attributes.of("allowzero", 1));
        }

        private String permute(Primitive.Permute p) {
            int[] axes = p.axes().clone();
            Arrays.setAll(axes, i -> Math.floorMod(axes[i], axes.length));
            return node("Transpose", in, Attributes.of("perm", Graph.longs(axes)));
        }

        private String select() {
            List<List<Part>> parts = new ArrayList<>();
            for (int run = 0; run < runs(); run++) {
                var slices = ((Primitive.Select) does(run)).slices();
                parts.add(Part.of(input(run, 0).shape(), slices));
            }
            List<@Nullable Dim> starts = new ArrayList<>();
            List<@Nullable Dim> ends = new ArrayList<>();
            List<@Nullable Dim> steps = new ArrayList<>();
            List<Long> axes = new ArrayList<>();
            List<Long> dropped = new ArrayList<>();
            for (int axis = 0; axis < parts.getFirst().size(); axis++) {
                int a = axis;
                List<Part> runs = parts.stream().map(run -> run.get(a)).toList();
                if (runs.stream().allMatch(Part::isWhole)) {
                    continue;
                }
                axes.add((long) axis);
                starts.add(dim(runs.stream().mapToLong(Part::start).toArray()));
                ends.add(end(runs));
                steps.add(dim(runs.stream().mapToLong(Part::step).toArray()));
                if (runs.getFirst().drops()) {
                    dropped.add((long) axis);
                }
            }
            if (axes.isEmpty()) {
                return in.getFirst();
            }
            String name =
                    node(
                            "Slice",
                            List.of(
                                    in.getFirst(),
                                    graph.sizes(step, starts),
                                    graph.sizes(step, ends),
                                    integers(axes),
                                    graph.sizes(step, steps)));
            return dropped.isEmpty() ? name : node("Squeeze", List.of(name, integers(dropped)));
        }

        /** Where all runs end at the end of the axis, its size does not matter. */
        private @Nullable Dim end(List<Part> runs) {
            boolean sameEnd = runs.stream().mapToLong(Part::end).distinct().count() == 1;
            return sameEnd
                    ? Dim.fixed(runs.getFirst().end())
                    : dim(runs.stream().mapToLong(Part::stop).toArray());
        }

        private @Nullable Dim dim(long... values) {
            return Dim.of(traces.batches(), values);
        }

        private String integers(List<Long> values) {
            return graph.integers(values.stream().mapToLong(v -> v).toArray());
        }

        private String embed(Primitive.Embed e) {
            List<List<Part>> parts = new ArrayList<>();
            for (int run = 0; run < runs(); run++) {
                var embed = (Primitive.Embed) does(run);
                parts.add(Part.of(embed.shape(), embed.slices()));
            }
            List<@Nullable Dim> before = new ArrayList<>();
            List<@Nullable Dim> after = new ArrayList<>();
            for (int axis = 0; axis < e.shape().rank(); axis++) {
                int a = axis;
                List<Part> runs = parts.stream().map(run -> run.get(a)).toList();
                if (runs.stream().anyMatch(p -> p.step() != 1 || p.drops())) {
                    return scattered(e);
                }
                before.add(dim(runs.stream().mapToLong(Part::start).toArray()));
                after.add(dim(runs.stream().mapToLong(p -> p.size() - p.stop()).toArray()));
            }
            before.addAll(after);
            String value = graph.constant(dtype(), e.value());
            return node("Pad", List.of(in.getFirst(), graph.sizes(step, before), value));
        }

        /** Elements that come to lie apart from each other, as on a diagonal. */
        private String scattered(Primitive.Embed e) {
            List<Shape> shapes = shapes(step.result());
            if (!shapes.stream().allMatch(e.shape()::equals)) {
                throw new IllegalArgumentException(
                        "onnx: "
                                + step
                                + " puts elements to places that depend on the batch size. Inputs"
                                + " that are all fixed export one batch size");
            }
            Layout places = Layout.contiguous(e.shape()).slice(e.slices().toArray(Slice[]::new));
            long[] positions =
                    IntStream.range(0, places.shape().size())
                            .mapToLong(places::positionOf)
                            .toArray();
            String value = graph.constant(dtype(), e.value());
            String size = graph.integers(e.shape().size());
            String table = node("Expand", List.of(value, size));
            String flat = node("Reshape", List.of(in.getFirst(), graph.integers(-1)));
            String rows = node("Unsqueeze", List.of(graph.integers(positions), graph.integers(1)));
            String filled = node("ScatterND", List.of(table, rows, flat));
            return node("Reshape", List.of(filled, graph.sizes(step, traces.shape(step.result()))));
        }

        // -------------------------------------------------------------- others

        private String scatterAdd() {
            List<Shape> table = shapes(step.result());
            List<Shape> scalar = table.stream().map(s -> Shape.SCALAR).toList();
            String zeros = stretched(prefix, step, graph.constant(dtype(), 0), scalar, table);
            String index =
                    node(
                            "Cast",
                            List.of(in.get(1)),
                            Attributes.of("to", TensorProto.DataType.INT64_VALUE));
            String rows = node("Unsqueeze", List.of(index, graph.integers(-1)));
            return node(
                    "ScatterND",
                    List.of(zeros, rows, in.getFirst()),
                    Attributes.of("reduction", "add"));
        }

        /** Scores of −∞ have weight 0; a row of nothing else gives NaN, which becomes 0. */
        private String maskedSoftmax() {
            String allowed =
                    node(
                            "Cast",
                            List.of(in.get(1)),
                            Attributes.of("to", TensorProto.DataType.BOOL_VALUE));
            String never = graph.constant(dtype(), Double.NEGATIVE_INFINITY);
            String scores = node("Where", List.of(allowed, in.getFirst(), never));
            String weights = node("Softmax", List.of(scores), Attributes.of("axis", -1));
            return node("Where", List.of(allowed, weights, graph.constant(dtype(), 0)));
        }
    }
}
