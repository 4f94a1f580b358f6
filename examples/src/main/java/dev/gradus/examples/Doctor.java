package dev.gradus.examples;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.cuda.Cuda;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Says what Gradus found here: Java, the options that matter, and whether the default backend and
 * CUDA work; where something is amiss, why and what to do. What to put into a bug report.
 */
@Command(
        name = "doctor",
        description = "Says whether Java, the CPU and CUDA are ready, and if not, why.")
final class Doctor implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show these options.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the annotation only
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    /** Prints the report; 0 if the default backend works. */
    @Override
    public Integer call() {
        Runtime java = Runtime.getRuntime();
        say("Gradus", Main.VERSION);
        say("Java", Runtime.version() + ", " + property("java.vendor"));
        say("", "in " + property("java.home"));
        say(
                "JVM options",
                String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        say(
                "system",
                "%s %s, %s, %d processors",
                property("os.name"),
                property("os.version"),
                property("os.arch"),
                java.availableProcessors());
        say("memory", "%.1f GiB at most; -Xmx changes it", java.maxMemory() / (double) (1 << 30));
        say(
                "threads",
                "%d; -Dgradus.threads=N changes it",
                Integer.getInteger("gradus.threads", java.availableProcessors()));
        say("vector module", vectors());
        say("native access", nativeAccess());

        boolean works = tellOfDefaultBackend();
        out().println();
        out().println(
                        Cuda.available()
                                ? "CUDA can be used: --backend cuda."
                                : "CUDA cannot be used here.");
        Cuda.report().lines().forEach(line -> out().println("  " + line));
        return works ? 0 : 1;
    }

    private boolean tellOfDefaultBackend() {
        String problem;
        try {
            Backend backend = Backends.current();
            Tensor product = Tensor.of(new double[][] {{1, 2}, {3, 4}}).matmul(Tensor.eye(2));
            double[] numbers = product.toArray();
            if (Arrays.equals(numbers, new double[] {1, 2, 3, 4})) {
                say("backend", backend.name() + ", the default, works");
                return true;
            }
            problem = backend.name() + ", the default, computes " + Arrays.toString(numbers);
        } catch (RuntimeException | LinkageError e) {
            problem = "the default does not work: " + e.getMessage();
        }
        say("backend", "%s", problem);
        return false;
    }

    private static String vectors() {
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return "absent, which makes the CPU several times slower; start java with --add-modules"
                    + " jdk.incubator.vector";
        }
        try {
            // By reflection, so that this class also works without the module.
            Object species =
                    Class.forName("jdk.incubator.vector.FloatVector")
                            .getField("SPECIES_PREFERRED")
                            .get(null);
            Object bits =
                    Class.forName("jdk.incubator.vector.VectorSpecies")
                            .getMethod("vectorBitSize")
                            .invoke(species);
            return "present, SIMD of " + bits + " bits";
        } catch (ReflectiveOperationException e) {
            return "present, but of an unknown kind: " + e;
        }
    }

    private static String nativeAccess() {
        return Doctor.class.getModule().isNativeAccessEnabled()
                ? "enabled"
                : "not enabled, of which Java warns when CUDA is loaded; start java with"
                        + " --enable-native-access=ALL-UNNAMED";
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown " + name);
    }

    @SuppressWarnings("AnnotateFormatMethod") // that annotation would be one more dependency
    private void say(String what, String format, Object... values) {
        out().println(
                        String.format(Locale.ROOT, "%-14s ", what)
                                + (values.length == 0
                                        ? format
                                        : String.format(Locale.ROOT, format, values)));
    }

    private PrintWriter out() {
        return command.commandLine().getOut();
    }
}
