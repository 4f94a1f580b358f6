package dev.gradus.benchmarks.peers;

import dev.gradus.benchmarks.Workload;
import dev.gradus.benchmarks.Workloads;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

class DjlTest {
    static List<String> workloads() {
        return Workloads.all().stream().map(Workload::name).filter(Peer.DJL::has).toList();
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void runs(String workload) {
        Runnable task = Peer.DJL.start(workload, 2);
        task.run();
        task.run();
    }
}
