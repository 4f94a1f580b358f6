package dev.gradus.benchmarks.peers;

import dev.gradus.benchmarks.Bench;
import dev.gradus.benchmarks.JvmArguments;
import dev.gradus.benchmarks.VectorOptions;
import dev.gradus.benchmarks.Workload;
import dev.gradus.benchmarks.Workloads;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code gradus peers}: the workloads of {@code gradus bench} on Gradus and on its peers. Each
 * figure comes from a process of its own, and the processes take turns: the peers' idle threads
 * spin, so two of them in one process would slow each other down, and a machine's speed drifts.
 */
@Command(
        name = "gradus peers",
        description =
                "Compares Gradus with libtorch, OpenBLAS and DJL; ends with a Markdown table.",
        optionListHeading = "%nOptions:%n")
final class Peers implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "REGEX",
            description = "Which workloads: those whose whole name matches (default: all).")
    private Pattern regex = Pattern.compile(".*");

    @Option(
            names = "--threads",
            paramLabel = "N",
            split = ",",
            description = "How many threads work at once; a table for each (default: 1,2).")
    private List<Integer> threads = List.of(1, 2);

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often every process runs; the median counts (default: 3).")
    private int rounds = 3;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write the table there too, after every workload.")
    private @Nullable Path out;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private VectorOptions vectors;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    private Peers() {}

    /** Runs the command and exits: with 0 if it worked, with 2 if its arguments make no sense. */
    public static void main(String[] args) {
        System.exit(
                new CommandLine(new Peers())
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                        .setParameterExceptionHandler(Peers::explain)
                        .execute(args));
    }

    private static int explain(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        command.getErr().println("gradus peers: " + mistake.getMessage());
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Workload> workloads =
                Workloads.all().stream().filter(w -> regex.matcher(w.name()).matches()).toList();
        List<String> jvmArguments;
        try {
            jvmArguments = vectors.jvmArguments();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
        if (workloads.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "no workload is named " + regex);
        }
        if (rounds < 1 || threads.stream().anyMatch(n -> n < 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--rounds and --threads must be at least 1");
        }
        List<RatioTable> tables = new ArrayList<>();
        for (int count : threads) {
            var table = new RatioTable(count, !vectors.without());
            tables.add(table);
            for (Workload workload : workloads) {
                table.add(workload, figures(workload, count, jvmArguments));
                write(text(tables));
            }
        }
        System.out.println(text(tables));
        return 0;
    }

    private RatioTable.Figures figures(Workload workload, int count, List<String> jvmArguments)
            throws IOException, InterruptedException {
        var figures = new RatioTable.Figures();
        for (int round = 0; round < rounds; round++) {
            List<String> gradus = JvmArguments.command(jvmArguments, Bench.class);
            gradus.addAll(List.of("--threads=" + count, workload.name()));
            figures.gradus(figure(gradus, count));
            for (Peer peer : Peer.values()) {
                if (peer.has(workload.name())) {
                    figures.peer(peer, figure(command(peer, workload, count), count));
                }
            }
        }
        return figures;
    }

    private static List<String> command(Peer peer, Workload workload, int count) {
        List<String> arguments =
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        List<String> command = JvmArguments.command(arguments, PeerProcess.class);
        command.addAll(List.of(peer.name(), workload.name(), Integer.toString(count)));
        return command;
    }

    /** Runs a process, and returns the figure that it prints. */
    private static double figure(List<String> command, int count)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(key -> key.matches("(OPENBLAS|MKL|KMP)_.*"));
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(count));
        // libtorch mixes OpenMP's threads with OpenBLAS's. Where both spin while they wait, and
        // there are no more processors than threads, a training step takes ten times as long.
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        Process process = builder.start();
        List<String> lines;
        try (var said = process.inputReader()) {
            lines = said.lines().toList();
        }
        int code = process.waitFor();
        for (String line : lines) {
            Matcher matcher = Bench.FIGURE.matcher(line);
            if (matcher.matches() && code == 0) {
                System.err.println(line);
                return Double.parseDouble(matcher.group(4));
            }
        }
        throw new IllegalStateException(
                "no figure from "
                        + String.join(" ", command)
                        + ", which exited with "
                        + code
                        + ":\n"
                        + String.join("\n", lines));
    }

    private String text(List<RatioTable> tables) throws IOException {
        String versions =
                Arrays.stream(Peer.values()).map(Peer::version).collect(Collectors.joining(", "));
        return "`./gradus peers "
                + String.join(" ", spec.commandLine().getParseResult().originalArgs())
                + "`\n\n"
                + String.join(
                        ", ",
                        processor(),
                        Runtime.getRuntime().availableProcessors() + " processors",
                        "JDK " + Runtime.version(),
                        versions)
                + "; "
                + LocalDate.now(ZoneOffset.UTC)
                + "\n"
                + tables.stream().map(RatioTable::toString).collect(Collectors.joining());
    }

    /** The processor's name, as Linux tells it. */
    private static String processor() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        if (Files.exists(file)) {
            try (Stream<String> lines = Files.lines(file)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 2))
                        .findFirst()
                        .orElse(System.getProperty("os.arch"));
            }
        }
        return System.getProperty("os.arch");
    }

    private void write(String text) throws IOException {
        if (out != null) {
            Path unfinished = out.resolveSibling(out.getFileName() + ".part");
            Files.writeString(unfinished, text);
            Files.move(unfinished, out, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
