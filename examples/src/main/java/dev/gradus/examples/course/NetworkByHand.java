package dev.gradus.examples.course;

import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Tape;
import dev.gradus.examples.plot.Picture;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.Initializers;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Back-propagation with nothing but matrix products, held against the tape and differences. */
@Command(
        name = "network-by-hand",
        description = "Forward and backward in matrices; gradient check; gradients by layer.")
final class NetworkByHand extends Lesson {
    @Override
    protected void teach() {
        // Four samples of three numbers, and two numbers to be predicted for each.
        Tensor x =
                Tensor.of(
                        new double[][] {
                            {0.5, -1.0, 2.0}, {1.5, 0.3, -0.7}, {-0.2, 0.8, 0.1}, {0.9, -0.4, -1.1}
                        });
        Tensor y = Tensor.of(new double[][] {{1, 0}, {0, 1}, {1, 1}, {0, 0}});
        Tensor w1 =
                Tensor.of(
                        new double[][] {
                            {0.1, -0.2, 0.3, 0.4}, {-0.5, 0.6, 0.7, -0.8}, {0.9, 0.2, -0.1, 0.3}
                        });
        Tensor b1 = Tensor.of(0.1, 0.0, -0.1, 0.2);
        Tensor w2 = Tensor.of(new double[][] {{0.3, -0.6}, {0.5, 0.2}, {-0.4, 0.7}, {0.8, -0.1}});
        Tensor b2 = Tensor.of(0.05, -0.05);

        // Forward: keep what the way back needs.
        Tensor z1 = x.matmul(w1).add(b1); // [4, 4]
        Tensor a1 = z1.tanh();
        Tensor z2 = a1.matmul(w2).add(b2); // [4, 2]
        Tensor loss = z2.sub(y).square().mean();
        show("z2", z2);
        show("loss", loss);

        // Backward, last line first. "dZ2" is the slope of the loss by z2, and has its shape; from
        // that alone follows which factor is transposed.
        Tensor dZ2 = z2.sub(y).mul(2.0 / y.size()); // the mean's 1/8 and the square's 2
        Tensor dW2 = a1.t().matmul(dZ2); // [4, 4]·[4, 2]
        Tensor dB2 = dZ2.sum(0); // the bias was added to every row
        Tensor dA1 = dZ2.matmul(w2.t()); // [4, 2]·[2, 4]
        Tensor dZ1 = dA1.mul(a1.square().neg().add(1)); // tanh' = 1 − tanh²
        Tensor dW1 = x.t().matmul(dZ1); // [3, 4]·[4, 4]
        Tensor dB1 = dZ1.sum(0);
        show("dW1", dW1);
        show("dB1", dB1);
        show("dW2", dW2);
        show("dB2", dB2);

        // The tape derives the same.
        try (var tape = Tape.watch(w1, b1, w2, b2)) {
            Gradients gradients = tape.gradients(loss(x, y, w1, b1, w2, b2));
            show("largest difference by w1", difference(gradients.of(w1), dW1));
            show("largest difference by b1", difference(gradients.of(b1), dB1));
            show("largest difference by w2", difference(gradients.of(w2), dW2));
            show("largest difference by b2", difference(gradients.of(b2), dB2));
        }

        // Who checks them both? The definition of a slope: move one weight a little to either
        // side. In double, since the difference of two nearly equal losses loses half the digits.
        Tensor wide = w1.to(DType.FLOAT64);
        double h = 1e-5;
        double[] numeric = new double[w1.size()];
        for (int i = 0; i < numeric.length; i++) {
            Tensor move = only(i, h, w1.size()).reshape(w1.shape());
            double up = loss(x, y, wide.add(move), b1, w2, b2).item();
            double down = loss(x, y, wide.sub(move), b1, w2, b2).item();
            numeric[i] = (up - down) / (2 * h);
        }
        show("numeric", Tensor.of(numeric).reshape(w1.shape()));

        // That asks for the loss twice a weight. GradCheck needs two in all: along one random
        // direction all slopes add up to one number. It fails with both numbers if they differ.
        GradCheck.check(w -> loss(x, y, w[0], w[1], w[2], w[3]), w1, b1, w2, b2);

        // How much of the slope arrives at the first of ten layers? Each sigmoid multiplies it by
        // 1/4 at most; ReLU lets it pass or not.
        save(flow("sigmoid", Tensor::sigmoid).logY(), "gradient-flow-sigmoid");
        save(flow("ReLU", Tensor::relu), "gradient-flow-relu");
    }

    private static Tensor loss(Tensor x, Tensor y, Tensor w1, Tensor b1, Tensor w2, Tensor b2) {
        Tensor a1 = x.matmul(w1).add(b1).tanh();
        return a1.matmul(w2).add(b2).sub(y).square().mean();
    }

    private static Tensor difference(Tensor a, Tensor b) {
        return a.sub(b).abs().max();
    }

    /** Zeros but for one element. */
    private static Tensor only(int i, double value, int size) {
        double[] values = new double[size];
        values[i] = value;
        return Tensor.of(values, DType.FLOAT64);
    }

    /** The gradient's norm in each layer of a deep network, before any training. */
    private Picture flow(String name, UnaryOperator<Tensor> activation) {
        Tensor[] weights = new Tensor[10];
        List<String> names = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Initializers.kaimingNormal(32, 32);
            names.add(String.valueOf(i + 1));
        }
        double[] norms = new double[weights.length];
        Tensor x = Tensor.randn(64, 32);
        try (var tape = Tape.watch(weights)) {
            Tensor out = x;
            for (Tensor weight : weights) {
                out = activation.apply(out.matmul(weight));
            }
            Gradients gradients = tape.gradients(out.square().mean());
            for (int i = 0; i < norms.length; i++) {
                norms[i] = gradients.of(weights[i]).square().sum().sqrt().item();
            }
        }
        show("gradient norms by layer, " + name, Tensor.of(norms));
        return Plot.bars("The gradient in each of ten layers: " + name, names, norms)
                .xLabel("layer, from the input")
                .yLabel("norm of the gradient");
    }
}
