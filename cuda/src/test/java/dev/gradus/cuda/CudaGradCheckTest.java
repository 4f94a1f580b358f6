package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.autograd.GradCheck;
import dev.gradus.tensor.OpCatalog;
import dev.gradus.tensor.Row;
import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * First and second derivatives of every operation of the catalogue against differences, in FLOAT64
 * on the emulated device.
 */
class CudaGradCheckTest {
    private static @Nullable CudaBackend backend;

    @TestFactory
    Stream<DynamicTest> everyDifferentiableOperation() {
        TestDevice.prepare();
        CudaBackend cuda = CudaBackend.create(true);
        backend = cuda;
        return OpCatalog.rows().stream()
                .filter(row -> row.derivatives() > 0)
                .map(row -> dynamicTest(row.name(), () -> check(row, cuda)));
    }

    private static void check(Row row, CudaBackend cuda) {
        List<Tensor[]> inputs = row.smoothInputs(cuda);
        if (!Boolean.getBoolean("gradus.thorough") && inputs.size() > 2) {
            inputs = List.of(inputs.getFirst(), inputs.getLast());
        }
        for (Tensor[] x : inputs) {
            assertDoesNotThrow(
                    () -> GradCheck.check(row.derivatives(), 1e-6, row::apply, x),
                    () -> row + " of " + Arrays.stream(x).map(Tensor::shape).toList());
        }
        TestDevice.assertNoFindings();
    }

    @AfterAll
    static void nothingIsLeft() {
        if (backend != null) {
            TestDevice.assertClean(backend);
            backend = null;
        }
    }
}
