package dev.gradus.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A Java process of its own: what JCuda loads stays loaded, so each case needs a new one. It has
 * nothing of this process's environment that could lead to libraries of CUDA.
 */
final class Child {
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Predicate<String> onClassPath = _ -> true;

    /** What a process said, on both streams, and how it ended. */
    record Outcome(int exitCode, String said) {}

    Child option(String option) {
        options.add(option);
        return this;
    }

    Child variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Leaves out the jars whose names start so. */
    Child without(String... starts) {
        onClassPath =
                entry ->
                        Arrays.stream(starts)
                                .noneMatch(s -> new File(entry).getName().startsWith(s));
        return this;
    }

    Outcome run(Class<?> main, String... args) throws IOException, InterruptedException {
        String classPath =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(onClassPath)
                        .collect(Collectors.joining(File.pathSeparator));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--add-modules=jdk.incubator.vector",
                                "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                "-cp",
                                classPath));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.matches("(CUDA|FAKE|LD_|XDG).*"));
        builder.environment().putAll(environment);
        // A file: a pipe would be inherited by what the process starts, and be open when it is
        // gone.
        Path said = Files.createTempFile("child", ".txt");
        try {
            Process process = builder.redirectOutput(said.toFile()).start();
            int exitCode = process.waitFor();
            return new Outcome(exitCode, Files.readString(said, StandardCharsets.UTF_8));
        } finally {
            Files.delete(said);
        }
    }
}
