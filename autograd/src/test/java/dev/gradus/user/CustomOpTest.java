package dev.gradus.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.Autograd;
import dev.gradus.autograd.GradCheck;
import dev.gradus.autograd.Tape;
import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.tensor.Op;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Operations with gradients of their own, written as a user writes them, in another package. */
class CustomOpTest {
    /** The sign forward, the identity backward (Bengio et al. 2013). */
    private static final Op STRAIGHT_THROUGH =
            Autograd.custom("sign", x -> x[0].sign(), (saved, g) -> new Tensor[] {g});

    /** The identity forward, the gradient negated (Ganin and Lempitsky 2015). */
    private static final Op REVERSE =
            Autograd.custom("reverse", x -> x[0], (saved, g) -> new Tensor[] {g.neg()});

    /** ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), which does not overflow; its slope is σ(x). */
    private static final Op LOG1P_EXP =
            Autograd.custom(
                    "log1pexp",
                    x -> x[0].relu().add(x[0].abs().neg().exp().log1p()),
                    (saved, g) -> new Tensor[] {g.mul(saved.input(0).sigmoid())});

    /** The identity forward; backward no element exceeds a bound. */
    private record ClipGradient(double bound) implements Op {
        @Override
        public Tensor forward(Tensor... x) {
            return x[0];
        }

        @Override
        public Tensor[] vjp(Saved saved, Tensor g) {
            return new Tensor[] {g.clip(-bound, bound)};
        }
    }

    /** a·b with its gradient, only where it is asked for. */
    private record Times() implements Op {
        @Override
        public Tensor forward(Tensor... x) {
            return x[0].mul(x[1]);
        }

        @Override
        public @Nullable Tensor[] vjp(Saved saved, Tensor g) {
            assertEquals(2, saved.inputs());
            return new @Nullable Tensor[] {
                saved.needs(0) ? g.mul(saved.input(1)) : null,
                saved.needs(1) ? g.mul(saved.input(0)) : null
            };
        }
    }

    private final Tensor x = Tensor.of(-2.0, 0.5, 3);

    private static void values(Tensor t, double... expected) {
        assertArrayEquals(expected, t.toArray(), 1e-6);
    }

    @Test
    void straightThrough() {
        try (var tape = Tape.watch(x)) {
            Tensor y = Op.apply(STRAIGHT_THROUGH, x);
            values(y, -1, 1, 1);
            values(tape.gradients(y.mul(Tensor.of(1.0, 2, 3)).sum()).of(x), 1, 2, 3);
        }
    }

    @Test
    void reversalLeavesTheOtherUsesOfItsInputAlone() {
        try (var tape = Tape.watch(x)) {
            Tensor y = Op.apply(REVERSE, x);
            values(y, -2, 0.5, 3);
            values(tape.gradients(y.sum()).of(x), -1, -1, -1);
            // x itself is not reversed: 5 − 1
            values(tape.gradients(x.mul(5).add(y).sum()).of(x), 4, 4, 4);
        }
        values(Op.apply(REVERSE, x), -2, 0.5, 3);
    }

    @Test
    void clippingByARecordWithASetting() {
        try (var tape = Tape.watch(x)) {
            Tensor y = Op.apply(new ClipGradient(2), x);
            values(tape.gradients(y.mul(Tensor.of(1.0, -7, 3)).sum()).of(x), 1, -2, 2);
        }
    }

    @Test
    void aStableFunctionAndItsHigherDerivatives() {
        Tensor wide = Tensor.of(-1000.0, 0, 1000);
        try (var tape = Tape.watch(wide)) {
            Tensor y = Op.apply(LOG1P_EXP, wide);
            values(y, 0, Math.log(2), 1000);
            values(tape.gradients(y.sum()).of(wide), 0, 0.5, 1);
        }
        GradCheck.check(t -> Op.apply(LOG1P_EXP, t[0]), x);
        Tensor zero = Tensor.of(0.0);
        values(Autograd.hessian(t -> Op.apply(LOG1P_EXP, t).sum(), zero).flatten(), 0.25);
    }

    @Test
    void twoInputs() {
        GradCheck.check(t -> Op.apply(new Times(), t), x, Tensor.of(4.0, 5, 6));
        try (var tape = Tape.watch(x)) {
            Tensor y = Op.apply(new Times(), x, Tensor.of(4.0, 5, 6));
            values(tape.gradients(y.sum()).of(x), 4, 5, 6);
        }
    }

    // ------------------------------------------------------------------ mistakes

    private void backwardSays(Autograd.Vjp vjp, String... fragments) {
        Op op = Autograd.custom("mine", t -> t[0].mul(2), vjp);
        try (var tape = Tape.watch(x)) {
            Tensor loss = Op.apply(op, x).sum();
            Says.error(IllegalStateException.class, () -> tape.gradients(loss), fragments);
        }
    }

    @Test
    void aCotangentOfTheWrongKind() {
        backwardSays(
                (saved, g) -> new Tensor[] {g.sum()},
                "mine: vjp gave FLOAT32 of shape [] for input 0, which is FLOAT32 of shape [3]");
        backwardSays(
                (saved, g) -> new Tensor[] {g.to(DType.FLOAT64)},
                "mine: vjp gave FLOAT64 of shape [3] for input 0, which is FLOAT32");
    }

    @Test
    void theWrongNumberOfCotangents() {
        backwardSays((saved, g) -> new Tensor[0], "mine: vjp gave 0 cotangents for 1 inputs");
        backwardSays((saved, g) -> new Tensor[] {g, g}, "mine: vjp gave 2 cotangents for 1");
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake that is tested
    void nothingAtAll() {
        backwardSays((saved, g) -> null, "mine: vjp gave null for 1 inputs");
        Op none = Autograd.custom("none", t -> null, (saved, g) -> new Tensor[] {g});
        Says.error(NullPointerException.class, () -> Op.apply(none, x), "none: forward gave null");
    }
}
