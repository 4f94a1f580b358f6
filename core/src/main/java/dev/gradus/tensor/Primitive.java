package dev.gradus.tensor;

import dev.gradus.expr.Expr;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.shape.Slice;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What an operation computes, as data: for a program that translates a model into another format. A
 * {@link Recorder} asks {@link #of} about each operation that it is told; of one that is no
 * primitive, {@link #byParts} gives those that it is made of.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public sealed interface Primitive {
    /**
     * An expression of inputs that broadcast together; {@code scalars} are its run-time scalars.
     */
    record Elements(Expr expr, double... scalars) implements Primitive {}

    /** {@link Elements}, joined along the flagged axes, which stay with size 1 if keepDims. */
    record Fold(Reduction reduction, Expr expr, double[] scalars, boolean[] axes, boolean keepDims)
            implements Primitive {}

    /** The same elements under another shape. */
    record Reshape(Shape shape) implements Primitive {}

    /**
     * Axis i of the result is axis {@code axes[i]} of the input; negative ones count from the end.
     */
    record Permute(int... axes) implements Primitive {}

    /** Axes of size 1, and new ones in front, repeated. */
    record Expand(Shape shape) implements Primitive {}

    /** A part of each axis. */
    record Select(List<Slice> slices) implements Primitive {}

    /** One value everywhere, but the input in the selected places. */
    record Embed(Shape shape, List<Slice> slices, double value) implements Primitive {}

    /** The product of matrices; axes before the last two broadcast. */
    record MatMul() implements Primitive {}

    /** The inputs one after another. */
    record Concat(int axis) implements Primitive {}

    /** Running sums along an axis. */
    record Cumsum(int axis) implements Primitive {}

    /** Rows of the first input by the second, an index. */
    record Gather() implements Primitive {}

    /** Rows of the first input added up in a table of zeros, where the second input says. */
    record ScatterAdd(Shape table) implements Primitive {}

    /** Another dtype, fractions being cut off. */
    record Cast(DType dtype) implements Primitive {}

    /** e^x / Σ e^x along the last axis. */
    record Softmax() implements Primitive {}

    /** x − ln Σ e^x along the last axis. */
    record LogSoftmax() implements Primitive {}

    /** The softmax where the second input is not 0, zeros elsewhere. */
    record MaskedSoftmax() implements Primitive {}

    /** (x − mean) / √(variance + eps) · weight + bias along the last axis: three inputs. */
    record LayerNorm(double eps) implements Primitive {}

    /** The input itself, perhaps on another device. */
    record Same() implements Primitive {}

    /** What an operation is; null if it is no primitive, but may be made of some. */
    static @Nullable Primitive of(Op op) {
        return switch (op) {
            case Elementwise e -> new Elements(e.expr(), e.scalars());
            case Reduce reduce ->
                    switch (reduce) {
                        case Reduce.Mean m -> null; // a sum, divided
                        case Reduce.Sum s -> fold(s, Reduction.SUM, s.expr(), s.scalars());
                        case Reduce.Extreme e -> fold(e, e.reduction(), Expr.in(0));
                        case Reduce.Prod p -> fold(p, Reduction.PROD, Expr.in(0));
                    };
            case Movement movement ->
                    switch (movement) {
                        case Movement.Reshape r -> new Reshape(r.shape());
                        case Movement.Permute p -> new Permute(p.axes());
                        case Movement.Expand e -> new Expand(e.shape());
                        case Movement.Select s -> new Select(s.slices());
                        case Movement.Embed e -> new Embed(e.shape(), e.slices(), e.value());
                    };
            case Structural structural ->
                    switch (structural) {
                        case Structural.MatMul m -> new MatMul();
                        case Structural.Concat c -> new Concat(c.axis());
                        case Structural.Gather g -> new Gather();
                        case Structural.ScatterAdd s -> new ScatterAdd(s.table());
                        case Structural.Cast c -> new Cast(c.dtype());
                        case Structural.Transfer t -> new Same();
                    };
            case Scan.Cumsum c -> new Cumsum(c.axis());
            case Rowwise.Softmax s -> new Softmax();
            case Rowwise.LogSoftmax s -> new LogSoftmax();
            case Rowwise.MaskedSoftmax s -> new MaskedSoftmax();
            case dev.gradus.tensor.LayerNorm n -> new LayerNorm(n.eps());
            default -> null;
        };
    }

    private static Fold fold(Reduce op, Reduction reduction, Expr expr, double... scalars) {
        return new Fold(reduction, expr, scalars, op.axes(), op.keepDims());
    }

    /**
     * Performs an operation as those that it is made of, each of which this thread's recorder is
     * told: a fused operation and a mean as their composition, one of the user's as its forward
     * pass.
     */
    static Tensor byParts(Op op, Tensor... x) {
        return switch (op) {
            case FusedOp fused -> fused.composed(x);
            case Reduce.Mean mean -> mean.composed(x);
            default -> op.forward(x);
        };
    }
}
