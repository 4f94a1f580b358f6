package dev.gradus.examples.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.List;

/**
 * The lessons about arrays show what NumPy 2.4 gives. The answers are its own: the lesson's lines
 * in Python, in float32 where the lesson is, and {@code tolist()}; strides divided by the item
 * size.
 */
class ArrayLessonsTest {
    @TestFactory
    List<DynamicTest> arrays() {
        return Shown.by(new MakingArrays())
                .facts(
                        "vector", "[1, 2, 3]",
                        "matrix", "[[1.5, 2, 3], [4, 5, 6]]",
                        "cube", "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]",
                        "matrix.ndim()", "2",
                        "matrix.shape()", "[2, 3]",
                        "matrix.size()", "6",
                        "matrix.dtype().itemSize()", "4",
                        "cube.shape()", "[2, 2, 2]",
                        "Tensor.zeros(2, 3)", "[[0, 0, 0], [0, 0, 0]]",
                        "Tensor.ones(3)", "[1, 1, 1]",
                        "Tensor.full(7, 2, 2)", "[[7, 7], [7, 7]]",
                        "Tensor.eye(3)", "[[1, 0, 0], [0, 1, 0], [0, 0, 1]]",
                        "matrix.zerosLike()", "[[0, 0, 0], [0, 0, 0]]",
                        "Tensor.arange(6)", "[0, 1, 2, 3, 4, 5]",
                        "Tensor.arange(1, 2, 0.25)", "[1.0, 1.25, 1.5, 1.75]",
                        "Tensor.linspace(0, 1, 5)", "[0.0, 0.25, 0.5, 0.75, 1.0]",
                        "next.eq(first)", "[[0, 0, 0], [0, 0, 0]]",
                        "again.eq(first)", "[[1, 1, 1], [1, 1, 1]]",
                        "matrix.to(DType.INT32)", "[[1, 2, 3], [4, 5, 6]]",
                        "vector.to(DType.FLOAT64).div(3)", "[0.33333333, 0.66666667, 1]",
                        "matrix.at(1, 2)", "6",
                        "matrix.toArray().length", "6",
                        "matrix.toArray2d()[0][0]", "1.5",
                        "matrix.sum().item()", "21.5");
    }

    @Test
    void arraysPrintAsNumPyPrintsThem() {
        Shown shown = Shown.by(new MakingArrays());
        assertEquals("[[1.5 2.  3. ]\n [4.  5.  6. ]]", shown.value("matrix"));
        assertEquals("[[[1. 2.]\n  [3. 4.]]\n\n [[5. 6.]\n  [7. 8.]]]", shown.value("cube"));
        assertEquals("[1 2 3]", shown.value("vector"));
    }

    @Test
    void randomNumbersAreWhatTheyAreSaidToBe() {
        Shown shown = Shown.by(new MakingArrays());
        for (double x : shown.numbers("first")) {
            assertTrue(x >= 0 && x < 1, "" + x);
        }
        // A thousand of them: within four standard errors, 1/√1000 and √2/√1000.
        assertEquals(0, shown.numbers("normal.mean()")[0], 4 / Math.sqrt(1000));
        assertEquals(1, shown.numbers("normal.square().mean()")[0], 4 * Math.sqrt(2e-3));
    }

