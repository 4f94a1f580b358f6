package dev.gradus.examples.course;

import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/** Arithmetic, functions and comparisons, each done to every element. */
@Command(
        name = "elementwise",
        description = "Arithmetic, functions, comparisons and masks, element by element.")
final class ElementByElement extends Lesson {
    @Override
    protected void teach() {
        Tensor a = Tensor.of(1.0, 2, 3, 4);
        Tensor b = Tensor.of(10.0, 20, 30, 40);
        show("a.add(b)", a.add(b));
        show("b.sub(a)", b.sub(a));
        show("a.mul(b)", a.mul(b)); // not the product of matrices: that is matmul
        show("b.div(a)", b.div(a));
        show("a.pow(b.div(10))", a.pow(b.div(10)));

        // A number meets every element.
        show("a.add(100)", a.add(100));
        show("a.mul(2).sub(1)", a.mul(2).sub(1));
        show("a.pow(2)", a.pow(2));
        show("a.neg()", a.neg());

        show("a.sqrt()", a.sqrt());
        show("a.exp()", a.exp());
        show("a.log()", a.log());
        Tensor x = Tensor.of(-2.0, -0.5, 0, 0.5, 2);
        show("x.abs()", x.abs());
        show("x.tanh()", x.tanh());
        show("x.sqrt()", x.sqrt()); // no root below 0: "not a number", as in NumPy
        show("a.sub(1).reciprocal()", a.sub(1).reciprocal()); // 1/0 is infinite

        // A comparison gives a mask: 1 where it holds, 0 elsewhere. So its sum counts.
        show("x.gt(0)", x.gt(0));
        show("x.eq(x.abs())", x.eq(x.abs()));
        show("x.gt(0).sum()", x.gt(0).sum());
        show("x.gt(-1).logicalAnd(x.lt(1))", x.gt(-1).logicalAnd(x.lt(1)));
        show("x.lt(-1).logicalOr(x.gt(1))", x.lt(-1).logicalOr(x.gt(1)));
        show("x.gt(0).logicalNot()", x.gt(0).logicalNot());

        // What a mask is good for: a choice between two tensors.
        show("Tensor.where(x.gt(0), x, x.mul(0.1))", Tensor.where(x.gt(0), x, x.mul(0.1)));
        show("x.clip(-1, 1)", x.clip(-1, 1));
        show("a.maximum(b.div(15))", a.maximum(b.div(15)));
        show("a.minimum(Tensor.scalar(2.5))", a.minimum(Tensor.scalar(2.5)));

        // Ints stay ints until a fraction comes in.
        Tensor n = Tensor.of(7, 8, 9);
        show("n.mul(n)", n.mul(n));
        show("n.div(Tensor.of(2, 2, 2))", n.div(Tensor.of(2, 2, 2)));
        show("n.add(0.5)", n.add(0.5));
    }
}
