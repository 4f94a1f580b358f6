package dev.gradus.optim;

import dev.gradus.autograd.Parameter;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;

import java.util.ArrayList;
import java.util.List;

/**
 * RMSprop (Hinton 2012): gradients g, for each element divided by the root of an average s of their
 * squares. As in PyTorch,
 *
 * <p>s ← α·s + (1 − α)·g², d = g / (√s + ε), p ← p − η·d.
 *
 * <p>Centred (Graves 2013), there is an average m of g too, and d = g / (√(s − m²) + ε): the root
 * of the variance. With momentum μ, v ← μ·v + d and p ← p − η·v. The state starts at 0. Weight
 * decay λ replaces g by g + λ·p.
 *
 * <p>Where rounding makes s − m² negative it counts as 0. (PyTorch's parameter becomes NaN then, as
 * it may where a gradient stays the same for a thousand steps.)
 */
public final class RmsProp extends Optimizer {
    private static final Expr LEARNING_RATE = Expr.scalar(0);
    private static final Expr WEIGHT_DECAY = Expr.scalar(1);
    private static final Expr ALPHA = Expr.scalar(2);
    private static final Expr SHARE_OF_NEW = Expr.scalar(3);
    private static final Expr EPS = Expr.scalar(4);
    private static final Expr MOMENTUM = Expr.scalar(5);

    private static final Program PLAIN = program(false, false);
    private static final Program CENTRED = program(true, false);
    private static final Program WITH_MOMENTUM = program(false, true);
    private static final Program CENTRED_WITH_MOMENTUM = program(true, true);

    private final double alpha;
    private final double eps;
    private final double momentum;

    /** With α = 0.99 and ε = 1e-8; not centred, without momentum and weight decay. */
    public RmsProp(List<Parameter> parameters, double learningRate) {
        this(parameters, learningRate, 0.99, 1e-8, 0, false, 0);
    }

    /**
     * RMSprop.
     *
     * @param alpha α, at least 0 and below 1
     * @param eps ε, at least 0
     * @param momentum μ, at least 0 and below 1; 0 for none
     * @param centred whether the square of the average is subtracted
     * @param weightDecay λ, at least 0
     */
    public RmsProp(
            List<Parameter> parameters,
            double learningRate,
            double alpha,
            double eps,
            double momentum,
            boolean centred,
            double weightDecay) {
        super(
                parameters,
                learningRate,
                weightDecay,
                momentum == 0
                        ? (centred ? CENTRED : PLAIN)
                        : (centred ? CENTRED_WITH_MOMENTUM : WITH_MOMENTUM),
                state(centred, momentum != 0));
        String range = "at least 0 and below 1";
        require("RmsProp: alpha", alpha, alpha >= 0 && alpha < 1, range);
        require("RmsProp: eps", eps, eps >= 0, "at least 0");
        require("RmsProp: momentum", momentum, momentum >= 0 && momentum < 1, range);
        this.alpha = alpha;
        this.eps = eps;
        this.momentum = momentum;
    }

    private static String[] state(boolean centred, boolean momentum) {
        List<String> names = new ArrayList<>(List.of("squares"));
        if (centred) {
            names.add("mean");
        }
        if (momentum) {
            names.add("velocity");
        }
        return names.toArray(String[]::new);
    }

    /** Of (p, s, m if centred, v if there is momentum, g). */
    private static Program program(boolean centred, boolean momentum) {
        List<Expr> results = new ArrayList<>();
        int inputs = 2 + (centred ? 1 : 0) + (momentum ? 1 : 0);
        Expr p = Expr.in(0);
        Expr g = Expr.in(inputs).add(WEIGHT_DECAY.mul(p));
        Expr s = average(Expr.in(1), g.square());
        results.add(s);
        Expr square = s;
        if (centred) {
            Expr m = average(Expr.in(2), g);
            results.add(m);
            Expr variance = s.sub(m.square());
            // A select leaves NaN as it is.
            square = Expr.where(variance.lt(Expr.ZERO), Expr.ZERO, variance);
        }
        Expr direction = g.div(square.sqrt().add(EPS));
        if (momentum) {
            direction = MOMENTUM.mul(Expr.in(inputs - 1)).add(direction);
            results.add(direction);
        }
        results.add(0, p.sub(LEARNING_RATE.mul(direction)));
        return Program.of(results.toArray(Expr[]::new));
    }

    private static Expr average(Expr before, Expr next) {
        return ALPHA.mul(before).add(SHARE_OF_NEW.mul(next));
    }

    @Override
    protected double[] scalars(int step, double learningRate, double weightDecay) {
        return new double[] {learningRate, weightDecay, alpha, 1 - alpha, eps, momentum};
    }
}