    @TestFactory
    List<DynamicTest> elementwise() {
        return Shown.by(new ElementByElement())
                .facts(
                        "a.add(b)", "[11, 22, 33, 44]",
                        "b.sub(a)", "[9, 18, 27, 36]",
                        "a.mul(b)", "[10, 40, 90, 160]",
                        "b.div(a)", "[10, 10, 10, 10]",
                        "a.pow(b.div(10))", "[1, 4, 27, 256]",
                        "a.add(100)", "[101, 102, 103, 104]",
                        "a.mul(2).sub(1)", "[1, 3, 5, 7]",
                        "a.pow(2)", "[1, 4, 9, 16]",
                        "a.neg()", "[-1, -2, -3, -4]",
                        "a.sqrt()", "[1, 1.4142135381698608, 1.7320507764816284, 2]",
                        "a.exp()",
                                "[2.7182819843292236, 7.3890557289123535, 20.08553695678711,"
                                        + " 54.598148345947266]",
                        "a.log()",
                                "[0, 0.6931471824645996, 1.0986123085021973, 1.3862943649291992]",
                        "x.abs()", "[2, 0.5, 0, 0.5, 2]",
                        "x.tanh()",
                                "[-0.9640275835990906, -0.46211719512939453, 0,"
                                        + " 0.46211719512939453, 0.9640275835990906]",
                        "x.sqrt()", "[nan, nan, 0, 0.7071067690849304, 1.4142135381698608]",
                        "a.sub(1).reciprocal()", "[inf, 1, 0.5, 0.3333333432674408]",
                        "x.gt(0)", "[0, 0, 0, 1, 1]",
                        "x.eq(x.abs())", "[0, 0, 1, 1, 1]",
                        "x.gt(0).sum()", "2",
                        "x.gt(-1).logicalAnd(x.lt(1))", "[0, 1, 1, 1, 0]",
                        "x.lt(-1).logicalOr(x.gt(1))", "[1, 0, 0, 0, 1]",
                        "x.gt(0).logicalNot()", "[1, 1, 1, 0, 0]",
                        "Tensor.where(x.gt(0), x, x.mul(0.1))", "[-0.2, -0.05, 0, 0.5, 2]",
                        "x.clip(-1, 1)", "[-1, -0.5, 0, 0.5, 1]",
                        "a.maximum(b.div(15))", "[1, 2, 3, 4]",
                        "a.minimum(Tensor.scalar(2.5))", "[1, 2, 2.5, 2.5]",
                        "n.mul(n)", "[49, 64, 81]",
                        "n.div(Tensor.of(2, 2, 2))", "[3.5, 4, 4.5]",
                        "n.add(0.5)", "[7.5, 8.5, 9.5]");
    }

    @TestFactory
    List<DynamicTest> indexing() {
        return Shown.by(new Indexing())
                .facts(
                        "v", "[0, 10, 20, 30, 40, 50, 60, 70, 80, 90]",
                        "v.at(3)", "30",
                        "v.get(3)", "30",
                        "v.at(-1)", "90",
                        "v.slice(\"2:5\")", "[20, 30, 40]",
                        "v.slice(\":3\")", "[0, 10, 20]",
                        "v.slice(\"-3:\")", "[70, 80, 90]",
                        "v.slice(\"1:8:3\")", "[10, 40, 70]",
                        "v.slice(\"::-1\")", "[90, 80, 70, 60, 50, 40, 30, 20, 10, 0]",
                        "m", "[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]",
                        "m.at(1, -1)", "7",
                        "m.get(1)", "[4, 5, 6, 7]",
                        "m.slice(\":, 2\")", "[2, 6, 10]",
                        "m.slice(\":, 2:3\")", "[[2], [6], [10]]",
                        "m.slice(\"1:, :2\")", "[[4, 5], [8, 9]]",
                        "m.slice(\"::2, ::-1\")", "[[3, 2, 1, 0], [11, 10, 9, 8]]",
                        "m.slice(Slice.from(1), Slice.to(2))", "[[4, 5], [8, 9]]",
                        "cube.slice(\"..., 0\")", "[[0, 4, 8], [12, 16, 20]]",
                        "m.gather(Tensor.of(2, 0, 2))",
                                "[[8, 9, 10, 11], [0, 1, 2, 3], [8, 9, 10, 11]]",
                        "m.indexSelect(1, Tensor.of(1, 3))", "[[1, 3], [5, 7], [9, 11]]",
                        "mask", "[0, 1, 1]",
                        "m.compress(0, mask)", "[[4, 5, 6, 7], [8, 9, 10, 11]]",
                        "m.maskedSelect(m.gt(6))", "[7, 8, 9, 10, 11]",
                        "m.maskedFill(m.gt(6), -1)",
                                "[[0, 1, 2, 3], [4, 5, 6, -1], [-1, -1, -1, -1]]",
                        "m.gt(8).nonzero()", "[[2, 1], [2, 2], [2, 3]]",
                        "marks.sort(0).values()", "[1, 2.5, 3.5, 5]",
                        "marks.argsort(0)", "[1, 2, 0, 3]",
                        "marks.topk(2).indices()", "[3, 0]");
    }

