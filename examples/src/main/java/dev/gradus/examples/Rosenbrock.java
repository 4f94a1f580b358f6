package dev.gradus.examples;

import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Tape;
import dev.gradus.examples.course.Lesson;
import dev.gradus.examples.plot.Picture;
import dev.gradus.examples.plot.Plot;
import dev.gradus.examples.plot.Range;
import dev.gradus.examples.plot.Surface;
import dev.gradus.optim.Adam;
import dev.gradus.optim.Optimizer;
import dev.gradus.optim.Sgd;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Optimizers on a function that is made to be hard: f(x, y) = (1 − x)² + 100 (y − x²)², whose
 * minimum, 0 at (1, 1), lies in a long bent valley with steep walls and a nearly flat floor
 * (Rosenbrock 1960).
 */
@Command(
        name = "rosenbrock",
        description = "Optimizers walk down a bent valley: their paths on a contour plot.")
final class Rosenbrock extends Lesson {
    @Option(
            names = "--optimizers",
            paramLabel = "NAME",
            split = ",",
            converter = Method.ByName.class,
            defaultValue = "sgd,momentum,average,adam",
            description = "Any of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Set<Method> methods = Set.of();

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "200",
            converter = Steps.class,
            description = "How many steps each takes (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            converter = Rate.class,
            description = "One learning rate for all (default: 0.001; adam 0.01, newton 1).")
    private @Nullable Double rate;

    /** f of a point [2]. */
    private static Tensor f(Tensor point) {
        Tensor x = point.get(0);
        Tensor y = point.get(1);
        Tensor aboveFloor = y.sub(x.square());
        return x.sub(1).square().add(aboveFloor.square().mul(100));
    }

    /** The points that a method visits from (−1, 2), [steps + 1][2]; says when it took a step. */
    static double[][] walk(Method method, double rate, int steps, Runnable stepTaken) {
        // In double, like NumPy: in float the nearly equal numbers in the valley would lose digits.
        var point = new Parameter("point", Tensor.of(new double[] {-1, 2}, DType.FLOAT64));
        List<Parameter> all = List.of(point);
        Runnable step =
                switch (method) {
                    case SGD -> descent(point, new Sgd(all, rate));
                    case MOMENTUM -> descent(point, new Sgd(all, rate, 0.9));
                    case AVERAGE -> descent(point, Sgd.exponentialAverage(all, rate, 0.9));
                    case NESTEROV -> descent(point, Sgd.nesterov(all, rate, 0.9));
                    case ADAM -> descent(point, new Adam(all, rate));
                    case NEWTON -> () -> newton(point, rate);
                };
        double[][] path = new double[steps + 1][];
        path[0] = point.value().toArray();
        for (int i = 1; i <= steps; i++) {
            step.run();
            path[i] = point.value().toArray();
            stepTaken.run();
        }
        return path;
    }

    /** A step against the gradient, in the optimizer's own way. */
    private static Runnable descent(Parameter point, Optimizer optimizer) {
        return () -> {
            try (var tape = Tape.start()) {
                optimizer.step(tape.gradients(f(point.value())));
            }
        };
    }

    /**
     * A step of Newton's method: from the gradient g and the matrix H of second derivatives to
     * point − rate · H⁻¹ g. The inner tape gives g. The outer one records even that, so it can
     * derive once more: the gradient of an element of g is a row of H.
     */
    private static void newton(Parameter point, double rate) {
        try (var outer = Tape.start()) {
            Tensor gradient;
            try (var inner = Tape.nested()) {
                gradient = inner.gradients(f(point.value())).of(point);
            }
            double[] g = gradient.toArray();
            double[] row0 = outer.gradients(gradient.get(0)).of(point).toArray();
            double[] row1 = outer.gradients(gradient.get(1)).of(point).toArray();
            double determinant = row0[0] * row1[1] - row0[1] * row1[0];
            double dx = (g[0] * row1[1] - g[1] * row0[1]) / determinant;
            double dy = (g[1] * row0[0] - g[0] * row1[0]) / determinant;
            Tensor step = Tensor.of(new double[] {dx, dy}, DType.FLOAT64).mul(rate);
            point.set(point.value().sub(step));
        }
    }

    @Override
    protected void teach() {
        if (methods.isEmpty()) {
            throw mistake("--optimizers: name at least one", null);
        }
        // Who has come how far? The floor falls so gently that the paths differ most along it.
        say("From (-1, 2), %d steps each; the minimum is 0 at (1, 1).%n", steps);
        say("optimizer   rate          x          y    f(x, y)  |gradient|");
        Map<Method, double[][]> paths = new LinkedHashMap<>();
        try (var progress = progress("walking", methods.size() * steps)) {
            for (Method method : methods) {
                double usedRate = rate != null ? rate : method.rate();
                double[][] path = walk(method, usedRate, steps, progress::step);
                paths.put(method, path);
                report(method, usedRate, path[steps]);
            }
        }
        say("");
        save(picture(paths), "rosenbrock");
    }

    private void report(Method method, double usedRate, double[] end) {
        Tensor point = Tensor.of((Object) end, DType.FLOAT64);
        try (var tape = Tape.watch(point)) {
            Tensor value = f(point);
            double slope = tape.gradients(value).norm().item();
            say(
                    "%-9s %6s %10.4f %10.4f %10.2e  %10.2e",
                    method, usedRate, end[0], end[1], value.item(), slope);
        }
    }

    private static Picture picture(Map<Method, double[][]> paths) {
        Range x = around(paths, 0, -2, 2);
        Range y = around(paths, 1, -1, 3);
        Surface surface =
                Surface.of(x, y, (a, b) -> (1 - a) * (1 - a) + 100 * Math.pow(b - a * a, 2));
        // Every second line is ten times as high: evenly spaced ones would miss the flat floor.
        Picture picture =
                Plot.contour(
                        "Rosenbrock's valley from (-1, 2)", surface, Plot.logLevels(0.1, 1000, 9));
        for (var path : paths.entrySet()) {
            picture = picture.path(path.getKey().toString(), path.getValue());
        }
        return picture.mark("minimum", 1, 1);
    }

    /** From low to high, and as far as the paths go, but not after one that diverges. */
    private static Range around(
            Map<Method, double[][]> paths, int coordinate, double low, double high) {
        double least = low;
        double most = high;
        for (double[][] path : paths.values()) {
            for (double[] point : path) {
                if (Math.abs(point[coordinate]) < 5) {
                    least = Math.min(least, point[coordinate] - 0.2);
                    most = Math.max(most, point[coordinate] + 0.2);
                }
            }
        }
        return new Range(least, most);
    }
}
