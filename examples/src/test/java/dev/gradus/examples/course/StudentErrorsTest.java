package dev.gradus.examples.course;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Tape;
import dev.gradus.nn.BatchNorm;
import dev.gradus.nn.Embedding;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.Sequential;
import dev.gradus.optim.Sgd;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

import java.util.List;
import java.util.stream.Stream;

/**
 * The mistakes that students of a course make, one a row: the message names the operation, the
 * shapes, and what to do instead. The file is long, since it is one table.
 */
class StudentErrorsTest {
    private static final Tensor M = Tensor.ones(2, 3);
    private static final Tensor V = Tensor.ones(3);
    private static final Tensor LOGITS = Tensor.ones(32, 10);

    /** A mistake, and what its message must say: where, of which shapes, and a hint. */
    private record Mistake(String name, Executable code, List<String> says) {}

    private static Mistake mistake(String name, Executable code, String... says) {
        return new Mistake(name, code, List.of(says));
    }

    private static Stream<DynamicTest> tests(Mistake... mistakes) {
        return Stream.of(mistakes).map(m -> dynamicTest(m.name, () -> check(m)));
    }

    private static void check(Mistake mistake) {
        RuntimeException error;
        try {
            error = assertThrows(RuntimeException.class, mistake.code);
        } finally {
            closeTapes();
        }
        String message = String.valueOf(error.getMessage());
        for (String part : mistake.says) {
            assertTrue(message.contains(part), () -> message + "\nlacks: " + part);
        }
    }

    /** Mistakes with tapes leave them open. */
    @AfterEach
    void after() {
        closeTapes();
    }

