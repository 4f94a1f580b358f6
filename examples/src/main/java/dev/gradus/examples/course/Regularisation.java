package dev.gradus.examples.course;

import dev.gradus.autograd.Mode;
import dev.gradus.autograd.Tape;
import dev.gradus.examples.plot.Plot;
import dev.gradus.examples.plot.Range;
import dev.gradus.examples.plot.Surface;
import dev.gradus.nn.BatchNorm;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Layer;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.optim.AdamW;
import dev.gradus.optim.Optimizer;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/** Against learning by heart: dropout, batch norm and weight decay, alone and in a network. */
@Command(
        name = "regularisation",
        description = "Dropout, batch norm, weight decay: a three-layer net with and without.")
final class Regularisation extends Lesson {
    private static final int STEPS = 600;

    @Override
    protected void teach() {
        // Dropout: in training half of the elements become 0, the others double, so that the mean
        // stays. In use nothing happens. A layer trains where a tape is open.
        var dropout = new Dropout(0.5);
        Tensor ones = Tensor.ones(100, 100);
        try (var _ = Tape.start()) {
            Tensor dropped = dropout.apply(ones);
            show("dropped.eq(0).mean()", dropped.eq(0).mean());
            show("dropped.max()", dropped.max());
            show("dropped.mean()", dropped.mean());
        }
        show("dropout.apply(ones).min()", dropout.apply(ones).min());

        // Batch norm: each column of the batch gets mean 0 and deviation 1, and the layer keeps a
        // running mean and variance, a tenth of each batch's, for the time when it is used.
        var batchNorm = new BatchNorm(2);
        Tensor x = Tensor.of(new double[][] {{1, 10}, {2, 30}, {3, 20}, {6, 40}});
        try (var _ = Tape.start()) {
            show("batchNorm.apply(x) in training", batchNorm.apply(x));
        }
        batchNorm.slots().forEach((name, slot) -> show(name, slot.value()));
        show("batchNorm.apply(x) in use", batchNorm.apply(x));
        try (var _ = Tape.start(Mode.EVAL)) { // gradients of a model as it is used
            show("batchNorm.apply(x) with Mode.EVAL", batchNorm.apply(x));
        }

        // Two classes, a ring around a disc, and every sixth training label wrong: a net that
        // learns
        // nothing by heart has 83 % of those right.
        Points training = points(200, 6);
        Points fresh = points(1000, 0);
        Layer plain =
                new Sequential(
                        new Linear(2, 64),
                        new ReLU(),
                        new Linear(64, 64),
                        new ReLU(),
                        new Linear(64, 1));
        Layer regular =
                new Sequential(
                        new Linear(2, 64),
                        new BatchNorm(64),
                        new ReLU(),
                        new Dropout(0.5),
                        new Linear(64, 64),
                        new BatchNorm(64),
                        new ReLU(),
                        new Dropout(0.5),
                        new Linear(64, 1));
        train("plain", plain, 0, training, fresh);
        train("regularised", regular, 0.1, training, fresh);
    }

    /** Places [n, 2] and their classes [n, 1]. */
    private record Points(Tensor places, Tensor classes) {}

    /** Random places; the class is 1 outside of a circle, and the other one for each n-th. */
    private static Points points(int count, int wrong) {
        Tensor places = Tensor.rand(count, 2).mul(4).sub(2);
        double[] classes = places.square().sum(1).gt(1.7).toArray();
        for (int i = 0; wrong > 0 && i < count; i += wrong) {
            classes[i] = 1 - classes[i];
        }
        return new Points(places, Tensor.of(classes).unsqueeze(1));
    }

    private void train(String name, Layer net, double decay, Points training, Points fresh) {
        Optimizer optimizer = new AdamW(net.parameters(), 0.01, decay);
        try (var progress = progress("training", STEPS)) {
            for (int step = 0; step < STEPS; step++) {
                try (var tape = Tape.start()) {
                    Tensor logits = net.apply(training.places());
                    Tensor loss = Losses.binaryCrossEntropyWithLogits(logits, training.classes());
                    optimizer.step(tape.gradients(loss));
                }
                progress.step();
            }
        }
        show(name + ", right of those trained on", right(net, training));
        show(name + ", right of new ones", right(net, fresh));

        Range side = new Range(-2, 2);
        Surface map =
                Surface.ofBatch(side, side, at -> net.apply(Tensor.of(at)).sigmoid().toArray());
        save(
                Plot.decisionBoundary("A circle with some labels wrong: the " + name + " net", map)
                        .points("class 0", ofClass(0, training))
                        .points("class 1", ofClass(1, training)),
                "regularisation-" + name);
    }

    /** Which share of the points a network has right. */
    private static Tensor right(Layer net, Points points) {
        return net.apply(points.places()).gt(0).eq(points.classes()).mean();
    }

    private static double[][] ofClass(int number, Points points) {
        double[][] places = points.places().toArray2d();
        double[] classes = points.classes().toArray();
        return java.util.stream.IntStream.range(0, places.length)
                .filter(i -> classes[i] == number)
                .mapToObj(i -> places[i])
                .toArray(double[][]::new);
    }
}
