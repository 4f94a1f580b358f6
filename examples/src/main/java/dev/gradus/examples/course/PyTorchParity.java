package dev.gradus.examples.course;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Tape;
import dev.gradus.nn.LayerNorm;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.optim.Sgd;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/**
 * The same weights give the same output, loss, gradients and step as in PyTorch. There:
 *
 * <pre>{@code
 * net = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.ReLU(), nn.Linear(4, 3))
 * net[0].weight.copy_(torch.tensor([[0.1, 0.2, -0.3], ...]))   # [out, in]
 * loss = nn.CrossEntropyLoss()(net(x), classes)
 * loss.backward()
 * torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9).step()
 * }</pre>
 */
@Command(
        name = "pytorch-parity",
        description = "Fixed weights give PyTorch's output, loss, gradients and step.")
final class PyTorchParity extends Lesson {
    @Override
    protected void teach() {
        var first = new Linear(3, 4);
        var last = new Linear(4, 3);
        var net = new Sequential(first, new LayerNorm(4), new ReLU(), last);

        // A weight is [in, out] here, as in x·W + b, and [out, in] in PyTorch: hence the t().
        Tensor firstWeight =
                Tensor.of(
                        new double[][] {
                            {0.1, 0.2, -0.3}, {0.4, -0.5, 0.6}, {-0.7, 0.8, 0.9}, {0.2, 0.1, 0.3}
                        });
        Tensor lastWeight =
                Tensor.of(
                        new double[][] {
                            {0.5, -0.4, 0.3, 0.2}, {-0.1, 0.6, -0.7, 0.8}, {0.9, 0.1, 0.2, -0.3}
                        });
        first.weight().set(firstWeight.t());
        first.bias().set(Tensor.of(0.01, 0.02, 0.03, 0.04));
        last.weight().set(lastWeight.t());
        last.bias().set(Tensor.of(-0.1, 0.0, 0.1));

        Tensor x = Tensor.of(new double[][] {{1, 2, 3}, {-1, 0.5, 2}});
        Tensor classes = Tensor.of(new int[] {2, 0});
        var optimizer = new Sgd(net.parameters(), 0.1, 0.9);
        try (var tape = Tape.start()) {
            Tensor logits = net.apply(x);
            Tensor loss = Losses.crossEntropy(logits, classes);
            Gradients gradients = tape.gradients(loss);
            show("logits", logits);
            show("loss", loss);
            // By the names of PyTorch's state_dict: the number of the layer, then the parameter.
            net.slots()
                    .forEach((name, slot) ->
                            show("gradient of " + name, gradients.of((Parameter) slot)));
            optimizer.step(gradients);
        }
        show("net.apply(x) after a step", net.apply(x));
    }
}
