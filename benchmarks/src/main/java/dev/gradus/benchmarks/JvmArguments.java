package dev.gradus.benchmarks;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** The arguments of JVMs that run benchmarks. */
public final class JvmArguments {
    private static final String ADD_MODULE = "--add-modules=jdk.incubator.vector";

    /** Where the module is left out on purpose, nobody needs to be told how to add it. */
    static final String NO_VECTOR = "-Dgradus.novector=true";

    /** Vectors of 256 bits at most, of an x86 processor. */
    static final String NARROW = "-XX:UseAVX=2";

    private JvmArguments() {}

    /** How this JVM computes, for the first word of a line: "gradus" and what is unusual. */
    static String configuration() {
        boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return "gradus"
                + (module ? "" : "-novector")
                + (inherited().contains(NARROW) ? "-256" : "");
    }

    /**
     * Those that this process was started with, apart from {@code -XX} options: JMH adds some to
     * its forks that an ordinary program has not.
     */
    static List<String> ofThisProcess() {
        return inherited().stream().filter(a -> !a.startsWith("-XX")).toList();
    }

    /** The command that runs a class of this class path in a JVM with these arguments. */
    public static List<String> command(List<String> arguments, Class<?> main) {
        List<String> command = new ArrayList<>();
        command.add(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(arguments);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        return command;
    }

    /** Those that this process was started with, but with the vector module or without it. */
    static String[] with(boolean vectorModule) {
        List<String> arguments = new ArrayList<>(inherited());
        arguments.removeIf(a -> a.equals(ADD_MODULE) || a.equals(NO_VECTOR));
        arguments.add(vectorModule ? ADD_MODULE : NO_VECTOR);
        return arguments.toArray(String[]::new);
    }

    /** Those that this process was started with. */
    public static List<String> inherited() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments();
    }
}
