package dev.gradus.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every operation of the catalogue on a backend, against the reference. */
interface CatalogueContract {
    /** Around the widths of vectors and blocks, and large enough for several threads. */
    List<Integer> SIZES =
            List.of(0, 1, 3, 7, 8, 15, 16, 17, 31, 64, 65, 511, 512, 513, 1000, 4099, 100_003);

    /** Enough to meet the ends of vectors and blocks once more in every arrangement. */
    List<Integer> FEWER_SIZES = List.of(0, 1, 7, 17, 65, 513, 1000);

    /** The backend on trial. */
    Backend backend();

    /**
     * Calls something so often that a backend with several tiers moves it to the fastest, which may
     * go on in the background.
     */
    default void heat(Runnable call) {
        if (!hasSeveralTiers()) {
            call.run();
            return;
        }
        long enough = System.nanoTime() + 40_000_000;
        for (int i = 0; i < 1200 && System.nanoTime() < enough; i++) {
            call.run();
        }
    }

    /** Whether calls get faster by being repeated: else repeating them shows nothing. */
    default boolean hasSeveralTiers() {
        return false;
    }

    /** The sizes at which every operation is tried. */
    default List<Integer> sizes() {
        return SIZES;
    }

    @TestFactory
    default Stream<DynamicNode> everyOperationAgreesWithTheReference() {
        return OpCatalog.rows().stream()
                .map(row ->
                        dynamicContainer(
                                row.name(),
                                Stream.of(
                                        dynamicTest("at odd sizes", () -> oddSizes(row)),
                                        dynamicTest("in every arrangement", () -> arranged(row)),
                                        dynamicTest("of every dtype", () -> dtypes(row)),
                                        dynamicTest("with NaN and infinities", () -> special(row)),
                                        dynamicTest("at extremes", () -> extremes(row)))));
    }

    private void oddSizes(Row row) {
        for (int n : sizes()) {
            compare(row, DType.FLOAT32, row.scaled(n), Arrangement.DENSE);
        }
    }

    private void arranged(Row row) {
        for (Arrangement arrangement : Arrangement.values()) {
            for (List<Shape> sample : row.samples()) {
                compare(row, DType.FLOAT32, sample, arrangement);
            }
            for (int n : FEWER_SIZES) {
                compare(row, DType.FLOAT32, row.scaled(n), arrangement);
            }
        }
    }

    private void dtypes(Row row) {
        for (DType dtype : List.of(DType.FLOAT64, DType.INT32)) {
            for (Arrangement arrangement : List.of(Arrangement.DENSE, Arrangement.SPACED)) {
                for (List<Shape> sample : row.samples()) {
                    compare(row, dtype, sample, arrangement);
                }
                for (int n : new int[] {0, 17, 1000}) {
                    compare(row, dtype, row.scaled(n), arrangement);
                }
            }
        }
    }

    private void compare(Row row, DType dtype, List<Shape> shapes, Arrangement arrangement) {
        Tensor[] x = row.inputs(reference(), dtype, shapes, arrangement, 1);
        Tensor[] y = row.inputs(backend(), dtype, shapes, arrangement, 1);
        compare(row, row + " of " + dtype + " " + shapes + " " + arrangement, x, y);
    }

    private void special(Row row) {
        if (row.saysWhatNotANumberGives()) {
            for (List<Shape> sample : row.samples()) {
                compare(
                        row,
                        row + " of " + sample + " with NaN and infinities",
                        row.specialInputs(reference(), DType.FLOAT32, sample, 3),
                        row.specialInputs(backend(), DType.FLOAT32, sample, 3));
            }
        }
    }

    private void extremes(Row row) {
        if (row.isElementwise() && row.survivesExtremes()) {
            for (DType dtype : DType.values()) {
                compare(
                        row,
                        row + " of extremes of " + dtype,
                        row.extremes(reference(), dtype),
                        row.extremes(backend(), dtype));
            }
        }
    }

    private static void compare(Row row, String what, Tensor[] x, Tensor[] y) {
        Tensor expected = row.apply(x);
        Tensor found = row.apply(y);
        double tolerance = row.tolerance(expected.dtype());
        Agreement.check(what, expected, found, tolerance, row.magnitude(x, expected));
    }

    private static Backend reference() {
        return Backends.get("reference");
    }

    // ------------------------------------------------------------------ cold and hot

    /**
     * Bits stay the same while kernels get hot, at every moment: the rows are looked at again and
     * again as the backend changes over in the background.
     */
    @TestFactory
    default Stream<DynamicTest> coldAndHotGiveTheSameBits() {
        Map<Row, Long> cold = new HashMap<>();
        Stream<DynamicTest> heating =
                Stream.of(
                        dynamicTest(
                                "(heating)",
                                () -> {
                                    OpCatalog.rows().forEach(row -> cold.put(row, hash(row)));
                                    OpCatalog.rows().forEach(this::heat);
                                }));
        Stream<DynamicTest> hot =
                OpCatalog.rows().stream()
                        .map(row ->
                                dynamicTest(
                                        row.name(),
                                        () -> {
                                            int rounds = hasSeveralTiers() ? 10 : 2;
                                            for (int round = 0; round < rounds; round++) {
                                                assertEquals(cold.get(row), hash(row));
                                            }
                                        }));
        return Stream.concat(heating, hot);
    }

    private void heat(Row row) {
        Tensor[] x = row.inputs(backend(), DType.FLOAT32, row.scaled(4096), Arrangement.DENSE, 5);
        heat(() -> row.apply(x));
    }

    private long hash(Row row) {
        long hash = 0;
        for (Arrangement arrangement :
                List.of(Arrangement.DENSE, Arrangement.OFFSET, Arrangement.STRETCHED)) {
            for (int n : new int[] {1, 63, 64, 65, 513, 1000, 4099}) {
                Tensor[] x = row.inputs(backend(), DType.FLOAT32, row.scaled(n), arrangement, 7);
                hash = Bits.mix(hash, Bits.hash(row.apply(x)));
            }
        }
        return hash;
    }
}