    @TestFactory
    List<DynamicTest> broadcasting() {
        return Shown.by(new Broadcasting())
                .facts(
                        "matrix.add(row)", "[[11, 22, 33], [14, 25, 36]]",
                        "matrix.add(column)", "[[101, 102, 103], [204, 205, 206]]",
                        "row.add(column)", "[[110, 120, 130], [210, 220, 230]]",
                        "matrix.mean(1).shape()", "[2]",
                        "matrix.mean(1, true).shape()", "[2, 1]",
                        "matrix.sub(matrix.mean(1, true))", "[[-1, 0, 1], [-1, 0, 1]]",
                        "lengths", "[[5], [13], [17]]",
                        "embeddings.div(lengths)",
                                "[[0.6, 0.8], [0.38461538, 0.92307692], [0.47058824, 0.88235294]]");
    }

    @TestFactory
    List<DynamicTest> reductions() {
        return Shown.by(new Reductions())
                .facts(
                        "m.sum()", "24",
                        "m.mean()", "4",
                        "m.max()", "9",
                        "m.min()", "1",
                        "m.sum(0)", "[5, 7, 12]",
                        "m.sum(1)", "[9, 15]",
                        "m.max(-1)", "[5, 9]",
                        "m.mean(0)", "[2.5, 3.5, 6]",
                        "m.sum(1, true)", "[[9], [15]]",
                        "m.div(m.sum(1, true))",
                                "[[0.1111111119389534, 0.5555555820465088, 0.3333333432674408],"
                                        + " [0.2666666805744171, 0.13333334028720856,"
                                        + " 0.6000000238418579]]",
                        "cube.sum(0, 2)", "[60, 92, 124]",
                        "cube.sum(0).shape()", "[3, 4]",
                        "cube.max(-2, -1)", "[11, 23]",
                        "variance", "[[3.5], [2], [100]]",
                        "normalised",
                                "[[-1.0690449676, -0.5345224838, 0, 1.6035674514],"
                                        + " [-1.4142135624, 0, 0, 1.4142135624], [-1, -1, 1, 1]]",
                        "normalised.square().mean(1)", "[1, 1, 1]");
    }

