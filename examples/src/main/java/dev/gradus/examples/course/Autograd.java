package dev.gradus.examples.course;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Tape;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

/** Derivatives without deriving: a tape records the way forward and walks it back. */
@Command(
        name = "autograd",
        description = "The tape: gradients, chain rule, sums of gradients, second derivatives.")
final class Autograd extends Lesson {
    @Override
    protected void teach() {
        Tensor x = Tensor.of(1.0, 2.0, 3.0);
        Tensor y = Tensor.of(4.0, 5.0, 6.0);

        // In PyTorch: x.requires_grad_(), loss.backward(), x.grad. Here a tape watches x, and is
        // asked; the tensors themselves know nothing of gradients.
        try (var tape = Tape.watch(x, y)) {
            Tensor loss = x.add(y).square().mean();
            Gradients gradients = tape.gradients(loss);
            show("loss", loss);
            show("gradients.of(x)", gradients.of(x));
            show("gradients.of(y)", gradients.of(y));
        }
        show("x.add(y).mul(2).div(3)", x.add(y).mul(2).div(3)); // the same by rule

        // The chain rule: for c = b², b = sin a, the slope is dc/db · db/da. The tape can be asked
        // for each factor, as long as it watches what one derives by.
        Tensor a = Tensor.scalar(0.5);
        try (var tape = Tape.watch(a)) {
            Tensor b = a.sin();
            tape.track(b);
            Tensor c = b.square();
            Tensor outer = tape.gradients(c).of(b);
            Tensor inner = tape.gradients(b).of(a);
            show("outer", outer);
            show("inner", inner);
            show("outer.mul(inner)", outer.mul(inner));
            show("tape.gradients(c).of(a)", tape.gradients(c).of(a));
        }

        // Used twice, a tensor gets the sum of both ways: (a² + 3a)' = 2a + 3.
        try (var tape = Tape.watch(a)) {
            show("used twice", tape.gradients(a.square().add(a.mul(3))).of(a));
        }

        // What is detached counts as a constant: a · constant(a) has the slope a, not 2a.
        try (var tape = Tape.watch(a)) {
            show("detached", tape.gradients(a.mul(a.detach())).of(a));
        }

        // PyTorch adds up the gradients of several backward passes by itself, and every loop must
        // call zero_grad(). Here one adds them where one means it: for a batch in two halves.
        Gradients total = Gradients.none();
        for (Tensor half : new Tensor[] {x, y}) {
            try (var tape = Tape.watch(a)) {
                Tensor loss = half.mul(a).square().sum();
                total = total.add(tape.gradients(loss)).keep(); // outlives its tape
            }
        }
        show("total.of(a)", total.of(a)); // 2a·(1² + … + 6²)

        // Second derivatives: the outer tape records how the inner one derives.
        try (var outer = Tape.watch(x)) {
            Tensor first;
            try (var inner = Tape.nested(x)) {
                first = inner.gradients(x.pow(3).sum()).of(x);
            }
            show("first", first); // 3x²
            show("second", outer.gradients(first.sum()).of(x)); // 6x
        }
    }
}