    private static void closeTapes() {
        for (Tape tape = Tape.current(); tape != null; tape = Tape.current()) {
            tape.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> shapesThatDoNotMeet() {
        Tensor batch = Tensor.ones(4, 2, 3);
        return tests(
                mistake(
                        "missing transpose, right",
                        () -> M.matmul(M),
                        "matmul: shapes [2, 3] and [2, 3]",
                        "did you mean matmul(other.transpose(-1, -2))?"),
                mistake(
                        "missing transpose, left",
                        () -> M.matmul(Tensor.ones(2, 4)),
                        "matmul: shapes [2, 3] and [2, 4]",
                        "did you mean transpose(-1, -2).matmul(other)?"),
                mistake(
                        "mul for matmul",
                        () -> M.mul(Tensor.ones(3, 4)),
                        "mul: shapes [2, 3] and [3, 4]",
                        "matmul is the product of matrices"),
                mistake(
                        "matmul with a scalar",
                        () -> M.matmul(Tensor.scalar(2)),
                        "matmul: shapes [2, 3] and []",
                        "use mul"),
                mistake(
                        "dot of matrices",
                        () -> M.dot(M),
                        "dot: shapes [2, 3] and [2, 3]",
                        "matmul multiplies matrices"),
                mistake(
                        "forgotten keepDims",
                        () -> M.div(M.sum(1)),
                        "div: shapes [2, 3] and [2]",
                        "axis -1 has sizes 3 and 2",
                        "to use [2] as a column, unsqueeze(-1) it, or reduce with keepDims"),
                mistake(
                        "forgotten keepDims in a batch",
                        () -> batch.sub(batch.mean(1)),
                        "sub: shapes [4, 2, 3] and [4, 3]",
                        "axis -2 has sizes 2 and 4",
                        "to use [4, 3], unsqueeze(-2) it, or reduce with keepDims"),
                mistake(
                        "a matrix the wrong way round",
                        () -> M.add(Tensor.ones(3, 2)),
                        "add: shapes [2, 3] and [3, 2]",
                        "one of them may want t()"),
                mistake(
                        "transpose of a vector",
                        () -> V.t(),
                        "t: shape [3]",
                        "unsqueeze(-1) makes a vector a column"),
                mistake(
                        "reshape for another batch",
                        () -> Tensor.ones(32, 28, 28).reshape(64, 784),
                        "reshape: shape [32, 28, 28] has 25088 elements",
                        "[64, 784] needs 50176",
                        "[-1, 784], it takes what is there: 32"),
                mistake(
                        "reshape that does not divide",
                        () -> M.reshape(4, -1),
                        "reshape: shape [2, 3] with 6 elements does not divide into [4, -1]"),
                mistake(
                        "concat along the other axis",
                        () -> Tensor.concat(0, M, Tensor.ones(2, 4)),
                        "concat: shapes [2, 3] and [2, 4]",
                        "every axis but 0",
                        "along axis 1 they could be joined"),
                mistake(
                        "concat of a row",
                        () -> Tensor.concat(0, M, V),
                        "concat: shapes [2, 3] and [3]",
                        "unsqueeze gives [3] one more axis"),
                mistake(
                        "stack of different shapes",
                        () -> Tensor.stack(0, M, Tensor.ones(2, 4)),
                        "stack: shapes [2, 3] and [2, 4]",
                        "concat joins along one that is there"),
                mistake(
                        "expand of an axis that is there",
                        () -> M.expand(4, 3),
                        "expand: shape [2, 3]",
                        "[4, 3]",
                        "only size 1 stretches"),
                mistake(
                        "squeeze of an axis that is needed",
                        () -> M.squeeze(0),
                        "squeeze: axis 0 of shape [2, 3]",
                        "choose from it (slice) or reduce it"));
    }

    @TestFactory
    Stream<DynamicTest> axesAndPositions() {
        return tests(
                mistake("wrong axis", () -> M.sum(2), "sum: axis 2", "shape [2, 3]", "use -2 to 1"),
                mistake(
                        "softmax over an axis that is not there",
                        () -> LOGITS.softmax(2),
                        "softmax: axis 2",
                        "[32, 10]",
                        "use -2 to 1"),
                mistake(
                        "an axis twice",
                        () -> M.mean(1, -1),
                        "mean",
                        "axis -1 is named twice",
                        "[2, 3]"),
                mistake(
                        "at() with too few indices",
                        () -> M.at(1),
                        "at: 1 index for shape [2, 3]",
                        "get(i) and slice"),
                mistake(
                        "at() past the end",
                        () -> M.at(1, 3),
                        "at: index 3",
                        "axis 1 of shape [2, 3]",
                        "use -3 to 2"),
                mistake(
                        "a row past the end",
                        () -> M.get(2),
                        "slice: index 2",
                        "axis 0 of shape [2, 3]",
                        "use -2 to 1"),
                mistake(
                        "item() of many",
                        () -> M.item(),
                        "item: shape [2, 3]",
                        "reduce it first, or use at(…) or toArray()"),
                mistake(
                        "toArray2d() of a vector",
                        () -> V.toArray2d(),
                        "toArray2d: shape [3]",
                        "use toArray()"),
                mistake(
                        "float index",
                        () -> M.gather(Tensor.of(0.0, 1.0)),
                        "gather: the index must be INT32",
                        "FLOAT32",
                        "to(DType.INT32) converts it"),
                mistake(
                        "rows counted from 1",
                        () -> M.gather(Tensor.of(1, 2)),
                        "gather: index 2 (number 1) is not a row of [2, 3]",
                        "rows count from 0, and there are 2"),
                mistake(
                        "slice with a dash",
                        () -> V.slice("0-2"),
                        "slice: \"0-2\"",
                        "start:stop:step",
                        "as in \"1:4, ::2, -1\""),
                mistake(
                        "slice with brackets",
                        () -> M.slice("[0, 1]"),
                        "slice: \"[0\" in \"[0, 1]\"",
                        "as in \"1:4, ::2, -1\""),
                mistake(
                        "slice with a new axis",
                        () -> V.slice("None, :"),
                        "slice: \"None\"",
                        "unsqueeze makes a new axis"),
                mistake(
                        "slice of too many axes",
                        () -> V.slice(":, 0"),
                        "slice: 2 entries for shape [3]",
                        "which has 1 axis"));
    }

    @TestFactory
    Stream<DynamicTest> numbersThatAreNotThere() {
        return tests(
                mistake(
                        "ragged rows",
                        () -> Tensor.of(new double[][] {{1, 2}, {3}}),
                        "Tensor.of",
                        "ragged",
                        "the one at [1] has length 1",
                        "must be equally long"),
                mistake(
                        "fractions as ints",
                        () -> Tensor.of(new double[] {0.5}, DType.INT32),
                        "Tensor.of: double[]",
                        "INT32",
                        "convert it with to(INT32)"),
                mistake(
                        "largest of nothing",
                        () -> Tensor.zeros(0, 3).max(),
                        "max: shape [0, 3]",
                        "no elements"),
                mistake(
                        "loss of nothing",
                        () -> Losses.mse(Tensor.zeros(0, 1), Tensor.zeros(0, 1)),
                        "mse: shape [0, 1]",
                        "no elements to take a mean of"));
    }

    @TestFactory
    Stream<DynamicTest> lossesAndLabels() {
        Tensor floats = Tensor.zeros(32);
        return tests(
                mistake(
                        "a column against a row",
                        () -> Losses.mse(Tensor.ones(4, 1), Tensor.ones(4)),
                        "mse: the prediction has shape [4, 1] and the target [4]",
                        "target.reshape(prediction.shape())"),
                mistake(
                        "integer labels given as floats",
                        () -> Losses.crossEntropy(LOGITS, floats),
                        "crossEntropy: logits of shape [32, 10]",
                        "FLOAT32 and shape [32]",
                        "target.to(DType.INT32) makes them so"),
                mistake(
                        "one-hot labels given as ints",
                        () -> Losses.crossEntropy(LOGITS, LOGITS.to(DType.INT32)),
                        "INT32 and shape [32, 10]",
                        "target.to(DType.FLOAT32) makes them so"),
                mistake(
                        "labels in a column",
                        () -> Losses.crossEntropy(LOGITS, floats.to(DType.INT32).unsqueeze(-1)),
                        "INT32 and shape [32, 1]",
                        "one class a row is target.squeeze(-1)"),
                mistake(
                        "float labels in a column",
                        () -> Losses.crossEntropy(LOGITS, floats.unsqueeze(-1)),
                        "FLOAT32 and shape [32, 1]",
                        "target.squeeze(-1).to(DType.INT32)"),
                mistake(
                        "labels of another batch",
                        () -> Losses.crossEntropy(LOGITS, Tensor.arange(10)),
                        "logits of shape [32, 10]",
                        "there are 32 rows and 10 labels"),
                mistake(
                        "labels counted from 1",
                        () -> Losses.crossEntropy(M, Tensor.of(1, 3)),
                        "crossEntropy: label 3 at [1]",
                        "3 classes 0 … 2",
                        "classes count from 0"));
    }

    @TestFactory
    Stream<DynamicTest> layers() {
        return tests(
                mistake(
                        "pictures that were not flattened",
                        () -> new Linear(784, 10).apply(Tensor.ones(32, 28, 28)),
                        "Linear(784, 10): input of shape [32, 28, 28]",
                        "reshape(-1, 784) flattens the axes from 1 on"),
                mistake(
                        "examples as columns",
                        () -> new Linear(3, 2).apply(Tensor.ones(3, 5)),
                        "Linear(3, 2): input of shape [3, 5] must end in 3",
                        "did you mean x.t()?"),
                mistake(
                        "layers that do not fit",
                        () -> new Sequential(new Linear(3, 4), new Linear(5, 2)).apply(M),
                        "Linear(5, 2): input of shape [2, 4] must end in 5"),
                mistake(
                        "forgotten unsqueeze for a batch of one",
                        () -> new BatchNorm(3).apply(V),
                        "BatchNorm(3): input of shape [3]",
                        "unsqueeze(0) makes it a batch of one"),
                mistake(
                        "training with a batch of one",
                        () -> {
                            try (var _ = Tape.start()) {
                                new BatchNorm(3).apply(V.unsqueeze(0));
                            }
                        },
                        "BatchNorm(3)",
                        "shape [1, 3]",
                        "use a larger batch"),
                mistake(
                        "words as floats",
                        () -> new Embedding(10, 4).apply(Tensor.of(1.0, 2.0)),
                        "Embedding(10, 4): the ids must be INT32, not FLOAT32",
                        "ids.to(DType.INT32)"),
                mistake(
                        "a word that is not in the table",
                        () -> new Embedding(10, 4).apply(Tensor.of(1, 10)),
                        "Embedding(10, 4): id 10 at [1] is not in 0 … 9"),
                mistake(
                        "weights from PyTorch",
                        () -> new Linear(3, 2).weight().set(Tensor.ones(2, 3)),
                        "weight holds FLOAT32 of shape [3, 2], not FLOAT32 of shape [2, 3]",
                        "its t() would fit"));
    }

    @TestFactory
    @SuppressWarnings("MustBeClosed") // that is the mistake
    Stream<DynamicTest> tapesAndOptimizers() {
        var net = new Linear(3, 2);
        return tests(
                mistake(
                        "gradients of what is not a number",
                        () -> {
                            Tape tape = Tape.watch(M);
                            tape.gradients(M.mul(2));
                        },
                        "gradients: shape [2, 3] is not a scalar",
                        "reduce it with sum() or mean()"),
                mistake(
                        "gradients by what is not watched",
                        () -> {
                            Tape tape = Tape.watch(M);
                            tape.gradients(M.sum()).of(V);
                        },
                        "no gradient by this tensor of shape [3]",
                        "Tape.watch(x) opens a tape that watches x"),
                mistake(
                        "gradients of what depends on nothing watched",
                        () -> {
                            Tape tape = Tape.start();
                            tape.gradients(M.sum());
                        },
                        "gradients: the tape opened at StudentErrorsTest.java",
                        "shape []",
                        "does not depend on a watched tensor or a parameter",
                        "Tape.watch(x) opens a tape that watches x"),
                mistake(
                        "gradients by ints",
                        () -> Tape.watch(Tensor.of(1, 2)),
                        "INT32, shape [2], has no gradient",
                        "to(DType.FLOAT32)"),
                mistake(
                        "a tensor after its tape closed",
                        () -> {
                            Tensor y;
                            try (var _ = Tape.watch(M)) {
                                y = M.mul(2);
                            }
                            y.add(1);
                        },
                        "add: a tensor of shape [2, 3] is stale",
                        "StudentErrorsTest.java",
                        "use keep() while it is valid"),
                mistake(
                        "gradients after the tape closed",
                        () -> {
                            Gradients gradients;
                            try (var tape = Tape.start()) {
                                gradients = tape.gradients(net.apply(M).sum());
                            }
                            new Sgd(net.parameters(), 0.1).step(gradients);
                        },
                        "Sgd.step: the gradient of `weight`",
                        "shape [3, 2]",
                        "use keep() while it is valid"),
                mistake(
                        "a closed tape",
                        () -> {
                            Tape closed;
                            Tensor loss;
                            try (var tape = Tape.watch(M)) {
                                closed = tape;
                                loss = M.sum().keep();
                            }
                            closed.gradients(loss);
                        },
                        "the tape opened at StudentErrorsTest.java",
                        "is closed",
                        "inside its try block"),
                mistake(
                        "two tapes",
                        () -> {
                            Tape.start();
                            Tape.start();
                        },
                        "already open",
                        "since StudentErrorsTest.java",
                        "try-with-resources",
                        "Tape.nested()"),
                mistake(
                        "an optimizer without gradients",
                        () -> {
                            Tape tape = Tape.watch(M);
                            new Sgd(net.parameters(), 0.1).step(tape.gradients(M.sum()));
                        },
                        "Sgd.step: none of the parameters has a gradient",
                        "while the tape was open?"),
                mistake(
                        "weights from before the step",
                        () -> {
                            Tensor before = net.weight().value();
                            try (var tape = Tape.start()) {
                                Tensor loss = net.apply(M).sum();
                                new Sgd(net.parameters(), 0.1).step(tape.gradients(loss));
                            }
                            before.sub(net.weight().value());
                        },
                        "sub: a tensor of shape [3, 2] is stale",
                        "`weight`, which was updated by Sgd.step at StudentErrorsTest.java",
                        "use keep() while it is valid"),
                mistake(
                        "a learning rate below 0",
                        () -> new Sgd(net.parameters(), -0.1),
                        "Sgd: learning rate",
                        "above 0, not -0.1"));
    }
}
