package dev.gradus.examples.course;

import dev.gradus.autograd.Tape;
import dev.gradus.autograd.TapeGraph;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.Linear;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/**
 * What a tape records, drawn. The forward pass runs down the arrows; the backward pass runs up, and
 * each node's gradient says how the last node changes with it.
 */
@Command(
        name = "computation-graph",
        description = "The tape as a drawing: operations, shapes, values, gradients.")
final class ComputationGraph extends Lesson {
    @Override
    protected void teach() {
        drawExpression();
        drawNetwork();
    }

    /** The mean of (x + y)². */
    private void drawExpression() {
        Tensor x = Tensor.of(1.0, 2, 3);
        Tensor y = Tensor.of(0.5, -1, 2);
        try (var tape = Tape.watch(x, y)) {
            Tensor sum = x.add(y);
            Tensor loss = sum.square().mean();
            TapeGraph graph =
                    tape.graph(loss)
                            .named(x, "x")
                            .named(y, "y")
                            .named(sum, "sum")
                            .named(loss, "loss");

            // The chain rule, from the last node up: d loss / d sum = 2 · sum / 3, and an addition
            // hands its gradient on to both inputs unchanged.
            show("graph", graph);
            show("d loss / d sum", String.join("\n", graph.node(sum).lines()));
            show("d loss / d x", String.join("\n", graph.node(x).lines()));
            show("graph.toDot()", graph.toDot());
            save(Plot.tape("The mean of (x + y)²", graph), "graph-expression");
        }
    }

    /**
     * The loss of a network with 2 inputs, 4 hidden units and 1 output, for the four cases of XOR.
     */
    private void drawNetwork() {
        Tensor x = Tensor.of(new double[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
        Tensor target = Tensor.of(new double[][] {{0}, {1}, {1}, {0}});
        Linear hidden = new Linear(2, 4);
        Linear output = new Linear(4, 1);
        try (var tape = Tape.start()) {
            Tensor probability = output.apply(hidden.apply(x).tanh()).sigmoid();
            Tensor loss = probability.sub(target).square().mean();
            TapeGraph graph =
                    tape.graph(loss)
                            .named(x, "x")
                            .named(target, "target")
                            .named(probability, "probability")
                            .named(loss, "loss");
            show("network", graph);
            save(Plot.tape("The loss of a 2-4-1 network", graph), "graph-network");
        }
    }
}
