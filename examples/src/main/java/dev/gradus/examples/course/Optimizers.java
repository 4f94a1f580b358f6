package dev.gradus.examples.course;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Tape;
import dev.gradus.examples.plot.Picture;
import dev.gradus.examples.plot.Plot;
import dev.gradus.examples.plot.Range;
import dev.gradus.examples.plot.Surface;
import dev.gradus.optim.Adam;
import dev.gradus.optim.AdamW;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.Sgd;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * What each optimizer makes of the same gradients, step by step, in a bowl that is twenty times as
 * steep one way as the other: f(w) = (w₀² + 20 w₁²) / 2 from (2, 1).
 */
@Command(
        name = "optimizers",
        description = "SGD, momentum, Nesterov, Adam, AdamW, weight decay, clipping: step by step.")
final class Optimizers extends Lesson {
    private static final int STEPS = 4;

    @Override
    protected void teach() {
        // p ← p − η·g. The steep way overshoots at each step, the flat one hardly moves.
        show("sgd", walk(p -> new Sgd(p, 0.08), STEPS));

        // Momentum rolls on. PyTorch adds the whole gradient to the velocity, v ← μ·v + g; the
        // exponential average adds a share, v ← μ·v + (1 − μ)·g, which is the same path at a
        // learning rate 1/(1 − μ) times as large.
        show("momentum", walk(p -> new Sgd(p, 0.01, 0.9), STEPS));
        show("average", walk(p -> Sgd.exponentialAverage(p, 0.01, 0.9), STEPS));
        show(
                "average at ten times the rate",
                walk(p -> Sgd.exponentialAverage(p, 0.1, 0.9), STEPS));

        // Nesterov looks ahead: the gradient counts where the velocity will have led.
        show("nesterov", walk(p -> Sgd.nesterov(p, 0.01, 0.9), STEPS));

        // Adam divides an average of the gradients by the root of an average of their squares: its
        // first step is the learning rate both ways, however steep.
        show("adam", walk(p -> new Adam(p, 0.1), STEPS));

        // Both averages start at 0, so they start too small; Adam divides that away. By hand, for
        // the first step:
        Tensor g = Tensor.of(2.0, 20.0);
        Tensor m = g.mul(0.1); // 0.9·0 + 0.1·g
        Tensor v = g.square().mul(0.001); // 0.999·0 + 0.001·g²
        show("m.div(v.sqrt())", m.div(v.sqrt())); // too far: 0.1 / √0.001
        Tensor mHat = m.div(1 - 0.9);
        Tensor vHat = v.div(1 - 0.999);
        show("mHat.div(vHat.sqrt())", mHat.div(vHat.sqrt()));

        // Weight decay pulls towards 0. In SGD it is one more gradient, λ·p. AdamW keeps it out of
        // the averages, p ← p·(1 − η·λ), or large gradients would switch it off.
        show("sgd with decay", walk(p -> new Sgd(p, 0.08, 0, 0.5), STEPS));
        show("adamw", walk(p -> new AdamW(p, 0.1, 0.5), STEPS));

        // Clipping by norm: a gradient longer than 1 is shortened to 1 and keeps its direction.
        // One bad batch then costs one step of bounded length.
        show("clipped", walk(p -> new Sgd(p, 0.08), STEPS, Optimizers::clipped));

        Range x = new Range(-1, 2.4);
        Range y = new Range(-1.2, 1.2);
        Surface bowl = Surface.of(x, y, (a, b) -> (a * a + 20 * b * b) / 2);
        Picture picture =
                Plot.contour("Thirty steps in a bowl", bowl, Plot.logLevels(0.05, 12.8, 9))
                        .xLabel("w0")
                        .yLabel("w1")
                        .colorLabel("f(w)")
                        .path("SGD", walk(p -> new Sgd(p, 0.08), 30).toArray2d())
                        .path("momentum", walk(p -> new Sgd(p, 0.01, 0.9), 30).toArray2d())
                        .path("Adam", walk(p -> new Adam(p, 0.1), 30).toArray2d())
                        .mark("minimum", 0, 0);
        save(picture, "optimizers");
    }

    private static Gradients clipped(Gradients gradients) {
        double norm = gradients.norm().item();
        return gradients.scale(Math.min(1, 1 / norm));
    }

    private static Tensor walk(Function<List<Parameter>, Optimizer> make, int steps) {
        return walk(make, steps, gradients -> gradients);
    }

    /** Where an optimizer gets, [steps, 2]. */
    private static Tensor walk(
            Function<List<Parameter>, Optimizer> make, int steps, UnaryOperator<Gradients> change) {
        Tensor steepness = Tensor.of(1.0, 20.0);
        var w = new Parameter("w", Tensor.of(2.0, 1.0));
        Optimizer optimizer = make.apply(List.of(w));
        Tensor[] path = new Tensor[steps + 1];
        path[0] = w.value().keep();
        for (int i = 1; i <= steps; i++) {
            try (var tape = Tape.start()) {
                Tensor loss = w.value().square().mul(steepness).sum().div(2);
                optimizer.step(change.apply(tape.gradients(loss)));
            }
            path[i] = w.value().keep(); // the optimizer writes the next one into the same place
        }
        return Tensor.stack(0, path);
    }
}
