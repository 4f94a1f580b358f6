package dev.gradus.benchmarks;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;

/** What of the CPU's vectors the JVM may use; options that two commands share. */
public final class VectorOptions {
    /** With the module {@code jdk.incubator.vector}, or in plain loops? */
    enum Module {
        WITH,
        WITHOUT
    }

    @Option(
            names = "--vector",
            paramLabel = "with|without",
            description = "With the module jdk.incubator.vector, or without it (default: with).")
    private @Nullable Module module;

    @Option(
            names = "--vector-bits",
            paramLabel = "N",
            description = {
                "256: no wider vectors (-XX:UseAVX=2), to see another machine on this one.",
                "For x86-64 processors alone (default: all that the processor has)."
            })
    private @Nullable Integer bits;

    /** As picocli makes it. */
    VectorOptions() {}

    /** Is it without the vector module? */
    public boolean without() {
        return module == Module.WITHOUT;
    }

    /**
     * The arguments of this JVM, changed as the options say.
     *
     * @throws IllegalArgumentException if there is no such width
     */
    public List<String> jvmArguments() {
        List<String> arguments = new ArrayList<>(JvmArguments.inherited());
        if (module != null) {
            arguments = new ArrayList<>(List.of(JvmArguments.with(module == Module.WITH)));
        }
        if (bits != null) {
            String processor = System.getProperty("os.arch");
            if (!processor.equals("amd64") && !processor.equals("x86_64")) {
                throw new IllegalArgumentException(
                        "--vector-bits needs an x86-64 processor, and this is " + processor);
            }
            if (bits != 256) {
                throw new IllegalArgumentException("--vector-bits is 256, not " + bits);
            }
            arguments.add(JvmArguments.NARROW);
        }
        return arguments;
    }
}
