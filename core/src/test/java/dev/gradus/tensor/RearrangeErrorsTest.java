package dev.gradus.tensor;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.shape.Says;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

import java.util.stream.Stream;

/** Every mistake with operations composed of movement, and with distances: what is said. */
class RearrangeErrorsTest {
    private static final Tensor M = Tensor.ones(2, 3);
    private static final Tensor V = Tensor.ones(3);
    private static final Tensor NUMBER = Tensor.scalar(1);
    private static final Tensor LARGE = NUMBER.expand(1 << 16, 2);

    private static DynamicTest illegal(String name, Executable code, String... fragments) {
        return dynamicTest(name, () -> Says.illegal(code, fragments));
    }

    @TestFactory
    Stream<DynamicTest> movement() {
        return Stream.of(
                illegal("flatten", () -> M.flatten(0, 2), "flatten: axis 2", "[2, 3]", "-2 to 1"),
                illegal(
                        "flatten backwards",
                        () -> M.flatten(1, 0),
                        "flatten: axis 1 is behind axis 0, shape [2, 3]"),
                illegal("movedim from", () -> M.movedim(2, 0), "movedim: axis 2", "[2, 3]"),
                illegal("movedim to", () -> M.movedim(0, -3), "movedim: axis -3", "[2, 3]"),
                illegal("flip", () -> M.flip(2), "flip: axis 2", "[2, 3]"),
                illegal("flip twice", () -> M.flip(1, -1), "flip: axis -1 is named twice"),
                illegal("roll", () -> M.roll(1, 2), "roll: axis 2", "[2, 3]"),
                illegal(
                        "repeat",
                        () -> M.repeat(2),
                        "repeat: [2] must have a number for each axis of shape [2, 3]; tile"),
                illegal("repeat, less", () -> M.repeat(2, -1), "repeat: cannot repeat -1 times"),
                illegal("tile, less", () -> M.tile(-1), "tile: cannot repeat -1 times"),
                illegal(
                        "repeat too often",
                        () -> LARGE.repeat(1 << 16, 1),
                        "repeat: an axis of 65536 elements 65536 times, shape [65536, 2]",
                        "more than an array can hold"),
                illegal(
                        "repeatInterleave",
                        () -> M.repeatInterleave(2, 2),
                        "repeatInterleave: axis 2",
                        "[2, 3]"),
                illegal(
                        "repeatInterleave, less",
                        () -> M.repeatInterleave(-2, 0),
                        "repeatInterleave: cannot repeat -2 times"),
                illegal(
                        "repeatInterleave too often",
                        () -> LARGE.repeatInterleave(1 << 16, 0),
                        "repeatInterleave: an axis of 65536 elements 65536 times"),
                illegal(
                        "meshgrid",
                        () -> Tensor.meshgrid(V, M),
                        "meshgrid: tensor 1, shape [2, 3], is no vector"));
    }

    @TestFactory
    Stream<DynamicTest> borders() {
        Tensor ids = Tensor.arange(3);
        return Stream.of(
                illegal(
                        "odd",
                        () -> M.pad(0, 1),
                        "pad: [1] must have two numbers an axis, for the last axis first",
                        "[2, 3]"),
                illegal("too many", () -> V.pad(0, 1, 1, 1, 1), "pad: [1, 1, 1, 1]", "[3]"),
                illegal(
                        "cut off too much",
                        () -> M.pad(0, 0, 0, -2, -1),
                        "pad: axis 0 of shape [2, 3] with -2 and -1 would have size -1"),
                illegal(
                        "too large",
                        () -> V.pad(0, Integer.MAX_VALUE, 0),
                        "pad: axis 0 of shape [3]",
                        "size 2147483650"),
                illegal(
                        "fraction",
                        () -> ids.pad(0.5, 1, 1),
                        "pad: 0.5 is no INT32; to(DType.FLOAT32)"),
                illegal("NaN", () -> ids.pad(Double.NaN, 1, 1), "pad: NaN is no INT32"));
    }

    @TestFactory
    Stream<DynamicTest> parts() {
        return Stream.of(
                illegal("split", () -> M.split(1, 2), "split: axis 2", "[2, 3]"),
                illegal(
                        "split into nothing",
                        () -> M.split(0, 1),
                        "split: parts of size 0 do not use up axis 1 of shape [2, 3]"),
                illegal("split, negative", () -> M.split(-1, 1), "parts of size -1"),
                illegal(
                        "sizes",
                        () -> M.split(new int[] {1, 1}, 1),
                        "split: the sizes [1, 1] must add up to axis 1 of shape [2, 3]"),
                illegal("negative", () -> M.split(new int[] {4, -1}, 1), "sizes [4, -1]"),
                illegal("sizes, axis", () -> M.split(new int[] {3}, 2), "split: axis 2"),
                illegal("chunk", () -> M.chunk(0, 1), "chunk: 0 chunks of shape [2, 3]"),
                illegal("chunk, axis", () -> NUMBER.chunk(1, 0), "chunk: axis 0", "scalar"));
    }

    @TestFactory
    Stream<DynamicTest> diagonals() {
        Tensor cube = Tensor.ones(2, 2, 2);
        return Stream.of(
                illegal("diag", () -> cube.diag(), "diag: shape [2, 2, 2] is neither a vector"),
                illegal("diag of a number", () -> NUMBER.diag(1), "diag: shape []"),
                illegal(
                        "diag too far",
                        () -> V.diag(Integer.MIN_VALUE),
                        "diag: 3 elements on diagonal -2147483648 fit into no matrix"),
                illegal(
                        "trace",
                        () -> cube.trace(),
                        "trace: shape [2, 2, 2] is not a matrix",
                        "einsum(\"...ii->...\", x)"),
                illegal("tril", () -> V.tril(), "tril: shape [3] has no rows and columns"),
                illegal("triu", () -> V.triu(1), "triu: shape [3] has no rows and columns"),
                illegal("outer", () -> M.outer(V), "outer: shapes [2, 3] and [3]", "two vectors"));
    }

    @TestFactory
    Stream<DynamicTest> distances() {
        String table = "must be [n, d], n at least 1, and [.., d]";
        return Stream.of(
                illegal(
                        "cosine",
                        () -> Functional.cosineSimilarity(M, Tensor.ones(2), 1),
                        "cosineSimilarity: shapes [2, 3] and [2]"),
                illegal(
                        "cosine, axis",
                        () -> Functional.cosineSimilarity(M, V, 2),
                        "cosineSimilarity: axis 2",
                        "[2, 3]"),
                illegal(
                        "distance",
                        () -> Functional.pairwiseDistance(M, Tensor.ones(2)),
                        "pairwiseDistance: shapes [2, 3] and [2]"),
                illegal(
                        "distance of numbers",
                        () -> Functional.pairwiseDistance(V, NUMBER),
                        "pairwiseDistance: shapes [3] and [] must be [.., d]"),
                illegal(
                        "nearest",
                        () -> Functional.findNearest(M, Tensor.ones(2)),
                        "findNearest: a table [2, 3] and queries [2] " + table),
                illegal(
                        "nearest in a vector",
                        () -> Functional.findNearest(V, V),
                        "a table [3] and queries [3] " + table),
                illegal(
                        "nearest of none",
                        () -> Functional.findNearest(Tensor.zeros(0, 3), V),
                        "a table [0, 3]"),
                illegal(
                        "nearest to a number",
                        () -> Functional.findNearest(M, NUMBER),
                        "queries []"),
                illegal(
                        "elsewhere",
                        () -> Functional.findNearest(M, V.to("reference")),
                        "findNearest: the tensors are on reference and on cpu"));
    }
}
