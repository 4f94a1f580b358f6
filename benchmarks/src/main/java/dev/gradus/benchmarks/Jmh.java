package dev.gradus.benchmarks;

import dev.gradus.tensor.OpCatalog;
import dev.gradus.tensor.Row;

import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * {@code gradus jmh}: JMH's command line, with rows of the op catalogue, and a table at the end.
 */
final class Jmh {
    /** Operations that stand for the others: the catalogue has over a hundred. */
    private static final List<String> FEW_ROWS =
            List.of(
                    "add",
                    "exp",
                    "tanh",
                    "map: gelu",
                    "map: gelu'",
                    "sum",
                    "sum(-1)",
                    "sum(0)",
                    "sum: squared error",
                    "gather");

    private final CommandLineOptions jmh;
    private final List<String> rows;
    private final List<String> workloads;
    private final List<Boolean> vector;

    private Jmh(
            CommandLineOptions jmh,
            List<String> rows,
            List<String> workloads,
            List<Boolean> vector) {
        this.jmh = jmh;
        this.rows = rows;
        this.workloads = workloads;
        this.vector = vector;
    }

    /** Runs benchmarks; exits with 0 only if they ran. */
    public static void main(String[] args) throws IOException {
        List<String> rest = new ArrayList<>(List.of(args));
        try {
            String rows = option(rest, "--rows");
            String workloads = option(rest, "--workloads");
            String vector = option(rest, "--vector");
            String out = option(rest, "--out");
            var jmh = new CommandLineOptions(rest.toArray(String[]::new));
            var run = new Jmh(jmh, rowsNamed(rows), workloadsNamed(workloads), variants(vector));
            if (!run.isQuestion()) {
                Table table = run.run();
                String text = table.markdown("./gradus jmh " + String.join(" ", args));
                System.out.println("\n" + text);
                if (!out.isEmpty()) {
                    Files.writeString(Path.of(out), text);
                }
                table.check();
            }
        } catch (NoBenchmarksException e) {
            fail("no benchmark has a name like that; -l lists them");
        } catch (CommandLineOptionException
                | IllegalArgumentException
                | IllegalStateException
                | RunnerException e) {
            fail(String.valueOf(e.getMessage()));
        }
    }

    private static void fail(String message) {
        System.err.println("gradus jmh: " + message);
        System.exit(1);
    }

    /** Takes an option and its value out of the arguments; empty if it is not there. */
    private static String option(List<String> args, String name) {
        int at = args.indexOf(name);
        if (at < 0) {
            return "";
        }
        if (at + 1 == args.size()) {
            throw new IllegalArgumentException(name + " needs a value");
        }
        args.remove(at);
        return args.remove(at);
    }

    private static List<String> rowsNamed(String regex) {
        if (regex.isEmpty()) {
            return FEW_ROWS.stream().map(name -> OpCatalog.row(name).name()).toList();
        }
        return named("--rows", regex, OpCatalog.rows().stream().map(Row::name).toList());
    }

    private static List<String> workloadsNamed(String regex) {
        return named("--workloads", regex, Workloads.all().stream().map(Workload::name).toList());
    }

    /** Those whose name contains the regular expression. */
    private static List<String> named(String option, String regex, List<String> all) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(option + " " + regex + ": " + e.getDescription(), e);
        }
        List<String> found = all.stream().filter(pattern.asPredicate()).toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    option + ": no name contains " + regex + "; there are " + all);
        }
        return found;
    }

    private static List<Boolean> variants(String vector) {
        return switch (vector) {
            case "" -> List.of(true, false);
            case "with" -> List.of(true);
            case "without" -> List.of(false);
            default ->
                    throw new IllegalArgumentException(
                            "--vector is \"with\" or \"without\", not \"" + vector + "\"");
        };
    }

    /** Answers the options that only ask. */
    private boolean isQuestion() throws IOException {
        if (jmh.shouldHelp()) {
            System.out.print(usage());
            jmh.showHelp();
        } else if (jmh.shouldList()) {
            new Runner(jmh).list();
        } else if (jmh.shouldListWithParams()) {
            new Runner(jmh).listWithParams(jmh);
        } else if (jmh.shouldListProfilers()) {
            jmh.listProfilers();
        } else if (jmh.shouldListResultFormats()) {
            jmh.listResultFormats();
        } else {
            return false;
        }
        return true;
    }

    private static String usage() {
        return """
        Usage: gradus jmh [options] [JMH's options] [REGEX of benchmarks]...
          --rows REGEX           which operations of the catalogue OpBenchmark runs
                                 (default: %s; "." for all)
          --workloads REGEX      which workloads of gradus bench WorkloadBenchmark runs
                                 (default: all)
          --vector with|without  only with the vector module, or only without it
          --out FILE             writes the table to a file too
          -jvmArgsAppend ARGS    for the benchmarks' JVMs, such as -Dgradus.threads=1
        JMH's options:
        """
                .formatted(String.join(", ", FEW_ROWS));
    }

    private ChainedOptionsBuilder options(boolean vectorModule) {
        String[] arguments =
                Stream.concat(
                                Stream.of(JvmArguments.with(vectorModule)),
                                jmh.getJvmArgs().orElse(List.of()).stream())
                        .toArray(String[]::new);
        ChainedOptionsBuilder options =
                new OptionsBuilder().parent(jmh).jvmArgs(arguments).shouldFailOnError(true);
        for (var parameter : Map.of("row", rows, "workload", workloads).entrySet()) {
            if (!jmh.getParameter(parameter.getKey()).hasValue()) {
                options.param(parameter.getKey(), parameter.getValue().toArray(String[]::new));
            }
        }
        return options;
    }

    private Table run() throws RunnerException {
        var table = new Table();
        for (boolean vectorModule : vector) {
            Collection<RunResult> results = new Runner(options(vectorModule).build()).run();
            table.add(vectorModule, results);
        }
        return table;
    }
}
