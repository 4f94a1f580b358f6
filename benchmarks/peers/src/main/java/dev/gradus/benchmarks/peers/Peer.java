package dev.gradus.benchmarks.peers;

import ai.djl.engine.Engine;

import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;

import java.util.Locale;
import java.util.regex.Pattern;

/** A library to compare with. */
enum Peer {
    /** PyTorch in C++, through JavaCPP: eager, with its autograd and its optimizers. */
    LIBTORCH("libtorch", ".*"),
    /** Products of matrices alone, through JavaCPP. */
    OPENBLAS("OpenBLAS", "(sgemm|gemm|bmm)_.*"),
    /** Deep Java Library with its PyTorch engine. */
    DJL("DJL", "(?!W5).*");

    private final String title;
    private final Pattern workloads;

    Peer(String title, String workloads) {
        this.title = title;
        this.workloads = Pattern.compile(workloads);
    }

    String title() {
        return title;
    }

    /** The first word of its lines. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean has(String workload) {
        return workloads.matcher(workload).matches();
    }

    /** Its version; loads no native code. */
    String version() {
        return title
                + " "
                + switch (this) {
                    case LIBTORCH -> torch.class.getPackage().getImplementationVersion();
                    case OPENBLAS -> openblas.class.getPackage().getImplementationVersion();
                    case DJL -> Engine.class.getPackage().getSpecificationVersion();
                };
    }

    /** Draws inputs, and returns what is run over and over. */
    Runnable start(String workload, int threads) {
        Case c = Case.of(workload);
        return switch (this) {
            case LIBTORCH -> LibTorch.start(c, threads);
            case OPENBLAS -> OpenBlas.start(c, threads);
            case DJL -> Djl.start(c, threads);
        };
    }
}
