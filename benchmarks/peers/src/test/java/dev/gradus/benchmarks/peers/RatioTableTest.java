package dev.gradus.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.benchmarks.Workload;
import dev.gradus.benchmarks.Workloads;

import org.junit.jupiter.api.Test;

import java.util.List;

class RatioTableTest {
    @Test
    void everyWorkloadHasATarget() {
        for (Workload workload : Workloads.all()) {
            int targets = workload.name().startsWith("gelu") ? 2 : 1;
            assertEquals(targets, Target.of(workload.name(), true).size(), workload.name());
        }
        assertEquals(1, Target.of("W4_mlp", false).size());
        assertEquals(0, Target.of("exp_1e6", false).size());
    }

    @Test
    void namesTellTheSizes() {
        assertArrayEquals(new long[] {64, 784, 256}, Case.of("gemm_64x784x256").sizes());
        assertArrayEquals(new long[] {10_000_000}, Case.of("add_1e7").sizes());
        assertEquals("W3_xor", Case.of("W3_xor").kind());
    }

    @Test
    void ratiosAreOfSpeedsAndVerdictsOfRatios() {
        var table = new RatioTable(1, true);
        var gelu = new RatioTable.Figures();
        List.of(500.0, 9000.0, 400.0).forEach(gelu::gradus);
        List.of(1600.0, 1500.0, 1.0).forEach(time -> gelu.peer(Peer.LIBTORCH, time));
        gelu.peer(Peer.DJL, 450);
        table.add(Workloads.named("gelu_1e6"), gelu);
        var product = new RatioTable.Figures();
        product.gradus(110);
        product.peer(Peer.OPENBLAS, 100);
        product.peer(Peer.LIBTORCH, 120);
        table.add(Workloads.named("sgemm_256"), product);
        String rows = table.toString();
        assertEquals(
                """
                | `gelu_1e6` | µs | 500 | 1500 |  | 450 | 3.00 | libtorch | 2.5 | 3.4 | must |
                | `gelu_1e6` | µs | 500 | 1500 |  | 450 | 0.90 | DJL, the fastest | 0.95 | 1.1 | **no** |
                | `sgemm_256` | GFLOP/s | 110 | 120 | 100 |  | 1.10 | OpenBLAS | 1.0 | 1.1 | aim |
                """,
                rows.substring(rows.indexOf("| `gelu")));
    }
}
