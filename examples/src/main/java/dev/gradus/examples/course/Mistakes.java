package dev.gradus.examples.course;

import dev.gradus.autograd.Tape;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/** Ten mistakes that everybody makes once, what Gradus says, and the line that is right. */
@Command(name = "mistakes", description = "Ten usual mistakes and what Gradus says about each.")
final class Mistakes extends Lesson {
    @Override
    protected void teach() {
        Tensor x = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}});

        wrong("x.matmul(x)", () -> x.matmul(x));
        show("x.matmul(x.t())", x.matmul(x.t()));

        wrong("x.div(x.sum(1))", () -> x.div(x.sum(1)));
        show("x.div(x.sum(1, true))", x.div(x.sum(1, true)));

        wrong("x.mean(2)", () -> x.mean(2)); // axes count from 0
        show("x.mean(1)", x.mean(1));

        wrong("x.at(1)", () -> x.at(1));
        show("x.get(1)", x.get(1));

        wrong("x.slice(\"0-2\")", () -> x.slice("0-2"));
        show("x.slice(\":, 0:2\")", x.slice(":, 0:2"));

        wrong("x.reshape(4, 2)", () -> x.reshape(4, 2));
        show("x.reshape(-1, 2)", x.reshape(-1, 2));

        // NumPy would compare each of the four predictions with each of the four targets, [4, 4],
        // and a network would learn to say the mean, without a word.
        Tensor prediction = Tensor.of(new double[][] {{1}, {2}, {3}, {4}});
        Tensor target = Tensor.of(1.0, 2, 3, 6);
        wrong("Losses.mse(prediction, target)", () -> Losses.mse(prediction, target));
        show(
                "Losses.mse(prediction, target.unsqueeze(-1))",
                Losses.mse(prediction, target.unsqueeze(-1)));

        // Labels are whole numbers: classes, and not amounts.
        Tensor labels = Tensor.of(2.0, 0.0);
        wrong("Losses.crossEntropy(x, labels)", () -> Losses.crossEntropy(x, labels));
        show("Losses.crossEntropy(x, Tensor.of(2, 0))", Losses.crossEntropy(x, Tensor.of(2, 0)));

        Linear layer = new Linear(3, 1);
        try (var tape = Tape.start()) {
            Tensor y = layer.apply(x);
            wrong("tape.gradients(y)", () -> tape.gradients(y));
            show(
                    "tape.gradients(y.sum()).of(layer.bias())",
                    tape.gradients(y.sum()).of(layer.bias()));
        }

        // A tape gives its memory back when it closes. What shall live longer, keep() takes out.
        Tensor lost;
        Tensor kept;
        try (var _ = Tape.watch(x)) {
            lost = x.square();
            kept = x.square().keep();
        }
        wrong("lost.sum()", () -> lost.sum());
        show("kept.sum()", kept.sum());
    }

    /** Shows what an expression that is wrong says, in lines of at most 88 letters. */
    private void wrong(String expression, Runnable code) {
        try {
            code.run();
        } catch (RuntimeException e) {
            show(expression, String.valueOf(e.getMessage()).replaceAll("(.{1,88})( |$)", "$1\n"));
            return;
        }
        throw new IllegalStateException(expression + " is no mistake");
    }
}
