package dev.gradus.benchmarks;

import dev.gradus.backend.Backends;

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
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code gradus bench}: times workloads as a user writes them, a line each. */
@Command(
        name = "gradus bench",
        description = {
            "Times workloads after a warm-up, and prints a line for each:",
            "gradus WORKLOAD THREADS MEDIAN UNIT",
            "where the unit is GFLOP/s, us (a run) or ms.",
            "Without the vector module the first word is gradus-novector, with vectors of",
            "256 bits it is gradus-256."
        },
        optionListHeading = "%nOptions:%n")
public final class Bench implements Callable<Integer> {
    private static final String THREADS = "gradus.threads";

    /** A line with a figure: who, workload, threads, figure, unit. */
    public static final Pattern FIGURE =
            Pattern.compile("([\\w-]+) (\\w+) (\\d+) ([\\d.e+-]+) (\\S+)");

    private final Stopwatch stopwatch;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "REGEX",
            defaultValue = ".*",
            description = "Which workloads: those whose whole name matches (default: all).")
    private String regex = ".*";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads work at once (default: one a processor).")
    private @Nullable Integer threads;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "Where to compute: cpu, or cuda where that can run (default: cpu).")
    private @Nullable String backend;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private VectorOptions vectors;

    @Option(
            names = "--one-jvm",
            description = {
                "Run all workloads in one JVM (default: a new one for each).",
                "Then the later ones are slower, as the JVM compiles a method for what it has seen."
            })
    private boolean oneJvm;

    @Option(names = "--list", description = "List the workloads.")
    private boolean list;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    Bench(Stopwatch stopwatch) {
        this.stopwatch = stopwatch;
    }

    /** Runs the command and exits: with 0 if it worked, with 2 if its arguments make no sense. */
    public static void main(String[] args) {
        var out = new PrintWriter(System.out, true, System.out.charset());
        var err = new PrintWriter(System.err, true, System.err.charset());
        System.exit(execute(Stopwatch.PROPER, out, err, args));
    }

    /** Runs the command; the exit code. */
    static int execute(Stopwatch stopwatch, PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Bench(stopwatch))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                .setParameterExceptionHandler(Bench::explain)
                .execute(args);
    }

    private static int explain(ParameterException mistake, String[] args) {
        CommandLine command = mistake.getCommandLine();
        command.getErr().println("gradus bench: " + mistake.getMessage());
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (threads != null) {
            if (threads < 1) {
                throw mistake("--threads must be at least 1, not " + threads);
            }
            // Read once, when the backend is first used: so before any workload starts.
            System.setProperty(THREADS, threads.toString());
        }
        if (backend != null) {
            try {
                Backends.use(backend);
            } catch (IllegalArgumentException e) {
                throw mistake("--backend: " + e.getMessage());
            }
        }
        List<Workload> selected = selected();
        if (list) {
            selected.forEach(workload -> out.println(workload.name()));
            return 0;
        }
        List<String> arguments = jvmArguments();
        boolean here = Set.copyOf(arguments).equals(Set.copyOf(JvmArguments.inherited()));
        if (here && (oneJvm || selected.size() == 1)) {
            selected.forEach(workload -> run(workload, out));
            return 0;
        }
        List<String> jvms =
                oneJvm ? List.of(regex) : selected.stream().map(Workload::name).toList();
        for (String workloads : jvms) {
            int code = runInNewJvm(arguments, workloads, out);
            if (code != 0) { // it has said why
                return code;
            }
        }
        return 0;
    }

    private List<String> jvmArguments() {
        try {
            return vectors.jvmArguments();
        } catch (IllegalArgumentException e) {
            throw mistake(String.valueOf(e.getMessage()));
        }
    }

    private List<Workload> selected() {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw mistake("'" + regex + "' is no regular expression: " + e.getDescription());
        }
        List<Workload> all = Workloads.all();
        List<Workload> selected =
                all.stream().filter(w -> pattern.matcher(w.name()).matches()).toList();
        if (selected.isEmpty()) {
            List<String> names = all.stream().map(Workload::name).toList();
            throw mistake(
                    "no workload is named '" + regex + "'; there are " + String.join(", ", names));
        }
        return selected;
    }

    private ParameterException mistake(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void run(Workload workload, PrintWriter out) {
        stopwatch.warmUp(Workload.givingBack(workload.start().get()));
        // From the start again, so that the figure is of the same steps however long the warm-up
        // took: a loss that has reached 0 is another computation.
        Runnable task = workload.start().get();
        Training.Step first = task instanceof Training training ? training.observe() : null;
        double figure = workload.figure(stopwatch.micros(Workload.givingBack(task)));
        out.printf(
                Locale.ROOT,
                "%s %s %d %.4g %s%n",
                JvmArguments.configuration(),
                workload.name(),
                Integer.getInteger(THREADS, Runtime.getRuntime().availableProcessors()),
                figure,
                workload.unit());
        out.flush();
        if (task instanceof Training training && first != null) {
            tell(workload, training, first);
        }
    }

    /** That it trained, and what memory it took. */
    private void tell(Workload workload, Training training, Training.Step first) {
        Training.Step last = training.observe();
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                Locale.ROOT,
                "# %s loss from %.4g to %.4g in %d steps, peak memory of a step %.3g MiB%n",
                workload.name(),
                first.loss(),
                last.loss(),
                training.steps(),
                Math.max(first.peakBytes(), last.peakBytes()) / 1024.0 / 1024.0);
        err.flush();
    }

    /** Its exit code. */
    private int runInNewJvm(List<String> arguments, String workloads, PrintWriter out)
            throws IOException, InterruptedException {
        List<String> command = JvmArguments.command(arguments, Bench.class);
        if (threads != null) {
            command.add("--threads=" + threads);
        }
        if (backend != null) {
            command.add("--backend=" + backend);
        }
        if (oneJvm) {
            command.add("--one-jvm");
        }
        command.add(workloads);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var said = process.inputReader()) {
            said.lines().forEach(line -> passOn(line, out));
        }
        return process.waitFor();
    }

    private void passOn(String line, PrintWriter out) {
        if (FIGURE.matcher(line).matches()) {
            out.println(line);
            out.flush();
        } else if (!line.startsWith("WARNING: Using incubator modules")) { // this JVM said so too
            PrintWriter err = spec.commandLine().getErr();
            err.println(line);
            err.flush();
        }
    }
}
