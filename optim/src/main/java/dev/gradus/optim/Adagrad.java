package dev.gradus.optim;

import dev.gradus.autograd.Parameter;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;

import java.util.List;

/**
 * Adagrad (Duchi, Hazan and Singer 2011): gradients g, for each element divided by the root of the
 * sum s of all their squares so far, so that rare ones count more. In step t, as in PyTorch,
 *
 * <p>s ← s + g², p ← p − η/(1 + (t − 1)·δ) · g / (√s + ε).
 *
 * <p>Weight decay λ replaces g by g + λ·p. t counts a parameter's own updates.
 */
public final class Adagrad extends Optimizer {
    private static final Expr STEP_SIZE = Expr.scalar(0);
    private static final Expr WEIGHT_DECAY = Expr.scalar(1);
    private static final Expr EPS = Expr.scalar(2);
    private static final Expr INITIAL = Expr.scalar(3);

    private static final Program STEP = step();

    private final double learningRateDecay;
    private final double initial;
    private final double eps;

    /** With ε = 1e-10; s starts at 0, and nothing decays. */
    public Adagrad(List<Parameter> parameters, double learningRate) {
        this(parameters, learningRate, 0, 0, 1e-10, 0);
    }

    /**
     * Adagrad.
     *
     * @param learningRateDecay δ, at least 0
     * @param initial where s starts, at least 0; a parameter's first step adds it
     * @param eps ε, at least 0
     * @param weightDecay λ, at least 0
     */
    public Adagrad(
            List<Parameter> parameters,
            double learningRate,
            double learningRateDecay,
            double initial,
            double eps,
            double weightDecay) {
        super(parameters, learningRate, weightDecay, STEP, "squares");
        String range = "at least 0";
        require("Adagrad: learning rate decay", learningRateDecay, learningRateDecay >= 0, range);
        require("Adagrad: initial sum", initial, initial >= 0, range);
        require("Adagrad: eps", eps, eps >= 0, range);
        this.learningRateDecay = learningRateDecay;
        this.initial = initial;
        this.eps = eps;
    }

    /** Of (p, s, g). */
    private static Program step() {
        Expr p = Expr.in(0);
        Expr g = Expr.in(2).add(WEIGHT_DECAY.mul(p));
        Expr s = Expr.in(1).add(INITIAL).add(g.square());
        return Program.of(p.sub(STEP_SIZE.mul(g).div(s.sqrt().add(EPS))), s);
    }

    @Override
    protected double[] scalars(int step, double learningRate, double weightDecay) {
        double size = learningRate / (1 + (step - 1) * learningRateDecay);
        return new double[] {size, weightDecay, eps, step == 1 ? initial : 0};
    }
}
