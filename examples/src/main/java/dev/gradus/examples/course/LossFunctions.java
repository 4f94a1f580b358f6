package dev.gradus.examples.course;

import dev.gradus.autograd.Tape;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.Losses;
import dev.gradus.nn.Losses.Reduction;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/** How wrong a network is, as one number: by hand, by the library, and the slope of each. */
@Command(
        name = "losses",
        description = "Squared error, cross-entropy, binary cross-entropy, also from logits.")
final class LossFunctions extends Lesson {
    @Override
    protected void teach() {
        // For numbers: the mean of the squared errors.
        Tensor prediction = Tensor.of(2.5, 0.0, 2.0, 8.0);
        Tensor target = Tensor.of(3.0, -0.5, 2.0, 7.0);
        show("prediction.sub(target).square().mean()", prediction.sub(target).square().mean());
        show("Losses.mse(prediction, target)", Losses.mse(prediction, target));

        // The mean, the sum, or each by itself: to weigh them, or to leave some out.
        show(
                "Losses.mse(prediction, target, null, Reduction.SUM)",
                Losses.mse(prediction, target, null, Reduction.SUM));
        show(
                "Losses.mse(prediction, target, null, Reduction.NONE)",
                Losses.mse(prediction, target, null, Reduction.NONE));

        // Squares make one outlier louder than all others. Beyond an error of δ Huber's loss grows
        // along a line, and the absolute error does everywhere.
        show("Losses.huber(prediction, target, 0.4)", Losses.huber(prediction, target, 0.4));
        show("Losses.l1(prediction, target)", Losses.l1(prediction, target));

        // For one class of several: minus the logarithm of the right one's probability. Three
        // rows of logits, and the right class of each.
        Tensor logits = Tensor.of(new double[][] {{2, 1, 0.1}, {0.5, 2.5, -1}, {1, 1, 1}});
        Tensor classes = Tensor.of(new int[] {0, 1, 2});
        Tensor oneHot = Tensor.eye(3); // row i has its 1 at the class of row i
        Tensor byRow = logits.logSoftmax(-1).mul(oneHot).sum(-1).neg();
        show("byRow", byRow);
        show("byRow.mean()", byRow.mean());
        show("Losses.crossEntropy(logits, classes)", Losses.crossEntropy(logits, classes));

        show(
                "Losses.nll(logits.logSoftmax(-1), classes)",
                Losses.nll(logits.logSoftmax(-1), classes));

        // A rare class may count more, each row by the weight of its class.
        Tensor rare = Tensor.of(1.0, 1.0, 4.0);
        show(
                "Losses.crossEntropy(logits, classes, rare, 0, -100, Reduction.MEAN)",
                Losses.crossEntropy(logits, classes, rare, 0, -100, Reduction.MEAN));

        // The gradient is what makes cross-entropy the standard: by how much each probability is
        // wrong,
        // divided by the number of rows.
        try (var tape = Tape.watch(logits)) {
            Tensor loss = Losses.crossEntropy(logits, classes);
            show("tape.gradients(loss).of(logits)", tape.gradients(loss).of(logits));
        }
        show("logits.softmax(-1).sub(oneHot).div(3)", logits.softmax(-1).sub(oneHot).div(3));

        // For yes or no: −y·ln p − (1 − y)·ln(1 − p).
        Tensor z = Tensor.of(0.8, -1.2, 3.0, -0.3);
        Tensor y = Tensor.of(1.0, 0.0, 1.0, 1.0);
        Tensor p = z.sigmoid();
        Tensor no = p.neg().add(1);
        show(
                "y.mul(p.log()).add(y.neg().add(1).mul(no.log())).mean().neg()",
                y.mul(p.log()).add(y.neg().add(1).mul(no.log())).mean().neg());
        show("Losses.binaryCrossEntropy(p, y)", Losses.binaryCrossEntropy(p, y));
        show(
                "Losses.binaryCrossEntropyWithLogits(z, y)",
                Losses.binaryCrossEntropyWithLogits(z, y));

        // Sure and wrong: sigmoid(200) is 1 as a float, and ln(1 − 1) is −∞, which the loss of
        // probabilities cuts off at −100, as PyTorch's does. There, nothing can be learned any
        // more. The loss from logits stays right, and so does its slope.
        Tensor sure = Tensor.of(200.0);
        Tensor wrong = Tensor.of(0.0);
        try (var tape = Tape.watch(sure)) {
            Tensor cut = Losses.binaryCrossEntropy(sure.sigmoid(), wrong);
            show("cut", cut);
            show("tape.gradients(cut).of(sure)", tape.gradients(cut).of(sure));
            Tensor right = Losses.binaryCrossEntropyWithLogits(sure, wrong);
            show("right", right);
            show("tape.gradients(right).of(sure)", tape.gradients(right).of(sure));
        }

        // Squared error forgives a sure mistake, cross-entropy doesn't.
        Tensor probability = Tensor.linspace(0.005, 1, 200);
        save(
                Plot.lines("What a probability costs when the answer is yes")
                        .xLabel("probability of yes")
                        .yLabel("loss")
                        .line(
                                "cross-entropy, -ln p",
                                probability.toArray(),
                                probability.log().neg().toArray())
                        .line(
                                "squared error, (1 - p)²",
                                probability.toArray(),
                                probability.sub(1).square().toArray()),
                "losses");
    }
}
