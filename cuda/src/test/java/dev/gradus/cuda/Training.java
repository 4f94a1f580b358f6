package dev.gradus.cuda;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;
import dev.gradus.autograd.Tape;
import dev.gradus.backend.Backend;
import dev.gradus.nn.Layer;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.Schedule;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A training on a backend: the same seeds and minibatches on each, with random numbers of its own.
 */
final class Training {
    private static final Schedule SCHEDULE = Schedule.warmup(4);

    private Backend backend;
    private final Generator random = new Generator(7);
    private final Model model;
    private final Layer net;
    private final Optimizer optimizer;
    private double limit = Double.POSITIVE_INFINITY;
    private int steps;

    /** A network, and how a step's loss comes about; see {@link Models}. */
    interface Model {
        Layer net();

        /** The loss in a step; what it needs of the host it puts onto the backend. */
        Tensor loss(Layer net, int step, Backend backend);
    }

    Training(Backend backend, Model model, Function<List<Parameter>, Optimizer> optimizer) {
        this.backend = backend;
        this.model = model;
        net = draw(model::net);
        to(backend);
        this.optimizer = optimizer.apply(net.parameters());
    }

    /** Moves the network; the optimizer's state follows. */
    void to(Backend other) {
        backend = other;
        for (Slot slot : net.slots().values()) {
            slot.to(other);
        }
    }

    /** With gradients clipped by their common norm. */
    Training clippedTo(double norm) {
        limit = norm;
        return this;
    }

    private <R> R draw(Supplier<R> work) {
        List<R> result = new java.util.ArrayList<>();
        random.with(() -> result.add(work.get()));
        return result.getFirst();
    }

    /** One step; gives its loss. */
    double step() {
        return draw(() -> {
            optimizer.setLearningRateFactor(SCHEDULE.factor(steps));
            try (Tape tape = Tape.start()) {
                Tensor loss = model.loss(net, steps, backend);
                Gradients gradients = tape.gradients(loss);
                optimizer.step(
                        limit < Double.POSITIVE_INFINITY ? gradients.clipNorm(limit) : gradients);
                steps++;
                return loss.item();
            }
        });
    }

    /** The losses of some steps. */
    double[] steps(int count) {
        double[] losses = new double[count];
        for (int i = 0; i < count; i++) {
            losses[i] = step();
        }
        return losses;
    }

    Layer net() {
        return net;
    }

    /** All elements of all parameters. */
    double[] parameters() {
        return net.parameters().stream()
                .flatMapToDouble(p -> java.util.Arrays.stream(p.value().toArray()))
                .toArray();
    }
}
