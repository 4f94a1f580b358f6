package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.shape.DType;
import dev.gradus.shape.Says;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

import java.util.Arrays;
import java.util.stream.Stream;

/** What einsum strings mean: the answers are those of NumPy 2.4; and what is wrong with some. */
class EinsumTest {
    /** Element k of operand p is ((7k + 3p + 5) mod 11) − 4, in row-major order. */
    private static Tensor operand(int p, int... shape) {
        Shape s = Shape.of(shape);
        double[] values = new double[s.size()];
        Arrays.setAll(values, k -> (7 * k + 3 * p + 5) % 11 - 4);
        return Tensor.of(values).reshape(s);
    }

    private static DynamicTest einsum(String text, String answer, int[]... shapes) {
        Tensor[] x = new Tensor[shapes.length];
        Arrays.setAll(x, p -> operand(p, shapes[p]));
        return dynamicTest(
                "\"" + text + "\"",
                Facts.fact(() -> Tensor.einsum(text, x), answer).getExecutable());
    }

    @TestFactory
    Stream<DynamicTest> facts() {
        return Stream.of(
                einsum("i", "[1, -3, 4]", new int[] {3}),
                einsum("i->", "2", new int[] {3}),
                einsum("ij->ji", "[[1, 0], [-3, -4], [4, 3]]", new int[] {2, 3}),
                einsum("ba", "[[1, 0], [-3, -4], [4, 3]]", new int[] {2, 3}),
                einsum("bA", "[[1, 0], [-3, -4], [4, 3]]", new int[] {2, 3}),
                einsum("ij->", "1", new int[] {2, 3}),
                einsum("ij->j", "[1, -7, 7]", new int[] {2, 3}),
                einsum("ii", "-1", new int[] {3, 3}),
                einsum("ii->i", "[1, -4, 2]", new int[] {3, 3}),
                einsum("iij->j", "[-1, 2, 5]", new int[] {2, 2, 3}),
                einsum("iji->j", "[7, 2, -3]", new int[] {2, 3, 2}),
                einsum("iii", "7", new int[] {2, 2, 2}),
                einsum("iijj->ij", "[[1, 0], [-3, -4]]", new int[] {2, 2, 2, 2}),
                einsum("...", "[[1, -3, 4], [0, -4, 3]]", new int[] {2, 3}),
                einsum("...->...", "[[1, -3, 4], [0, -4, 3]]", new int[] {2, 3}),
                einsum("i...->...", "[1, -7, 7]", new int[] {2, 3}),
                einsum("...i->...", "[2, -1]", new int[] {2, 3}),
                einsum("...ii->...i", "[[1, 0], [-4, 6]]", new int[] {2, 2, 2}),
                einsum("i...i", "[7, 2, -3]", new int[] {2, 3, 2}),
                einsum("->", "1", new int[] {}),
                einsum("", "1", new int[] {}),
                einsum("i,i", "-12", new int[] {3}, new int[] {3}),
                einsum("i,i->i", "[4, 0, -16]", new int[] {3}, new int[] {3}),
                einsum("i,j", "[[4, 0, -4], [-12, 0, 12]]", new int[] {2}, new int[] {3}),
                einsum("i,j->ji", "[[4, -12], [0, 0], [-4, 12]]", new int[] {2}, new int[] {3}),
                einsum("j,i", "[[4, -12], [0, 0], [-4, 12]]", new int[] {2}, new int[] {3}),
                einsum("ij,jk", "[[12, 15], [13, 6]]", new int[] {2, 3}, new int[] {3, 2}),
                einsum(
                        " i j , j k -> k i ",
                        "[[12, 13], [15, 6]]",
                        new int[] {2, 3},
                        new int[] {3, 2}),
                einsum("ij,kj->ik", "[[-12, 30], [-12, 22]]", new int[] {2, 3}, new int[] {2, 3}),
                einsum("ij,j", "[-12, -12]", new int[] {2, 3}, new int[] {3}),
                einsum("ij,ij->", "10", new int[] {2, 3}, new int[] {2, 3}),
                einsum(
                        "ij,jk->ijk",
                        "[[[4, 0], [12, -9]], [[16, 0], [0, 0]]]",
                        new int[] {2, 2},
                        new int[] {2, 2}),
                einsum(
                        "bij,bjk->bik",
                        "[[[12, 15], [13, 6]], [[22, 16], [18, 13]]]",
                        new int[] {2, 2, 3},
                        new int[] {2, 3, 2}),
                einsum(
                        "bij,kjb->bki",
                        "[[[12, 13], [-25, -29]], [[30, 21], [16, 13]]]",
                        new int[] {2, 2, 3},
                        new int[] {2, 3, 2}),
                einsum(
                        "...ij,...jk",
                        "[[[12, 15], [13, 6]], [[-30, 30], [-29, 21]]]",
                        new int[] {2, 2, 3},
                        new int[] {3, 2}),
                einsum(
                        "...ij,...jk->...ik",
                        "[[[[16, -9], [16, 0]], [[-7, 12], [-4, 24]], [[14, -11], [20, 4]]],"
                            + " [[[-28, 9], [-28, 18]], [[10, -30], [13, -18]], [[-29, 8], [-23,"
                            + " 23]]]]",
                        new int[] {2, 1, 2, 2},
                        new int[] {3, 2, 2}),
                einsum("i...,...i", "[4, 0, 14]", new int[] {2, 3}, new int[] {3, 2}),
                einsum("...,...", "[[4, 0, -4], [-12, 0, 12]]", new int[] {2, 1}, new int[] {3}),
                einsum("ij...,j...->...", "[-25, 18]", new int[] {2, 3, 2}, new int[] {3, 2}),
                einsum("i,...->...i", "[[4, -12], [0, 0], [-4, 12]]", new int[] {2}, new int[] {3}),
                einsum("i,i->i", "[4, 0, -4]", new int[] {1}, new int[] {3}),
                einsum("ij,ij", "8", new int[] {1, 3}, new int[] {2, 1}),
                einsum("i,i", "0", new int[] {0}, new int[] {1}),
                einsum("ij,", "[[4, -12, 16], [0, -16, 12]]", new int[] {2, 3}, new int[] {}),
                einsum(",->", "4", new int[] {}, new int[] {}),
                einsum(
                        "i,j,k->kij",
                        "[[[-16, 0], [48, 0]], [[12, 0], [-36, 0]]]",
                        new int[] {2},
                        new int[] {2},
                        new int[] {2}),
                einsum(
                        "ij,jk,kl->il",
                        "[[-63, 126], [-58, 75]]",
                        new int[] {2, 3},
                        new int[] {3, 2},
                        new int[] {2, 2}),
                einsum(
                        "ij,ij,ij->i",
                        "[0, -28]",
                        new int[] {2, 3},
                        new int[] {2, 3},
                        new int[] {2, 3}),
                einsum(
                        "ai,bi,ci->abc",
                        "[[[0], [-27]], [[12], [-6]]]",
                        new int[] {2, 3},
                        new int[] {2, 3},
                        new int[] {1, 3}),
                einsum(
                        "ij,kl,jl->ik",
                        "[[28, -97], [40, -130]]",
                        new int[] {2, 3},
                        new int[] {2, 2},
                        new int[] {3, 2}),
                einsum(
                        "ii,ij,jj->i",
                        "[-16, 0]",
                        new int[] {2, 2},
                        new int[] {2, 2},
                        new int[] {2, 2}),
                einsum("Ab,bA", "18", new int[] {2, 3}, new int[] {3, 2}),
                einsum(
                        "aA,Aa->Aa",
                        "[[4, 0], [12, -12], [-4, 18]]",
                        new int[] {2, 3},
                        new int[] {3, 2}),
                einsum("i->...i", "[1, -3, 4]", new int[] {3}),
                einsum("ij->i...j", "[[1, -3, 4], [0, -4, 3]]", new int[] {2, 3}),
                einsum("i,jk->j", "[-8, 2, -10]", new int[] {2}, new int[] {3, 2}),
                einsum(
                        "ij,k,k,jj->ik",
                        "[[256, 0], [320, 0]]",
                        new int[] {2, 3},
                        new int[] {2},
                        new int[] {2},
                        new int[] {3, 3}));
    }

