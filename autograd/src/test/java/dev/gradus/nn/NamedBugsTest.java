package dev.gradus.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.autograd.Tape;
import dev.gradus.expr.Expr;
import dev.gradus.shape.Says;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

/** What was once wrong. */
class NamedBugsTest {
    /** A step function: its derivative, 0, reads nothing. */
    private static final class Step extends Activation {
        Step() {
            super("Step", Expr.in(0).sign());
        }
    }

    @Test
    void aStepBehindALinearLayerHasGradientZero() {
        Tensor x = Tensor.of(new double[][] {{1, -2}});
        var net = new Sequential(new Linear(2, 3), new Step());
        try (var tape = Tape.watch(x)) {
            Tensor loss = net.apply(x).sum().add(x.sum());
            assertArrayEquals(new double[] {1, 1}, tape.gradients(loss).of(x).toArray());
        }
    }

    @Test
    void anActivationOfNothingIsRefusedWhereItIsMade() {
        class One extends Activation {
            One() {
                super("One", Expr.ONE);
            }
        }
        Says.illegal(One::new, "One", "Expr.in(0)");
    }

    @Test
    void aNormOfAnEmptyBatchHasUsedItsWeights() {
        var norm = new LayerNorm(4);
        try (var tape = Tape.start()) {
            Tensor loss = norm.apply(Tensor.zeros(0, 4)).sum();
            for (var p : norm.parameters()) {
                assertEquals(0, tape.gradients(loss).of(p).abs().sum().item());
            }
        }
    }

    @Test
    void queriesOfNoNumbersAreRefused() {
        Tensor none = Tensor.zeros(2, 0);
        Says.illegal(
                () -> Functional.scaledDotProductAttention(none, none, Tensor.ones(2, 3)),
                "attention",
                "[2, 0]",
                "at least 1");
    }
}
