package dev.gradus.benchmarks.peers;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.regex.Pattern;

/**
 * How fast Gradus has to be.
 *
 * @param workloads those whose whole name matches
 * @param peer beside which one; the fastest of a row if null
 * @param must the ratio to reach with one thread, and with more
 * @param aim the ratio to aim for, likewise
 */
record Target(Pattern workloads, @Nullable Peer peer, double[] must, double[] aim) {
    private static final List<Target> WITH_VECTORS =
            List.of(
                    both("sgemm_(64|100)|bmm_.*", null, 0.85, 1.0),
                    of("sgemm_(128|256|512|1024|2048)|gemm_.*", Peer.OPENBLAS, 1.0, 1.0, 1.1, 1.05),
                    both("exp_.*|softmax_.*|add_.*|sum_.*", null, 0.9, 1.05),
                    both("layernorm_.*", null, 1.3, 1.4),
                    both("adamw_.*", Peer.LIBTORCH, 2.5, 3.3),
                    both("gelu_.*|tanh_.*", Peer.LIBTORCH, 2.5, 3.4),
                    both("gelu_.*", null, 0.95, 1.1),
                    both("W3_xor", Peer.LIBTORCH, 30, 60),
                    of("W4_mlp", Peer.LIBTORCH, 1.3, 1.6, 1.7, 2.2),
                    of("W5_gpt", Peer.LIBTORCH, 1.1, 1.3, 1.4, 2.0));

    private static final List<Target> WITHOUT = List.of(both("W4_mlp|W5_gpt", null, 0.3, 0.5));

    private static Target both(String workloads, @Nullable Peer peer, double must, double aim) {
        return of(workloads, peer, must, must, aim, aim);
    }

    private static Target of(
            String workloads,
            @Nullable Peer peer,
            double must1,
            double must2,
            double aim1,
            double aim2) {
        return new Target(
                Pattern.compile(workloads),
                peer,
                new double[] {must1, must2},
                new double[] {aim1, aim2});
    }

    /** Those of a workload: none, one, or one for each peer to compare with. */
    static List<Target> of(String workload, boolean vectorModule) {
        return (vectorModule ? WITH_VECTORS : WITHOUT)
                .stream().filter(t -> t.workloads.matcher(workload).matches()).toList();
    }

    double must(int threads) {
        return must[threads == 1 ? 0 : 1];
    }

    double aim(int threads) {
        return aim[threads == 1 ? 0 : 1];
    }
}
