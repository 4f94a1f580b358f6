package dev.gradus.examples.course;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/** Where tensors come from, what they are, and how their numbers come out again. */
@Command(
        name = "arrays",
        description = "Tensors from Java arrays, from nothing and at random; their shapes, types.")
final class MakingArrays extends Lesson {
    @Override
    protected void teach() {
        Tensor vector = Tensor.of(1, 2, 3);
        Tensor matrix = Tensor.of(new double[][] {{1.5, 2, 3}, {4, 5, 6}});
        Tensor cube = Tensor.of(new double[][][] {{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}});
        show("vector", vector);
        show("matrix", matrix);
        show("cube", cube);

        // What each one is. Java's ints make INT32, everything else FLOAT32, as in PyTorch (NumPy
        // would take FLOAT64).
        show("matrix.ndim()", matrix.ndim());
        show("matrix.shape()", matrix.shape());
        show("matrix.size()", matrix.size());
        show("matrix.dtype()", matrix.dtype());
        show("matrix.dtype().itemSize()", matrix.dtype().itemSize());
        show("vector.dtype()", vector.dtype());
        show("cube.shape()", cube.shape());

        show("Tensor.zeros(2, 3)", Tensor.zeros(2, 3));
        show("Tensor.ones(3)", Tensor.ones(3));
        show("Tensor.full(7, 2, 2)", Tensor.full(7, 2, 2));
        show("Tensor.eye(3)", Tensor.eye(3));
        show("matrix.zerosLike()", matrix.zerosLike());
        show("Tensor.arange(6)", Tensor.arange(6));
        show("Tensor.arange(1, 2, 0.25)", Tensor.arange(1, 2, 0.25));
        show("Tensor.linspace(0, 1, 5)", Tensor.linspace(0, 1, 5));

        // A seed makes chance repeatable: the same seed, the same numbers, on every machine.
        Tensor.seed(42);
        Tensor first = Tensor.rand(2, 3);
        Tensor next = Tensor.rand(2, 3);
        Tensor.seed(42);
        Tensor again = Tensor.rand(2, 3);
        show("first", first);
        show("next.eq(first)", next.eq(first));
        show("again.eq(first)", again.eq(first));

        // A generator of one's own leaves the common one alone.
        Generator generator = new Generator(42);
        Tensor normal = generator.randn(1000);
        show("normal.mean()", normal.mean());
        show("normal.square().mean()", normal.square().mean());

        // Types are converted by name; a fraction that becomes an int is cut off.
        show("matrix.to(DType.INT32)", matrix.to(DType.INT32));
        show("vector.to(DType.FLOAT64).div(3)", vector.to(DType.FLOAT64).div(3));

        // And the numbers come out as Java's own.
        double one = matrix.at(1, 2);
        double[] flat = matrix.toArray();
        double[][] rows = matrix.toArray2d();
        show("matrix.at(1, 2)", one);
        show("matrix.toArray().length", flat.length);
        show("matrix.toArray2d()[0][0]", rows[0][0]);
        show("matrix.sum().item()", matrix.sum().item());
    }
}
