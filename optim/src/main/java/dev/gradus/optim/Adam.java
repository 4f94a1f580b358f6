package dev.gradus.optim;

import dev.gradus.autograd.Parameter;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;

import java.util.List;

/**
 * Adam (Kingma and Ba 2015): steps along an average m of the gradients g, for each element divided
 * by the root of an average v of their squares. In step t, as in PyTorch,
 *
 * <p>m ← β₁·m + (1 − β₁)·g, v ← β₂·v + (1 − β₂)·g²,
 *
 * <p>p ← p − η/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).
 *
 * <p>The divisions by 1 − βᵗ correct that m and v start at 0. t counts a parameter's own updates.
 * Weight decay λ replaces g by g + λ·p, so that it is divided by the root like the rest of g;
 * {@link AdamW} keeps it apart.
 */
public class Adam extends Optimizer {
    /** λ, or for AdamW 1 − η·λ. */
    private static final Expr DECAY = Expr.scalar(0);

    private static final Expr STEP_SIZE = Expr.scalar(1);

    /** 1/√(1 − β₂ᵗ): to divide by the root instead took a third longer for the whole step. */
    private static final Expr ROOT_CORRECTION = Expr.scalar(2);

    private static final Expr EPS = Expr.scalar(3);
    private static final Expr BETA1 = Expr.scalar(4);
    private static final Expr SHARE1 = Expr.scalar(5);
    private static final Expr BETA2 = Expr.scalar(6);
    private static final Expr SHARE2 = Expr.scalar(7);

    private static final Program STEP = step(false);
    private static final Program STEP_APART = step(true);

    private final double beta1;
    private final double beta2;
    private final double eps;
    private final boolean apart;

    /** With β₁ = 0.9, β₂ = 0.999, ε = 1e-8 and no weight decay. */
    public Adam(List<Parameter> parameters, double learningRate) {
        this(parameters, learningRate, 0.9, 0.999, 1e-8);
    }

    /** Without weight decay. */
    public Adam(
            List<Parameter> parameters,
            double learningRate,
            double beta1,
            double beta2,
            double eps) {
        this(parameters, learningRate, beta1, beta2, eps, 0);
    }

    /**
     * Adam.
     *
     * @param beta1 β₁, at least 0 and below 1
     * @param beta2 β₂, at least 0 and below 1
     * @param eps ε, at least 0
     * @param weightDecay λ, at least 0
     */
    public Adam(
            List<Parameter> parameters,
            double learningRate,
            double beta1,
            double beta2,
            double eps,
            double weightDecay) {
        this(parameters, learningRate, beta1, beta2, eps, weightDecay, false);
    }

    /**
     * Either form.
     *
     * @param apart whether the weight decay is AdamW's
     */
    Adam(
            List<Parameter> parameters,
            double learningRate,
            double beta1,
            double beta2,
            double eps,
            double weightDecay,
            boolean apart) {
        super(parameters, learningRate, weightDecay, apart ? STEP_APART : STEP, "m", "v");
        require("Adam: beta1", beta1, beta1 >= 0 && beta1 < 1, "at least 0 and below 1");
        require("Adam: beta2", beta2, beta2 >= 0 && beta2 < 1, "at least 0 and below 1");
        require("Adam: eps", eps, eps >= 0, "at least 0");
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.eps = eps;
        this.apart = apart;
    }

    /** Of (p, m, v, g). */
    private static Program step(boolean apart) {
        Expr g = apart ? Expr.in(3) : Expr.in(3).add(DECAY.mul(Expr.in(0)));
        Expr m = BETA1.mul(Expr.in(1)).add(SHARE1.mul(g));
        Expr v = BETA2.mul(Expr.in(2)).add(SHARE2.mul(g.square()));
        Expr root = v.sqrt().mul(ROOT_CORRECTION).add(EPS);
        Expr p = apart ? DECAY.mul(Expr.in(0)) : Expr.in(0);
        return Program.of(p.sub(STEP_SIZE.mul(m).div(root)), m, v);
    }

    @Override
    protected double[] scalars(int step, double learningRate, double weightDecay) {
        return new double[] {
            apart ? 1 - learningRate * weightDecay : weightDecay,
            learningRate / (1 - StrictMath.pow(beta1, step)),
            1 / Math.sqrt(1 - StrictMath.pow(beta2, step)),
            eps,
            beta1,
            1 - beta1,
            beta2,
            1 - beta2
        };
    }
}
