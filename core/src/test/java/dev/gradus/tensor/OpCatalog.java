package dev.gradus.tensor;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every operation of {@link Tensor} and {@link Functional} that gives a tensor, as one {@link Row}
 * or several. The rows drive the gradient checks, the {@link BackendContract} and the benchmarks,
 * so a new operation is tested on every backend by adding one here; without, {@link OpCatalogTest}
 * fails.
 */
public final class OpCatalog {
    private static final List<Row> ROWS =
            Stream.of(
                            ElementwiseRows.rows(),
                            ReductionRows.rows(),
                            ProductRows.rows(),
                            MovementRows.rows(),
                            IndexRows.rows(),
                            RearrangeRows.rows(),
                            EinsumRows.rows(),
                            FunctionalRows.rows(),
                            AttentionRows.rows())
                    .flatMap(List::stream)
                    .toList();

    private OpCatalog() {}

    /** All rows. */
    public static List<Row> rows() {
        return ROWS;
    }

    /** The row of that name. */
    public static Row row(String name) {
        return ROWS.stream()
                .filter(r -> r.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no row \"" + name + "\" in " + ROWS));
    }
}
