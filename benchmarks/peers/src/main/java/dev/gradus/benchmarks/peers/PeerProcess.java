package dev.gradus.benchmarks.peers;

import dev.gradus.benchmarks.Stopwatch;
import dev.gradus.benchmarks.Workload;
import dev.gradus.benchmarks.Workloads;

import java.util.Locale;

/** Times one workload of one peer, in a process of its own: PEER WORKLOAD THREADS. */
final class PeerProcess {
    private PeerProcess() {}

    /** Prints a line as those of {@code gradus bench}. */
    public static void main(String[] args) {
        Peer peer = Peer.valueOf(args[0]);
        int threads = Integer.parseInt(args[2]);
        Workload workload = Workloads.named(args[1]);
        Runnable task = peer.start(workload.name(), threads);
        Stopwatch.OF_NATIVE_CODE.warmUp(task);
        double figure = workload.figure(Stopwatch.OF_NATIVE_CODE.micros(task));
        System.out.printf(
                Locale.ROOT,
                "%s %s %d %.4g %s%n",
                peer.word(),
                workload.name(),
                threads,
                figure,
                workload.unit());
        System.out.flush();
        System.exit(0); // whatever threads the peer has left behind
    }
}
