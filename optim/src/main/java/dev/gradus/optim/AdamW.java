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
        super(parameters, learningRate, 0.9, 0.999, 1e-8, weightDecay);
    }
}