    @Test
    void integersBecomeFloatingAsInMatmul() {
        Tensor i = Tensor.arange(3);
        assertEquals(DType.FLOAT32, Tensor.einsum("i,i", i, i).dtype());
        assertEquals(DType.FLOAT32, Tensor.einsum("i->i", i).dtype());
        assertEquals(DType.FLOAT64, Tensor.einsum("i,i", i, i.to(DType.FLOAT64)).dtype());
    }

    /** All products of two elements would be more than an array can hold. */
    @Test
    void whatIsSummedIsNotStored() {
        Tensor a = Tensor.ones(1300, 1300);
        Tensor product = Tensor.einsum("ik,jk->ji", a, a);
        assertEquals(Shape.of(1300, 1300), product.shape());
        assertEquals(1300, product.min().item());
    }

    @Test
    void leavesOperandsInPlaceWhereTheyFit() {
        Tensor a = Tensor.arange(0, 6, 1).reshape(2, 3);
        Tensor view = Tensor.einsum("ij->ji", a);
        assertEquals(a.view().buffer(), view.view().buffer());
        assertArrayEquals(a.t().toArray(), view.toArray());
    }

    private static DynamicTest illegal(String name, Executable code, String... fragments) {
        return dynamicTest(name, () -> Says.illegal(code, fragments));
    }

