package dev.gradus.examples.course;

import dev.gradus.autograd.Tape;
import dev.gradus.examples.plot.Picture;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.GELU;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The bends between the linear layers: without them, a deep network would be one matrix. And
 * softmax, which makes probabilities of any numbers.
 */
@Command(
        name = "activations",
        description = "ReLU, sigmoid, tanh, GELU, softmax: values, slopes, pictures of both.")
final class Activations extends Lesson {
    @Override
    protected void teach() {
        Tensor x = Tensor.of(-3, -1, -0.5, 0, 0.5, 1, 3);
        GELU gelu = new GELU(); // x·Φ(x), with the normal distribution's Φ
        GELU geluTanh = GELU.tanh(); // Φ by way of tanh, as in GPT-2
        show("x.relu()", x.relu());
        show("x.sigmoid()", x.sigmoid());
        show("x.tanh()", x.tanh());
        show("gelu.apply(x)", gelu.apply(x));
        show("geluTanh.apply(x)", geluTanh.apply(x));

        // What a network learns by is the slope. Sigmoid's is 1/4 at most and soon nearly 0;
        // ReLU's is 0 or 1, and at its kink 0, as in PyTorch.
        show("slope(Tensor::relu, x)", slope(Tensor::relu, x));
        show("slope(Tensor::sigmoid, x)", slope(Tensor::sigmoid, x));
        show("slope(Tensor::tanh, x)", slope(Tensor::tanh, x));
        show("slope(gelu::apply, x)", slope(gelu::apply, x));
        show("slope(geluTanh::apply, x)", slope(geluTanh::apply, x));

        // Softmax: e^x, divided by the sum over the row. Only differences count.
        Tensor logits = Tensor.of(new double[][] {{1, 2, 3}, {101, 102, 103}, {0, 0, 200}});
        show("logits.softmax(-1)", logits.softmax(-1));
        show("logits.softmax(-1).sum(-1)", logits.softmax(-1).sum(-1));

        // A probability can be too small for a float. Its logarithm is not, if one never computes
        // the probability itself.
        show("logits.softmax(-1).log()", logits.softmax(-1).log());
        show("logits.logSoftmax(-1)", logits.logSoftmax(-1));

        Map<String, UnaryOperator<Tensor>> curves = new LinkedHashMap<>();
        curves.put("ReLU", Tensor::relu);
        curves.put("sigmoid", Tensor::sigmoid);
        curves.put("tanh", Tensor::tanh);
        curves.put("GELU", gelu::apply);
        Tensor xs = Tensor.linspace(-4, 4, 321);
        Picture values = Plot.lines("Activations").xLabel("x").yLabel("f(x)");
        Picture slopes = Plot.lines("Their slopes").xLabel("x").yLabel("f'(x)");
        for (var curve : curves.entrySet()) {
            UnaryOperator<Tensor> f = curve.getValue();
            values = values.line(curve.getKey(), xs.toArray(), f.apply(xs).toArray());
            slopes = slopes.line(curve.getKey(), xs.toArray(), slope(f, xs).toArray());
        }
        save(values, "activations");
        save(slopes, "activation-slopes");
    }

    /** f'(x), element by element: each affects only its own term of the sum. */
    private static Tensor slope(UnaryOperator<Tensor> f, Tensor x) {
        try (var tape = Tape.watch(x)) {
            return tape.gradients(f.apply(x).sum()).of(x).keep();
        }
    }
}
