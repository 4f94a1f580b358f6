package dev.gradus.backend;

import dev.gradus.expr.Program;
import dev.gradus.expr.RowProgram;

import org.jspecify.annotations.Nullable;

/**
 * Several operations that a backend may perform as one, without storing what lies between: offered
 * to {@link Backend#run}. What each computes is defined by tensor operations, which are also what
 * happens where a backend declines.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public sealed interface Fused {
    /**
     * A linear layer: f(x·W + b). In: x {@code [m, k]}, W {@code [k, n]} and, if there is a bias, b
     * {@code [n]}. Out: {@code [m, n]}; and, if asked for, x·W + b, also {@code [m, n]}.
     *
     * @param activation f, of one input; null for none
     */
    record Linear(@Nullable Program activation) implements Fused {}

    /**
     * The gradient of {@link Linear}. In: x {@code [m, k]}, W {@code [k, n]}, and what the
     * cotangent h {@code [m, n]} of x·W + b is computed from, {@code [m, n]} each: h itself where
     * there is no program. Out: of h·Wᵀ {@code [m, k]}, xᵀ·h {@code [k, n]} and the sum of h's rows
     * {@code [n]} those that are asked for, at least one.
     *
     * @param cotangent h, of the inputs after the second; null where that is h
     */
    record LinearGradient(@Nullable Program cotangent, boolean ofX, boolean ofW, boolean ofB)
            implements Fused {}

    /**
     * What is computed along each row by itself. In: {@code [.., n]} each, some of which are
     * stretched from {@code [.., 1]} or {@code [n]}. Out: {@code [.., n]} for a row, {@code [..,
     * 1]} for a number; as many of the program's results as are asked for, at least one.
     *
     * @param scalars the run-time scalars of all stages
     */
    record Rows(RowProgram program, double... scalars) implements Fused {}

    /**
     * Scaled dot-product attention (Vaswani et al. 2017): softmax(scale · q·kᵀ) · v. In: q {@code
     * [.., t, d]}, k {@code [.., s, d]}, v {@code [.., s, e]}, and if there are four the mask
     * {@code [.., t, s]}, not 0 where a query may attend to a key. A query that may attend to none
     * gives zeros, and so may, where there is a mask, one all of whose scores are −∞. Out: {@code
     * [.., t, e]}, of any layout whose last axis is dense; and, if asked for, {@code [.., t]}: ln Σ
     * e^score, 0 for a query that attends to none.
     *
     * @param causal whether query i attends to keys 0 … i alone
     * @param dropout the chance with which a weight becomes 0, the others being divided by 1 −
     *     dropout: where number i of the uniform numbers of {@code seed} from counter {@code first}
     *     on, in the row-major order of {@code [.., t, s]}, is below it
     */
    record Attention(double scale, boolean causal, double dropout, long seed, long first)
            implements Fused {}

    /**
     * The gradient of {@link Attention}. In: its inputs, its two results and the cotangent g {@code
     * [.., t, e]} of the first. Out: the cotangents of q, k and v, each of any layout whose last
     * axis is dense. A backend that performs the one performs the other.
     */
    record AttentionGradient(Attention forward) implements Fused {}

    /**
     * One element-wise program for several groups of views, as an optimizer's step is for all
     * parameters. In and out: the views of the first group, of the second, …; as in {@link
     * Backend#map} an output may be the very view of an input of its group.
     */
    record MapEach(Program program, int groups, double... scalars) implements Fused {}
}
