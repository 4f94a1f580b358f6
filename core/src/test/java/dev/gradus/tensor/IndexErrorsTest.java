package dev.gradus.tensor;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.shape.Says;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

import java.util.List;
import java.util.stream.Stream;

/** Every mistake with indices, masks and sorting: what the message says. */
class IndexErrorsTest {
    private static final Tensor M = Tensor.ones(2, 3);
    private static final Tensor V = Tensor.ones(3);
    private static final Tensor I = Tensor.of(new int[][] {{0, 2}, {1, 0}});
    private static final Tensor LABELS = Tensor.of(0, 2);
    private static final Tensor FLOATS = Tensor.of(0.0, 2.0);

    private static DynamicTest illegal(String name, Executable code, String... fragments) {
        return dynamicTest(name, () -> Says.illegal(code, fragments));
    }

    private static DynamicTest index(String name, Executable code, String... fragments) {
        return dynamicTest(
                name, () -> Says.error(IndexOutOfBoundsException.class, code, fragments));
    }

    @TestFactory
    Stream<DynamicTest> outOfRange() {
        Tensor large = Tensor.of(new int[][] {{0, 2}, {3, 0}});
        Tensor negative = Tensor.of(new int[][] {{0, -1}});
        String end = "; a tensor of indices does not count from the end";
        return Stream.of(
                index(
                        "gather",
                        () -> M.gather(-1, large),
                        "gather: index 3 at [1, 0] is out of range for axis 1 of shape [2, 3]",
                        "(0 to 2)"),
                index("gather, negative", () -> M.gather(1, negative), "index -1 at [0, 1]", end),
                index(
                        "scatterAdd",
                        () -> M.scatterAdd(0, I, M),
                        "scatterAdd: index 2 at [0, 1] is out of range for axis 0 of shape [2, 3]"),
                index(
                        "indexSelect",
                        () -> M.indexSelect(0, LABELS),
                        "indexSelect: index 2 at [1] is out of range for axis 0 of shape [2, 3]"),
                index(
                        "indexSelect, negative",
                        () -> M.indexSelect(1, Tensor.of(0, -3)),
                        "index -3 at [1]",
                        end),
                index(
                        "of nothing",
                        () -> Tensor.zeros(0).indexSelect(0, LABELS),
                        "index 0 at [0] is out of range for axis 0 of shape [0]"),
                index(
                        "oneHot",
                        () -> LABELS.oneHot(2),
                        "oneHot: index 2 at [1] is out of range for 2 classes (0 to 1)"),
                index("oneHot, negative", () -> negative.oneHot(2), "index -1 at [0, 1]", end));
    }

    @TestFactory
    Stream<DynamicTest> labelsThatAreFloats() {
        String hint = "the index must be INT32 (to(DType.INT32) converts it), not FLOAT32";
        return Stream.of(
                illegal("gather", () -> V.gather(0, FLOATS), "gather: " + hint),
                illegal("scatterAdd", () -> V.scatterAdd(0, FLOATS, V), "scatterAdd: " + hint),
                illegal("indexSelect", () -> V.indexSelect(0, FLOATS), "indexSelect: " + hint),
                illegal("oneHot", () -> FLOATS.oneHot(3), "oneHot: " + hint));
    }

    @TestFactory
    Stream<DynamicTest> shapesThatDoNotFit() {
        return Stream.of(
                illegal(
                        "gather of labels",
                        () -> M.gather(1, LABELS),
                        "gather: shape [2, 3] and an index of shape [2]",
                        "did you mean index.unsqueeze(1)?"),
                illegal(
                        "gather, too long",
                        () -> M.gather(1, Tensor.of(new int[][] {{0}, {0}, {0}})),
                        "gather: shape [2, 3] and an index of shape [3, 1]",
                        "none longer but axis 1"),
                illegal("scatterAdd", () -> M.scatterAdd(0, LABELS, M), "scatterAdd: shape [2, 3]"),
                illegal(
                        "scatterAdd of too little",
                        () -> M.scatterAdd(1, I, Tensor.ones(2, 1)),
                        "scatterAdd: an index of shape [2, 2] needs a source",
                        "not [2, 1]"),
                illegal(
                        "indexSelect",
                        () -> M.indexSelect(1, I),
                        "indexSelect: the index must be a vector, not of shape [2, 2]",
                        "gather(index)"),
                illegal(
                        "compress",
                        () -> M.compress(1, Tensor.ones(2)),
                        "compress: the mask must have shape [3], as axis 1 of shape [2, 3]",
                        "not [2]"),
                illegal("compress by all", () -> M.compress(0, M), "maskedSelect takes a mask"),
                illegal(
                        "maskedSelect",
                        () -> M.maskedSelect(Tensor.ones(2)),
                        "maskedSelect: shapes [2, 3] and [2]"),
                illegal(
                        "maskedFill",
                        () -> M.maskedFill(Tensor.ones(2), 0),
                        "maskedFill: shapes [2, 3] and [2]"));
    }

    @TestFactory
    Stream<DynamicTest> numbers() {
        return Stream.of(
                illegal("topk", () -> M.topk(4), "topk: k = 4", "0 to 3", "axis -1", "[2, 3]"),
                illegal("topk, negative", () -> M.topk(-1, 0, true), "topk: k = -1", "0 to 2"),
                illegal("sort", () -> M.sort(2), "sort: axis 2", "[2, 3]"),
                illegal("argsort", () -> M.argsort(-3), "argsort: axis -3", "[2, 3]"),
                illegal("a scalar", () -> Tensor.scalar(1).topk(1), "topk: axis -1", "no axes"),
                illegal("no class", () -> LABELS.oneHot(0), "oneHot: 0 classes; at least one"),
                illegal(
                        "maskedFill",
                        () -> LABELS.maskedFill(LABELS, 0.5),
                        "maskedFill: 0.5 is not an INT32",
                        "to(DType.FLOAT32)"),
                illegal(
                        "maskedFill, infinity",
                        () -> LABELS.maskedFill(LABELS, Double.NEGATIVE_INFINITY),
                        "maskedFill: -Infinity"));
    }

    @TestFactory
    Stream<DynamicTest> elsewhere() {
        Tensor m = M.to("reference");
        Tensor i = I.to("reference");
        List<Executable> mixed =
                List.of(
                        () -> M.gather(1, i),
                        () -> M.scatterAdd(1, i, M),
                        () -> M.scatterAdd(1, I, m),
                        () -> V.indexSelect(0, LABELS.to("reference")),
                        () -> V.compress(0, V.to("reference")),
                        () -> M.maskedSelect(m),
                        () -> M.maskedFill(m, 0));
        return mixed.stream()
                .map(code -> illegal("mixed", code, "the tensors are on cpu and on reference"));
    }

    @TestFactory
    @SuppressWarnings("NullAway") // a user without NullAway is who makes this mistake
    Stream<DynamicTest> nothing() {
        Tensor none = null;
        List<Executable> codes =
                List.of(
                        () -> M.gather(1, none),
                        () -> M.scatterAdd(1, none, M),
                        () -> M.scatterAdd(1, I, none),
                        () -> M.indexSelect(0, none),
                        () -> M.compress(0, none),
                        () -> M.maskedSelect(none),
                        () -> M.maskedFill(none, 0));
        return codes.stream()
                .map(code ->
                        dynamicTest(
                                "null",
                                () -> Says.error(NullPointerException.class, code, " is null")));
    }
}
