package dev.gradus.onnx;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
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
    private static final Set<String> NOT_EXPORTED = Set.of();

    @TestFactory
    Stream<DynamicTest> givesTheSame() {
        return OpCatalog.rows().stream()
                .map(row -> dynamicTest(row.name(), () -> check(row)));
    }

    private static void check(Row row) {
        boolean tried = false;
        for (List<Shape> shapes : row.samples()) {
            if (shapes.stream().allMatch(s -> s.size() > 0)) {
                Tensor[] x = inputs(row, shapes);
                if (NOT_EXPORTED.contains(row.name())) {
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> Onnx.bytes(NOTHING, OnnxRuntime.inputs(false, x), row::apply));
                } else {
                    byte[] bytes =
                            Onnx.bytes(NOTHING, OnnxRuntime.inputs(false, x), row::apply);
                    compare(row, bytes, x);
                    checkBatched(row, x);
                }
                tried = true;
            }
        }
        assertTrue(tried, row.name() + " has no sample with elements");
    }

    private static Tensor[] inputs(Row row, List<Shape> shapes) {
        return row.inputs(Backends.current(), DType.FLOAT32, shapes, Arrangement.DENSE, 3);
    }

    private static void compare(Row row, byte[] bytes, Tensor... x) {
        try (var runtime = new OnnxRuntime(bytes)) {
            double tolerance = Math.max(1e-5, row.tolerance(DType.FLOAT32));
            OnnxRuntime.assertClose(row.apply(x), runtime.run(x), tolerance);
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
        byte[] bytes = Onnx.bytes(NOTHING, OnnxRuntime.inputs(true, x), row::apply);
        compare(row, bytes, batch(4, x));
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
