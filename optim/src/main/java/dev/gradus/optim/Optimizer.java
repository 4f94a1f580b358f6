package dev.gradus.optim;

import dev.gradus.autograd.CallSite;
import dev.gradus.autograd.CallSites;
import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.backend.Backend;
import dev.gradus.expr.Program;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Turns gradients into new values of parameters. A rule is one {@link Program} and the numbers it
 * takes at a step: everything that changes from step to step is a run-time scalar, so one kernel
 * serves the whole training.
 *
 * <p>A step overwrites parameters in place: tensors that saw the old values become stale, and say
 * which line took the step.
 */
public abstract class Optimizer {
    private final List<Parameter> parameters;
    private final Program program;

    /** For each parameter what a step updates: the parameter, and its state, one slot a name. */
    private final List<Slot[]> targets = new ArrayList<>();

    private final Map<String, Slot> slots = new LinkedHashMap<>();

    /** How many updates each parameter has had: a slot so that it is saved. */
    private final Slot steps;

    /** The same on the host, so that no step waits for a device; the slot gets it when asked. */
    private int[] counts;

    /** The group of each parameter; the first group is that of parameters without one. */
    private final List<ParameterGroup> groups = new ArrayList<>();

    private final ParameterGroup common;

    private double factor = 1;
    private final CallSites stepCalls = new CallSites(Optimizer.class);