    @TestFactory
    List<DynamicTest> reshape() {
        return Shown.by(new Reshaping())
                .facts(
                        "m", "[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]",
                        "v.reshape(2, -1).shape()", "[2, 6]",
                        "v.reshape(2, 3, 2)",
                                "[[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]",
                        "m.flatten()", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]",
                        "m.t()", "[[0, 4, 8], [1, 5, 9], [2, 6, 10], [3, 7, 11]]",
                        "m.reshape(4, 3)", "[[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]",
                        "m.layout().strides()", "[4, 1]",
                        "m.layout().position(2, 1)", "9",
                        "m.t().layout().strides()", "[1, 4]",
                        "m.slice(\"1:, ::2\").layout().strides()", "[4, 2]",
                        "m.slice(\"1:, ::2\").layout().offset()", "4",
                        "v.slice(\":4\").expand(3, 4).layout().strides()", "[0, 1]",
                        "m.t().flatten()", "[0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]",
                        "images.permute(0, 3, 1, 2).shape()", "[8, 3, 28, 20]",
                        "images.transpose(1, 2).shape()", "[8, 20, 28, 3]",
                        "images.reshape(8, -1).shape()", "[8, 1680]",
                        "v.unsqueeze(0).shape()", "[1, 12]",
                        "v.unsqueeze(-1).shape()", "[12, 1]",
                        "v.unsqueeze(0).squeeze(0).shape()", "[12]",
                        "Tensor.concat(0, m, m).shape()", "[6, 4]",
                        "Tensor.stack(0, m, m).shape()", "[2, 3, 4]",
                        "m.flip(0)", "[[8, 9, 10, 11], [4, 5, 6, 7], [0, 1, 2, 3]]",
                        "m.repeat(2, 1).shape()", "[6, 4]",
                        "m.split(2, 1).get(1)", "[[2, 3], [6, 7], [10, 11]]");
    }

    @Test
    void aTransposeIsNotContiguous() {
        // m.T.flags['C_CONTIGUOUS']
        assertEquals("false", Shown.by(new Reshaping()).value("m.t().layout().isContiguous()"));
    }

    @TestFactory
    List<DynamicTest> linearAlgebra() {
        return Shown.by(new LinearAlgebra())
                .facts(
                        "u.dot(w)", "12",
                        "u.mul(w).sum()", "12",
                        "a.matmul(b)", "[[7, 8], [16, 17]]",
                        "b.matmul(a)", "[[1, 2, 3], [4, 5, 6], [10, 14, 18]]",
                        "a.matmul(u)", "[14, 32]",
                        "a.matmul(Tensor.eye(3))", "[[1, 2, 3], [4, 5, 6]]",
                        "a.matmul(b).t()", "[[7, 16], [8, 17]]",
                        "b.t().matmul(a.t())", "[[7, 16], [8, 17]]",
                        "batch.matmul(b).shape()", "[5, 2, 2]",
                        "batch.matmul(b).get(4)", "[[76, 77], [85, 86]]",
                        "Tensor.of(1, 1).dot(Tensor.of(1, -1))", "0",
                        "q.t().matmul(q)", "[[1, 0], [0, 1]]",
                        "a.matmul(b).trace()", "24",
                        "u.outer(w)", "[[4, -5, 6], [8, -10, 12], [12, -15, 18]]",
                        "w.abs().sum()", "15",
                        "w.square().sum().sqrt()", "8.774964387392123",
                        "a.square().sum(1).sqrt()", "[3.7416573867739413, 8.774964387392123]",
                        "u.sub(w).square().sum().sqrt()", "8.18535277187245",
                        "Functional.cosineSimilarity(u, w, 0)", "0.3654869423239036",
                        "Functional.cosineSimilarity(u, u.mul(5), 0)", "1",
                        "nearest", "[2, 0]",
                        "table.gather(nearest)", "[[4, 2], [0, 0]]",
                        "Functional.pairwiseDistance(table.gather(nearest), points)",
                                "[1.4142135623730951, 0.5]");
    }

    /** Both ways give the same, whatever the time; that there is a time is all one can test. */
    @Test
    void loopsAndVectorisedCodeAgree() {
        Shown shown = Shown.by(new Vectorisation());
        assertEquals(
                0,
                shown.numbers("the largest difference in the distance of two vectors of 10,000")[0],
                1e-3);
        assertEquals(
                0,
                shown.numbers(
                                "the largest difference in the outputs of a layer, 256 examples,"
                                        + " 256 inputs, 256 outputs")[0],
                1e-3);
        assertEquals(
                0,
                shown.numbers("the largest difference in the softmax of 256 rows of 1000")[0],
                1e-6);
    }

    /**
     * The lines that are right (the losses by PyTorch 1.13); what is said about the others,
     * StudentErrorsTest knows.
     */
    @TestFactory
    List<DynamicTest> mistakes() {
        return Shown.by(new Mistakes())
                .facts(
                        "x.matmul(x.t())", "[[14, 32], [32, 77]]",
                        "x.div(x.sum(1, true))",
                                "[[0.16666667, 0.33333333, 0.5], [0.26666667, 0.33333333, 0.4]]",
                        "x.mean(1)", "[2, 5]",
                        "x.get(1)", "[4, 5, 6]",
                        "x.slice(\":, 0:2\")", "[[1, 2], [4, 5]]",
                        "x.reshape(-1, 2)", "[[1, 2], [3, 4], [5, 6]]",
                        "Losses.mse(prediction, target.unsqueeze(-1))", "1",
                        "Losses.crossEntropy(x, Tensor.of(2, 0))", "1.4076058864593506",
                        "tape.gradients(y.sum()).of(layer.bias())", "[2]",
                        "kept.sum()", "91");
    }

    @Test
    void aMistakeIsShownWithWhatIsSaidAboutIt() {
        String said = Shown.by(new Mistakes()).value("x.div(x.sum(1))").replace("\n", " ");
        assertTrue(said.startsWith("div: shapes [2, 3] and [2] do not broadcast"), said);
        assertTrue(said.endsWith("unsqueeze(-1) it, or reduce with keepDims"), said);
    }
}
