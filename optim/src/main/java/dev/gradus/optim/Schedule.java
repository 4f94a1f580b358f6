package dev.gradus.optim;

/**
 * How a training's learning rates change: a factor of them all, as a function of the step alone. So
 * there is nothing to save but the step, and a training that goes on at step 1000 needs no 999
 * before.
 *
 * <pre>{@code
 * var schedule = Schedule.warmup(100).then(100, Schedule.cosine(900, 0));
 * for (int step = 0; step < 1000; step++) {
 *     optimizer.setLearningRateFactor(schedule.factor(step));
 *     try (var tape = Tape.start()) {
 *         optimizer.step(tape.gradients(loss()));
 *     }
 * }
 * }</pre>
 *
 * <p>What a step is, a batch or an epoch, is up to the loop. Any lambda is a schedule: {@code step
 * -> 1 / Math.sqrt(1 + step)}. Those below are PyTorch's; where it names a rate, here is a share of
 * the optimizer's rate, since groups of parameters have rates of their own.
 */
@FunctionalInterface
public interface Schedule {
    /**
     * The factor of the learning rates in a step.
     *
     * @param step 0, 1, …
     */
    double factor(int step);

    /** Always the same. */
    static Schedule constant(double factor) {
        return step -> factor;
    }

    /** γ^⌊step/every⌋: times γ after each so many steps (PyTorch's {@code StepLR}). */
    static Schedule step(int every, double gamma) {
        require("step", "every", every, 1);
        return step -> Math.pow(gamma, Math.floorDiv(step, every));
    }

    /**
     * Times γ from each milestone on, twice where it is named twice (PyTorch's {@code
     * MultiStepLR}).
     */
    static Schedule multiStep(double gamma, int... milestones) {
        int[] copy = milestones.clone();
        return step -> {
            int passed = 0;
            for (int milestone : copy) {
                passed += step >= milestone ? 1 : 0;
            }
            return Math.pow(gamma, passed);
        };
    }

    /** γ^step (PyTorch's {@code ExponentialLR}). */
    static Schedule exponential(double gamma) {
        return step -> Math.pow(gamma, step);
    }

    /**
     * Half a cosine from 1 in step 0 to {@code last} in step {@code steps}, and up again after it:
     * last + (1 − last)·(1 + cos(π·step/steps))/2 (PyTorch's {@code CosineAnnealingLR}; Loshchilov
     * and Hutter 2017).
     */
    static Schedule cosine(int steps, double last) {
        require("cosine", "steps", steps, 1);
        return step -> last + (1 - last) * (1 + Math.cos(Math.PI * step / steps)) / 2;
    }

    /** A line from {@code first} in step 0 to {@code last} in step {@code steps}, and on there. */
    static Schedule linear(int steps, double first, double last) {
        require("linear", "steps", steps, 1);
        return step -> first + (last - first) * Math.min(step, steps) / steps;
    }

    /**
     * 1/steps, 2/steps, … up to 1 in step {@code steps − 1}, and 1 from there on: the first step is
     * a small one, not none.
     */
    static Schedule warmup(int steps) {
        require("warmup", "steps", steps, 1);
        return step -> Math.min(1, (step + 1.0) / steps);
    }

    /** {@link #oneCycle(int, double, double, double)} with PyTorch's 0.3, 25 and 10⁴. */
    static Schedule oneCycle(int steps) {
        return oneCycle(steps, 0.3, 25, 1e4);
    }

    /**
     * One rise and one fall (Smith and Topin 2018; PyTorch's {@code OneCycleLR}), both as half a
     * cosine: from 1/divisor in step 0 to 1 in step rise·steps − 1, and down to 1/(divisor ·
     * finalDivisor) in step {@code steps − 1}. It stays there, and does not touch the momentum.
     *
     * @param steps of the whole training
     * @param rise which share of the steps goes up, of 0 … 1
     */
    static Schedule oneCycle(int steps, double rise, double divisor, double finalDivisor) {
        require("oneCycle", "steps", steps, 2);
        if (!(rise >= 0 && rise <= 1)) {
            throw new IllegalArgumentException("oneCycle: rise must be in 0 … 1, not " + rise);
        }
        if (!(divisor > 0 && finalDivisor > 0)) {
            throw new IllegalArgumentException(
                    "oneCycle: the divisors must be above 0, not "
                            + divisor
                            + " and "
                            + finalDivisor);
        }
        double first = 1 / divisor;
        double top = Math.max(0, rise * steps - 1);
        double end = steps - 1;
        return step -> {
            if (step <= top) {
                return top == 0 ? 1 : between(first, 1, step / top);
            }
            double share = Math.min(1, (step - top) / (end - top));
            return between(1, first / finalDivisor, share);
        };
    }

    private static double between(double from, double to, double share) {
        return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
    }

    /** This before step {@code at}; from there on the next, whose steps count from 0 again. */
    default Schedule then(int at, Schedule next) {
        return step -> step < at ? factor(step) : next.factor(step - at);
    }

    /** The product of both. */
    default Schedule times(Schedule other) {
        return step -> factor(step) * other.factor(step);
    }

    private static void require(String name, String what, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    name + ": " + what + " must be at least " + least + ", not " + value);
        }
    }
}
