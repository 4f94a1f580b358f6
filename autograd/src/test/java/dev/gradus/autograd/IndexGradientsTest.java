package dev.gradus.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Sorted;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.Test;

import java.util.function.UnaryOperator;

/** Where gradients go when elements are chosen: the answers are those of PyTorch 1.13.1. */
class IndexGradientsTest {
    private static final Tensor M = Tensor.of(new double[][] {{1, -2, 3}, {4, 5, -6}});
    private static final Tensor I = Tensor.of(new int[][] {{2, 0, 0}, {1, 2, 1}});
    private static final Tensor W = Tensor.arange(1.0, 7, 1).reshape(2, 3);

    private static void check(UnaryOperator<Tensor> f, Tensor at, String expected) {
        Parameter x = new Parameter("x", at);
        try (var tape = Tape.start()) {
            Gradients gradients = tape.gradients(f.apply(x.value()).sum());
            String found = gradients.of(x).toString().replaceAll("\\.|\\s+(?=])|(?<=\\[)\\s+", "");
            assertEquals(expected, found.replaceAll("\\s+", " "));
        }
    }

    @Test
    void anElementTakenTwiceGetsBoth() {
        check(x -> x.gather(1, I).mul(W), M, "[[5 0 1] [0 10 5]]");
    }

    @Test
    void scatteredOnesGoBackToTheirSource() {
        check(x -> x.scatterAdd(1, I, M).mul(W), M, "[[1 2 3] [4 5 6]]");
        check(x -> M.scatterAdd(1, I, x).mul(W), M, "[[3 1 1] [5 6 5]]");
    }

    @Test
    void sortedOnesGoBackToTheirPlaces() {
        check(x -> x.sort(1).values().mul(W), M, "[[2 1 3] [5 6 4]]");
        check(x -> x.topk(2).values().mul(W.slice(":, :2")), M, "[[2 0 1] [5 4 0]]");
        Tensor ties = Tensor.of(1.0, 1, 0);
        check(x -> x.sort(0).values().mul(Tensor.of(1, 2, 3)), ties, "[2 3 1]");
    }

    @Test
    void whatIsMaskedGetsNothing() {
        check(x -> x.maskedSelect(M.gt(0)).mul(Tensor.of(1, 2, 3, 4)), M, "[[1 0 2] [3 4 0]]");
        Tensor zeros = Tensor.zeros(3);
        double low = Double.NEGATIVE_INFINITY;
        check(x -> x.maskedFill(Tensor.of(0, 1, 0), low).exp(), zeros, "[1 0 1]");
    }

    @Test
    void indicesOutliveTheTape() {
        Parameter x = new Parameter("x", M);
        Sorted sorted;
        try (var _ = Tape.start()) {
            sorted = x.value().sort(1);
        }
        assertEquals(DType.INT32, sorted.indices().dtype());
        assertEquals(1, sorted.indices().at(0, 0));
    }

    @Test
    void differentValuesAreConstants() {
        Parameter x = new Parameter("x", M);
        try (var tape = Tape.start()) {
            Tensor y = x.value().unique().sum().add(x.value().sum().mul(0));
            assertEquals(0, tape.gradients(y).of(x).abs().sum().item());
            assertFalse(tape.hasSeen(x.value().nonzero()));
        }
    }
}
