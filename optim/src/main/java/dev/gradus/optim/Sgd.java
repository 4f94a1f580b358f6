package dev.gradus.optim;

import dev.gradus.autograd.Parameter;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;

import java.util.List;

/**
 * Stochastic gradient descent, plain and with momentum in three forms. With gradient g, learning
 * rate η and momentum μ or β:
 *
 * <ul>
 *   <li>plain: p ← p − η·g;
 *   <li>momentum, as in PyTorch: v ← μ·v + g, p ← p − η·v (Polyak 1964);
 *   <li>Nesterov, as in PyTorch: v ← μ·v + g, p ← p − η·(g + μ·v) (Sutskever et al. 2013);
 *   <li>dampened, as in PyTorch: v ← μ·v + (1 − τ)·g after a first step with v ← g, p ← p − η·v;
 *   <li>exponential average: v ← β·v + (1 − β)·g, p ← p − η·v.
 * </ul>
 *
 * <p>v starts at 0. The exponential average with the learning rate η/(1 − β) takes the same path as
 * PyTorch's momentum with η. Weight decay λ replaces g by g + λ·p, the gradient of a penalty ½λp².
 */
public final class Sgd extends Optimizer {
    private static final Expr LEARNING_RATE = Expr.scalar(0);
    private static final Expr WEIGHT_DECAY = Expr.scalar(1);
    private static final Expr MOMENTUM = Expr.scalar(2);
    private static final Expr SHARE_OF_NEW = Expr.scalar(3);

    private static final Program PLAIN = plain();
    private static final Program WITH_MOMENTUM = withMomentum(false);
    private static final Program NESTEROV = withMomentum(true);

    private final double momentum;
    private final double shareOfNew;

    /** The share of the gradient in the first step, where PyTorch takes it as it is. */
    private final double shareOfFirst;

    /** Plain gradient descent. */
    public Sgd(List<Parameter> parameters, double learningRate) {
        this(parameters, learningRate, 0);
    }

    /** Momentum as in PyTorch. */
    public Sgd(List<Parameter> parameters, double learningRate, double momentum) {
        this(parameters, learningRate, momentum, 0);
    }

    /**
     * Momentum as in PyTorch, and weight decay.
     *
     * @param momentum μ, at least 0 and below 1; 0 is plain gradient descent
     * @param weightDecay λ, at least 0
     */
    public Sgd(
            List<Parameter> parameters, double learningRate, double momentum, double weightDecay) {
        this(parameters, learningRate, momentum, weightDecay, 0);
    }

    /**
     * Momentum as in PyTorch, weight decay and dampening.
     *
     * @param momentum μ, at least 0 and below 1; 0 is plain gradient descent, without dampening
     * @param weightDecay λ, at least 0
     * @param dampening τ, of 0 … 1: v ← μ·v + (1 − τ)·g, but v ← g in a parameter's first step
     */
    public Sgd(
            List<Parameter> parameters,
            double learningRate,
            double momentum,
            double weightDecay,
            double dampening) {
        this(
                parameters,
                learningRate,
                momentum == 0 ? PLAIN : WITH_MOMENTUM,
                momentum,
                1,
                1 - dampening,
                weightDecay);
        require("Sgd: dampening", dampening, dampening >= 0 && dampening <= 1, "of 0 … 1");
    }

    private Sgd(
            List<Parameter> parameters,
            double learningRate,
            Program program,
            double momentum,
            double shareOfFirst,
            double shareOfNew,
            double weightDecay) {
        super(
                parameters,
                learningRate,
                weightDecay,
                program,
                program == PLAIN ? new String[0] : new String[] {"velocity"});
        require("Sgd: momentum", momentum, momentum >= 0 && momentum < 1, "at least 0 and below 1");
        this.momentum = momentum;
        this.shareOfFirst = shareOfFirst;
        this.shareOfNew = shareOfNew;
    }

    /** Nesterov's momentum as in PyTorch. */
    public static Sgd nesterov(List<Parameter> parameters, double learningRate, double momentum) {
        return nesterov(parameters, learningRate, momentum, 0);
    }

    /** Nesterov's momentum as in PyTorch, and weight decay. */
    public static Sgd nesterov(
            List<Parameter> parameters, double learningRate, double momentum, double weightDecay) {
        return new Sgd(parameters, learningRate, NESTEROV, momentum, 1, 1, weightDecay);
    }

    /**
     * Momentum as an exponential average of the gradients, which starts at 0 and is not corrected.
     */
    public static Sgd exponentialAverage(
            List<Parameter> parameters, double learningRate, double beta) {
        return new Sgd(parameters, learningRate, WITH_MOMENTUM, beta, 1 - beta, 1 - beta, 0);
    }

    /** Of (p, g). */
    private static Program plain() {
        Expr p = Expr.in(0);
        Expr g = Expr.in(1).add(WEIGHT_DECAY.mul(p));
        return Program.of(p.sub(LEARNING_RATE.mul(g)));
    }

    /** Of (p, v, g). */
    private static Program withMomentum(boolean nesterov) {
        Expr p = Expr.in(0);
        Expr g = Expr.in(2).add(WEIGHT_DECAY.mul(p));
        Expr v = MOMENTUM.mul(Expr.in(1)).add(SHARE_OF_NEW.mul(g));
        Expr direction = nesterov ? g.add(MOMENTUM.mul(v)) : v;
        return Program.of(p.sub(LEARNING_RATE.mul(direction)), v);
    }

    @Override
    protected double[] scalars(int step, double learningRate, double weightDecay) {
        double share = step == 1 ? shareOfFirst : shareOfNew;
        return new double[] {learningRate, weightDecay, momentum, share};
    }
}