    @TestFactory
    Stream<DynamicTest> mistakes() {
        Tensor m = Tensor.ones(2, 3);
        Tensor n = Tensor.ones(4, 5);
        return Stream.of(
                illegal(
                        "sizes",
                        () -> Tensor.einsum("ij,jk->ik", m, n),
                        "einsum \"ij,jk->ik\": 'j' has size 3 in operand 0 (\"ij\" of shape [2, 3])"
                                + " and 4 in operand 1 (\"jk\" of shape [4, 5])"),
                illegal(
                        "diagonal",
                        () -> Tensor.einsum("ii", m),
                        "'i' has size 2 in operand 0 (\"ii\" of shape [2, 3]) and 3 there too"),
                illegal(
                        "a diagonal does not broadcast",
                        () -> Tensor.einsum("ii", Tensor.ones(1, 3)),
                        "'i' has size 1",
                        "and 3 there too"),
                illegal(
                        "sizes under ...",
                        () -> Tensor.einsum("...,...", m, n),
                        "axis -2 of \"...\" has size 2",
                        "and 4 in operand 1"),
                illegal(
                        "too few letters",
                        () -> Tensor.einsum("i", m),
                        "einsum \"i\": operand 0 (\"i\" of shape [2, 3]) names 1 axis, and the"
                                + " tensor has 2 axes; \"...\" stands for axes without a name"),
                illegal(
                        "too many letters",
                        () -> Tensor.einsum("j,ijk->k", Tensor.ones(3), m),
                        "operand 1 (\"ijk\" of shape [2, 3]) names 3 axes, and the tensor has 2"),
                illegal(
                        "too many letters beside ...",
                        () -> Tensor.einsum("ij...k", m),
                        "names 3 axes beside \"...\", and the tensor has 2 axes"),
                illegal(
                        "operands",
                        () -> Tensor.einsum("ij,jk->ik", m),
                        "names 2 operands (they are separated by commas), and 1 tensor was given"),
                illegal("no operands", () -> Tensor.einsum("ij"), "1 operand (", "0 tensors were"),
                illegal("no comma", () -> Tensor.einsum("ij", m, m), "1 operand ", "2 tensors"),
                illegal(
                        "unknown output",
                        () -> Tensor.einsum("ij->ik", m),
                        "einsum \"ij->ik\": the output has 'k', which no operand has"),
                illegal(
                        "output twice",
                        () -> Tensor.einsum("ij->ii", m),
                        "einsum \"ij->ii\": the output has 'i' twice"),
                illegal(
                        "output without ...",
                        () -> Tensor.einsum("...i->i", m),
                        "the output lacks the \"...\" of the operands, which is 1 axis here"),
                illegal("digit", () -> Tensor.einsum("i1", m), "operand 0, \"i1\", has a '1'"),
                illegal("two dots", () -> Tensor.einsum("i..", m), "has a '.'", "one \"...\""),
                illegal("... twice", () -> Tensor.einsum("...i...", m), "has a '.'"),
                illegal("dots apart", () -> Tensor.einsum("i. ..", m), "has a '.'"),
                illegal("no arrow", () -> Tensor.einsum("ij- >ij", m), "operand 0", "a '-'"),
                illegal("comma", () -> Tensor.einsum("ij->i,j", m), "the output, ", "a ','"),
                illegal("arrows", () -> Tensor.einsum("ij->ji->i", m), "the output, ", "a '-'"),
                illegal("umlaut", () -> Tensor.einsum("iä", m), "has a 'ä'", "(a-z, A-Z)"),
                illegal(
                        "elsewhere",
                        () -> Tensor.einsum("ij,jk", m, m.t().to("reference")),
                        "the tensors are on cpu and on reference"));
    }
}
