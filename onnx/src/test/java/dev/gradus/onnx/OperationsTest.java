package dev.gradus.onnx;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.backend.Backends;
import dev.gradus.nn.Layer;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Arrangement;
import dev.gradus.tensor.OpCatalog;
import dev.gradus.tensor.Row;
import dev.gradus.tensor.Tensor;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Every operation of the catalogue, for its own shapes, and with a batch axis where it has one. */
class OperationsTest {
    /** A layer that has no parameters; what is called is given beside. */
    private static final Layer NOTHING = Layer.of(x -> x);

    /** What looks at numbers, or draws them, while it runs: no file can hold it. */
    private static final Set<String> NOT_EXPORTED =
            Set.of(
                    "gather along rows",
                    "gather along columns",
                    "gather in the middle",
                    "scatterAdd along rows",
                    "scatterAdd along columns",
                    "indexSelect(0)",
                    "indexSelect(1)",
                    "compress(0)",
                    "compress(-1)",
                    "maskedSelect",
                    "nonzero",
                    "oneHot",
                    "sort(0)",
                    "sort(-1)",
                    "sort of all",
                    "sort(1, true)",
                    "sort(1, true): where",
                    "argsort(1)",
                    "argsort of all, descending",
                    "topk",
                    "topk: where",
                    "topk(2, 1, false)",
                    "unique",
                    "unique: which",
                    "unique: how many",
                    "dropout",
                    "dropout, mostly",
                    "attention, dropout",
                    "attention, mask, causal, dropout",
                    "attentionWeights, mask, causal, dropout");

    /** What is done along the batch, and differs from size to size in more than sizes. */
    private static final Set<String> ONE_BATCH_SIZE =
            Set.of(
                    "m: argmax",
                    "m: argmin",
                    "m: argmin(0)",
                    "cumprod(0)",
                    "tril",
                    "triu",
                    "diag",
                    "diag of a diagonal",
                    "diag of a vector",
                    "trace",
                    "softCrossEntropy, smoothed");

    /** ONNX Runtime takes the variance as E x² − (E x)², and loses digits. */
    private static final Set<String> LESS_EXACT_THERE = Set.of("layerNorm, far from 0");

    @Test
    void theExceptionsAreInTheCatalogue() {
        Stream.of(NOT_EXPORTED, ONE_BATCH_SIZE, LESS_EXACT_THERE)
                .flatMap(Set::stream)
                .forEach(OpCatalog::row);
    }

    @TestFactory
    Stream<DynamicTest> givesTheSame() {
        return OpCatalog.rows().stream().map(row -> dynamicTest(row.name(), () -> check(row)));
    }

    private static void check(Row row) {
        List<List<Shape>> samples =
                row.samples().stream()
                        .filter(shapes -> shapes.stream().allMatch(s -> s.size() > 0))
                        .toList();
        Tensor[] x = inputs(row, samples.getFirst());
        if (NOT_EXPORTED.contains(row.name())) {
            assertCannot(row, false, x);
            return;
        }
        compare(row, false, x, x);
        if (samples.size() > 1) {
            Tensor[] last = inputs(row, samples.getLast());
            compare(row, false, last, last);
        }
        checkBatched(row, x);
    }

    private static void assertCannot(Row row, boolean batched, Tensor... x) {
        assertThrows(
                IllegalArgumentException.class,
                () -> Onnx.bytes(NOTHING, OnnxRuntime.inputs(batched, x), row::apply));
    }

    private static Tensor[] inputs(Row row, List<Shape> shapes) {
        return row.inputs(Backends.current(), DType.FLOAT32, shapes, Arrangement.DENSE, 3);
    }

    private static void compare(Row row, boolean batched, Tensor[] examples, Tensor[] x) {
        byte[] bytes = Onnx.bytes(NOTHING, OnnxRuntime.inputs(batched, examples), row::apply);
        try (var runtime = new OnnxRuntime(bytes)) {
            Tensor expected = row.apply(x);
            double allowed = LESS_EXACT_THERE.contains(row.name()) ? 1e-2 : 1e-5;
            double tolerance = Math.max(allowed, row.tolerance(DType.FLOAT32));
            OnnxRuntime.assertClose(
                    expected, runtime.run(x), row.magnitude(x, expected), tolerance);
        }
    }

    /** Where the operation goes with other sizes of the first axes, the file must too. */
    private static void checkBatched(Row row, Tensor... x) {
        for (Tensor t : x) {
            if (t.ndim() == 0 || t.size(0) != x[0].size(0)) {
                return;
            }
        }
        for (int n : new int[] {2, 3, 4, 5}) {
            try {
                row.apply(batch(n, x));
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                return;
            }
        }
        if (ONE_BATCH_SIZE.contains(row.name())) {
            assertCannot(row, true, x);
        } else {
            compare(row, true, x, batch(4, x));
        }
    }

    private static Tensor[] batch(int n, Tensor... x) {
        List<Tensor> all = new ArrayList<>();
        for (Tensor t : x) {
            int size = t.size(0);
            int[] rows = IntStream.range(0, n).map(i -> (3 * i + 1) % size).toArray();
            all.add(t.gather(Tensor.of(rows)));
        }
        return all.toArray(Tensor[]::new);
    }
}
