package dev.gradus.optim;

import dev.gradus.autograd.Parameter;

import java.util.List;

/**
 * Some of an optimizer's parameters with a learning rate and a weight decay of their own, made by
 * {@link Optimizer#group}.
 */
public final class ParameterGroup {
    private final String name;
    private final List<Parameter> parameters;
    private double learningRate;
    private double weightDecay;

    ParameterGroup(
            String name, List<Parameter> parameters, double learningRate, double weightDecay) {
        this.name = name;
        this.parameters = List.copyOf(parameters);
        setLearningRate(learningRate);
        setWeightDecay(weightDecay);
    }

    /** The parameters of this group, in the order in which they were given. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** The learning rate, before the factor of a schedule. */
    public double learningRate() {
        return learningRate;
    }

    /**
     * Sets the learning rate of the steps to come.
     *
     * @throws IllegalArgumentException if it is NaN, infinite or negative
     */
    public void setLearningRate(double learningRate) {
        Optimizer.require(name + ": learning rate", learningRate, learningRate >= 0, "at least 0");
        this.learningRate = learningRate;
    }

    /** The weight decay. */
    public double weightDecay() {
        return weightDecay;
    }

    /**
     * Sets the weight decay of the steps to come.
     *
     * @throws IllegalArgumentException if it is NaN, infinite or negative
     */
    public void setWeightDecay(double weightDecay) {
        Optimizer.require(name + ": weight decay", weightDecay, weightDecay >= 0, "at least 0");
        this.weightDecay = weightDecay;
    }
}
