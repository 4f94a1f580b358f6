package dev.gradus.onnx;

import dev.gradus.shape.Shape;
import dev.gradus.tensor.Primitive;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The same model run at several batch sizes: so what depends on the batch size is told apart from
 * what does not. One run, where no input has a batch axis.
 *
 * @param batches the batch size of each run
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Traces(int[] batches, List<Trace> runs) {
    /** Throws unless all runs performed the same operations on the same values. */
    Traces {
        Trace first = runs.getFirst();
        for (Trace run : runs) {
            int steps = Math.min(first.steps().size(), run.steps().size());
            for (int i = 0; i < steps; i++) {
                if (!isSame(first.steps().get(i), run.steps().get(i))) {
                    throw differs(first.steps().get(i) + " and " + run.steps().get(i));
                }
            }
            if (first.steps().size() != run.steps().size() || first.result() != run.result()) {
                throw differs(first.steps().size() + " and " + run.steps().size() + " operations");
            }
            for (int i = 0; i < first.values().size(); i++) {
                Trace.Value a = first.values().get(i);
                Trace.Value b = run.values().get(i);
                if (!a.source().equals(b.source()) || a.tensor().ndim() != b.tensor().ndim()) {
                    throw differs(a.tensor().shape() + " and " + b.tensor().shape());
                }
            }
        }
    }

    private static IllegalArgumentException differs(String what) {
        return new IllegalArgumentException(
                "onnx: the model performs other operations for another batch size ("
                        + what
                        + "), so they cannot be written down for every batch size. Inputs that are"
                        + " all fixed export one batch size");
    }

    private static boolean isSame(Trace.Step a, Trace.Step b) {
        return a.inputs().equals(b.inputs()) && isSame(a.does(), b.does());
    }

    /** Apart from sizes and positions. */
    private static boolean isSame(Primitive a, Primitive b) {
        return switch (a) {
            case Primitive.Elements x -> b instanceof Primitive.Elements y && x.expr() == y.expr();
            case Primitive.Fold x ->
                    b instanceof Primitive.Fold y
                            && x.reduction() == y.reduction()
                            && x.expr() == y.expr()
                            && Arrays.equals(x.axes(), y.axes())
                            && x.keepDims() == y.keepDims();
            case Primitive.Permute x ->
                    b instanceof Primitive.Permute y && Arrays.equals(x.axes(), y.axes());
            case Primitive.Embed x ->
                    b instanceof Primitive.Embed y && Double.compare(x.value(), y.value()) == 0;
            case Primitive.Concat x -> x.equals(b);
            case Primitive.Cumsum x -> x.equals(b);
            case Primitive.Cast x -> x.equals(b);
            case Primitive.LayerNorm x -> x.equals(b);
            case Primitive.Reshape x -> b instanceof Primitive.Reshape;
            case Primitive.Expand x -> b instanceof Primitive.Expand;
            case Primitive.Select x -> b instanceof Primitive.Select;
            case Primitive.ScatterAdd x -> b instanceof Primitive.ScatterAdd;
            case Primitive.MatMul x -> x.equals(b);
            case Primitive.Gather x -> x.equals(b);
            case Primitive.Softmax x -> x.equals(b);
            case Primitive.LogSoftmax x -> x.equals(b);
            case Primitive.MaskedSoftmax x -> x.equals(b);
            case Primitive.Same x -> x.equals(b);
        };
    }

    /** A number of each run as a function of the batch size; null if it is none of that form. */
    @Nullable Dim dim(ToLongFunction<Trace> number) {
        return Dim.of(batches, runs.stream().mapToLong(number).toArray());
    }

    /** The sizes of the axes of a value. */
    List<@Nullable Dim> shape(int id) {
        return shape(runs.stream().map(run -> run.values().get(id).tensor().shape()).toList());
    }

    /** The same for a shape of each run. */
    List<@Nullable Dim> shape(List<Shape> shapes) {
        List<@Nullable Dim> dims = new ArrayList<>();
        for (int axis = 0; axis < shapes.getFirst().rank(); axis++) {
            int a = axis;
            dims.add(Dim.of(batches, shapes.stream().mapToLong(s -> s.dim(a)).toArray()));
        }
        return dims;
    }

    /** The value in the first run. */
    Tensor tensor(int id) {
        return runs.getFirst().values().get(id).tensor();
    }
}
