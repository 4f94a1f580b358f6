package dev.gradus.optim;

import dev.gradus.autograd.Parameter;

import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019): before Adam's step, p ← (1 −
 * η·λ)·p.
 */
public final class AdamW extends Adam {
    /**
     * With β₁ = 0.9, β₂ = 0.999 and ε = 1e-8.
     *
     * @param weightDecay λ, at least 0; PyTorch's default is 0.01
     */
    public AdamW(List<Parameter> parameters, double learningRate, double weightDecay) {
        this(parameters, learningRate, 0.9, 0.999, 1e-8, weightDecay);
    }

    /**
     * AdamW.
     *
     * @param beta1 β₁, at least 0 and below 1
     * @param beta2 β₂, at least 0 and below 1
     * @param eps ε, at least 0
     * @param weightDecay λ, at least 0
     */
    public AdamW(
            List<Parameter> parameters,
            double learningRate,
            double beta1,
            double beta2,
            double eps,
            double weightDecay) {
        super(parameters, learningRate, beta1, beta2, eps, weightDecay, true);
    }
}
