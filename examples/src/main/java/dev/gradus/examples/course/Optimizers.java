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
import dev.gradus.optim.RmsProp;
import dev.gradus.optim.Schedule;
import dev.gradus.optim.Sgd;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What each optimizer makes of the same gradients, step by step, in a bowl that is twenty times as
 * steep one way as the other: f(w) = (w₀² + 20 w₁²) / 2 from (2, 1).
 */
@Command(
        name = "optimizers",
        description = "SGD, momentum, Adam, decay, clipping, schedules: step by step.")
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

        // RMSprop divides each gradient by the root of an average of its squares: the flat way and
        // the steep one are walked equally fast. The average starts at 0, so the first step is ten
        // times the learning rate.
        show("rmsprop", walk(p -> new RmsProp(p, 0.02), STEPS));

        // Adam does that, too, and has momentum: the average of the gradients is divided, and the
        // first step is the learning rate both ways, however steep.
        show("adam", walk(p -> new Adam(p, 0.1), STEPS));

        // Both averages start at 0, so they start too small; Adam divides that away. By hand, for
        // the first step:
        Tensor gradient = Tensor.of(2.0, 20.0);
        Tensor m = gradient.mul(0.1); // 0.9·0 + 0.1·g
        Tensor v = gradient.square().mul(0.001); // 0.999·0 + 0.001·g²
        show("m.div(v.sqrt())", m.div(v.sqrt())); // too far: 0.1 / √0.001
        Tensor mHat = m.div(1 - 0.9);
        Tensor vHat = v.div(1 - 0.999);
        show("mHat.div(vHat.sqrt())", mHat.div(vHat.sqrt()));

        // Weight decay pulls towards 0. In SGD it is one more gradient, λ·p. AdamW keeps it out of
        // the averages, p ← p·(1 − η·λ), or large gradients would switch it off.
        show("sgd with decay", walk(p -> new Sgd(p, 0.08, 0, 0.5), STEPS));
        show("adamw", walk(p -> new AdamW(p, 0.1, 0.5), STEPS));

        // Clipping by norm: gradients that are longer than 1 together are shortened to 1 and keep
        // their direction. One bad batch then costs one step of bounded length. Clipping by value
        // holds each element within -1 ... 1, and turns the direction.
        show("clipped by norm", walk(p -> new Sgd(p, 0.08), STEPS, g -> g.clipNorm(1)));
        show("clipped by value", walk(p -> new Sgd(p, 0.08), STEPS, g -> g.clipValue(1)));

        // The learning rate may change from step to step: up in the first steps, while Adam's
        // averages are young, then down. A schedule gives its factor.
        Schedule cosine = Schedule.cosine(4, 0);
        Schedule warm = Schedule.warmup(10).then(10, Schedule.cosine(90, 0));
        show("cosine", factors(cosine, 5));
        show("warm", factors(warm, 12));
        save(
                Plot.lines("Schedules of the learning rate")
                        .yLabel("factor")
                        .line("warm-up, then cosine", factors(warm, 100).toArray())
                        .line("halved every 25", factors(Schedule.step(25, 0.5), 100).toArray())
                        .line("one cycle", factors(Schedule.oneCycle(100), 100).toArray()),
                "schedules");

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

    private static Tensor factors(Schedule schedule, int steps) {
        return Tensor.of(IntStream.range(0, steps).mapToDouble(schedule::factor).toArray());
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