    /**
     * An optimizer of these parameters.
     *
     * @param weightDecay what {@link #scalars} gets for parameters without a group
     * @param program from (parameter, its state…, its gradient) to (parameter, its state…)
     * @param state names of further values that each parameter needs, of its shape; they start at 0
     * @throws IllegalArgumentException if there is no parameter, one comes twice, or the learning
     *     rate is not a positive number, or the weight decay is negative
     */
    protected Optimizer(
            List<Parameter> parameters,
            double learningRate,
            double weightDecay,
            Program program,
            String... state) {
        if (parameters.isEmpty()) {
            throw new IllegalArgumentException(name() + ": there are no parameters to train");
        }
        require(name() + ": learning rate", learningRate, learningRate > 0, "above 0");
        this.parameters = List.copyOf(parameters);
        this.program = program;
        common = new ParameterGroup(name(), parameters, learningRate, weightDecay);
        steps = new Slot("steps", Tensor.of(new int[parameters.size()]));
        counts = new int[parameters.size()];
        slots.put(steps.name(), steps);
        Map<Parameter, Integer> seen = new IdentityHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            groups.add(common);
            Parameter p = parameters.get(i);
            Integer before = seen.put(p, i);
            if (before != null) {
                throw new IllegalArgumentException(
                        name() + ": parameters " + before + " and " + i + " are the same " + p);
            }
            Slot[] own = new Slot[1 + state.length];
            own[0] = p;
            for (int k = 0; k < state.length; k++) {
                String name = i + "." + p.name() + "." + state[k];
                own[1 + k] = new Slot(name, p.value().zerosLike());
                slots.put(name, own[1 + k]);
            }
            targets.add(own);
        }
    }

    /**
     * The program's run-time scalars.
     *
     * @param step how many updates the parameter has had, this one included: 1, 2, …
     * @param learningRate of the parameter's group, times the factor of a schedule
     * @param weightDecay of the parameter's group
     */
    protected abstract double[] scalars(int step, double learningRate, double weightDecay);

    /**
     * Updates the parameters in place. Those without a gradient and frozen ones stay as they are,
     * and so does their state.
     *
     * @throws IllegalArgumentException if a gradient does not fit its parameter, or no parameter
     *     that is not frozen has one; nothing is updated then
     * @throws IllegalStateException if a gradient is stale; nothing is updated then
     */
    public final void step(Gradients gradients) {
        @Nullable Tensor[] trained = new Tensor[parameters.size()];
        boolean none = true;
        boolean frozen = true;
        for (int i = 0; i < parameters.size(); i++) {
            Parameter p = parameters.get(i);
            frozen &= p.isFrozen();
            if (!p.isFrozen() && gradients.has(p)) {
                Tensor gradient = gradients.of(p);
                check(p, p.value(), gradient);
                trained[i] = gradient;
                none = false;
            }
        }
        if (none && !frozen) {
            throw new IllegalArgumentException(
                    name()
                            + ".step: none of the parameters has a gradient; was the loss computed"
                            + " from them, and while the tape was open?");
        }
        if (!steps.isPending()) { // a checkpoint was loaded, or saved
            counts = steps.value().toIntArray();
        }
        CallSite line = stepCalls.next();
        Supplier<String> because = () -> "was updated by " + name() + ".step at " + line;
        for (int i = 0; i < trained.length; i++) {
            if (trained[i] != null) {
                updateAlike(i, trained[i], trained, because);
            }
        }
        steps.setLater(() -> Tensor.of(counts));
    }

    /**
     * Updates those of the parameters from one on that take the same numbers as it in one call, as
     * a rule all; their gradients are then taken out of {@code trained}.
     */
    private void updateAlike(
            int first, Tensor gradient, @Nullable Tensor[] trained, Supplier<String> because) {
        int step = counts[first] + 1;
        ParameterGroup group = groups.get(first);
        int[] together = new int[trained.length];
        int size = 0;
        for (int i = first; i < trained.length; i++) {
            Tensor other = trained[i];
            if (other != null
                    && counts[i] + 1 == step
                    && groups.get(i) == group
                    && other.dtype() == gradient.dtype()
                    && other.backend() == gradient.backend()) {
                together[size++] = i;
            }
        }
        Slot[][] written = new Slot[size][];
        Tensor[][] inputs = new Tensor[size][];
        for (int k = 0; k < size; k++) {
            written[k] = targets(together[k], gradient.backend());
            inputs[k] = new Tensor[] {Objects.requireNonNull(trained[together[k]])};
        }
        double[] scalars = scalars(step, group.learningRate() * factor, group.weightDecay());
        Slot.updateEach(program, written, inputs, scalars, because);
        for (int k = 0; k < size; k++) {
            counts[together[k]] = step;
            trained[together[k]] = null;
        }
    }

    /** A parameter and its state, which follows a model that was moved. */
    private Slot[] targets(int parameter, Backend backend) {
        Slot[] all = targets.get(parameter);
        for (int i = 1; i < all.length; i++) {
            if (all[i].value().backend() != backend) {
                all[i].to(backend);
            }
        }
        return all;
    }

    private void check(Parameter p, Tensor value, Tensor gradient) {
        if (!gradient.shape().equals(value.shape())
                || gradient.dtype() != value.dtype()
                || gradient.backend() != value.backend()) {
            throw new IllegalArgumentException(
                    name()
                            + ".step: the gradient of `"
                            + p.name()
                            + "` is "
                            + describe(gradient)
                            + ", and the parameter "
                            + describe(value));
        }
        try {
            gradient.view();
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    name() + ".step: the gradient of `" + p.name() + "`: " + e.getMessage(), e);
        }
    }

    private static String describe(Tensor t) {
        return t.dtype() + " of shape " + t.shape() + " on " + t.backend().name();
    }

    /**
     * Gives some of the parameters a learning rate and a weight decay of their own, such as none
     * for biases. What else there is to set stays common to all.
     *
     * <pre>{@code
     * var optimizer = new AdamW(net.parameters(), 1e-3, 0.01);
     * optimizer.group(embedding.parameters(), 1e-4, 0);
     * }</pre>
     *
     * @return the group, whose numbers may be changed later
     * @throws IllegalArgumentException if one of them is not this optimizer's, or has a group
     */
    public final ParameterGroup group(
            List<Parameter> some, double learningRate, double weightDecay) {
        var group = new ParameterGroup(name(), some, learningRate, weightDecay);
        List<Integer> places = new ArrayList<>();
        for (Parameter p : some) {
            int at = parameters.indexOf(p);
            if (at < 0 || groups.get(at) != common) {
                throw new IllegalArgumentException(
                        name()
                                + ".group: the parameter "
                                + p
                                + (at < 0
                                        ? " is none of those that the optimizer was made for"
                                        : " is in another group already"));
            }
            places.add(at);
        }
        places.forEach(at -> groups.set(at, group));
        return group;
    }

    /**
     * The groups in the order of their first parameters; that of the parameters without one comes
     * first, and is there even if it is empty.
     */
    public final List<ParameterGroup> groups() {
        Set<ParameterGroup> all = new LinkedHashSet<>(List.of(common));
        all.addAll(groups);
        return List.copyOf(all);
    }

    /** The learning rate of parameters without a group, before the factor of a schedule. */
    public final double learningRate() {
        return common.learningRate();
    }

    /**
     * Sets the learning rate of parameters without a group, for the steps to come.
     *
     * @throws IllegalArgumentException if it is NaN, infinite or negative
     */
    public final void setLearningRate(double learningRate) {
        common.setLearningRate(learningRate);
    }

    /** The factor of all learning rates; 1 until it is set. */
    public final double learningRateFactor() {
        return factor;
    }

    /**
     * Multiplies the learning rates of all groups by a factor in the steps to come, in place of the
     * factor before: what a {@link Schedule} gives.
     *
     * @throws IllegalArgumentException if it is NaN, infinite or negative
     */
    public final void setLearningRateFactor(double factor) {
        require(name() + ": learning rate factor", factor, factor >= 0, "at least 0");
        this.factor = factor;
    }

    /**
     * What a checkpoint saves beside the parameters, in a fixed order: {@code steps}, the number of
     * updates each parameter has had, INT32 {@code [parameters]}; and the state of each, such as
     * {@code 0.weight.m}: the parameter's number in the list, its name, the state's name. Setting
     * these slots restores the optimizer; the learning rates are the program's own business, and a
     * {@link Schedule} needs the number of the step alone.
     */
    public final Map<String, Slot> slots() {
        return new LinkedHashMap<>(slots);
    }

    /** Fails unless a hyper-parameter is finite and in its range. */
    static void require(String what, double value, boolean inRange, String range) {
        if (!Double.isFinite(value) || !inRange) {
            throw new IllegalArgumentException(
                    what + " must be a finite number " + range + ", not " + value);
        }
    }

    private String name() {
        return getClass().getSimpleName();
    }
}
