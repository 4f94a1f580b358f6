package dev.gradus.benchmarks;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Results as Markdown: a line a benchmark, a column with the vector module and one without. */
final class Table {
    private static final String[] UNITS = {"ns", "µs", "ms", "s"};

    private final Map<Boolean, Map<String, RunResult>> columns = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();

    /** Adds what a run gave, with the vector module or without it. */
    void add(boolean vectorModule, Collection<RunResult> results) {
        Map<String, RunResult> column = new LinkedHashMap<>();
        results.forEach(result -> column.put(name(result.getParams()), result));
        columns.put(vectorModule, column);
        names.addAll(column.keySet());
    }

    /** Class, method and parameters, such as {@code Workload.run sgemm_64}. */
    private static String name(BenchmarkParams benchmark) {
        String path = benchmark.getBenchmark();
        int dot = path.lastIndexOf('.', path.lastIndexOf('.') - 1);
        var name = new StringBuilder(path.substring(dot + 1).replace("Benchmark.", "."));
        for (String key : new TreeSet<>(benchmark.getParamsKeys())) {
            name.append(' ').append(benchmark.getParam(key));
        }
        return name.toString();
    }

    /** The table, below the command that made it and what it ran on. */
    String markdown(String command) {
        var text = new StringBuilder("`" + command.strip() + "`\n\n" + machine() + "\n\n");
        text.append("| benchmark");
        for (boolean vectorModule : columns.keySet()) {
            text.append(vectorModule ? " | with the vector module" : " | without");
        }
        text.append(" |\n|---").append("|---:".repeat(columns.size())).append("|\n");
        for (String name : names) {
            text.append("| `").append(name).append('`');
            for (Map<String, RunResult> column : columns.values()) {
                text.append(" | ").append(cell(column.get(name)));
            }
            text.append(" |\n");
        }
        return text.toString();
    }

    private String machine() {
        List<String> facts = new ArrayList<>();
        facts.add("JDK " + Runtime.version());
        facts.add(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.add(Runtime.getRuntime().availableProcessors() + " processors");
        Set<String> settings = new LinkedHashSet<>();
        for (Map<String, RunResult> column : columns.values()) {
            for (RunResult result : column.values()) {
                settings.addAll(result.getParams().getJvmArgs());
            }
        }
        settings.removeIf(a -> !a.startsWith("-Dgradus.") || a.equals(JvmArguments.NO_VECTOR));
        facts.addAll(settings);
        return String.join(", ", facts);
    }

    private static String cell(@Nullable RunResult run) {
        if (run == null) {
            return "";
        }
        Result<?> result = run.getPrimaryResult();
        if (!isTime(run)) {
            return String.format(
                    Locale.ROOT,
                    "%.4g ± %.2g %s",
                    result.getScore(),
                    result.getScoreError(),
                    result.getScoreUnit());
        }
        String time = time(nanos(run, result.getScore()), nanos(run, result.getScoreError()));
        return isProduct(run)
                ? String.format(Locale.ROOT, "%s, %.1f GFLOP/s", time, gigaflops(run))
                : time;
    }

    /** JMH's option -bm also counts operations a second. */
    private static boolean isTime(RunResult run) {
        return run.getParams().getMode() != Mode.Throughput;
    }

    private static double nanos(RunResult run, double score) {
        return score * run.getParams().getTimeUnit().toNanos(1);
    }

    /** Three digits of a time, and its error if there is one. */
    private static String time(double nanos, double error) {
        int unit = 0;
        double scale = 1;
        while (unit + 1 < UNITS.length && nanos / scale >= 1000) {
            unit++;
            scale *= 1000;
        }
        double value = nanos / scale;
        String format = value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f";
        String text = String.format(Locale.ROOT, format, value);
        if (!Double.isNaN(error)) {
            text += " ± " + String.format(Locale.ROOT, format, error / scale);
        }
        return text + " " + UNITS[unit];
    }

    private static boolean isProduct(RunResult run) {
        return run.getParams().getBenchmark().contains(WorkloadBenchmark.class.getName())
                && workload(run).unit() == Workload.Unit.GFLOPS;
    }

    private static Workload workload(RunResult run) {
        return Workloads.named(run.getParams().getParam("workload"));
    }

    private static double gigaflops(RunResult run) {
        return workload(run).figure(nanos(run, run.getPrimaryResult().getScore()) / 1e3);
    }

    /**
     * The JVM's second compiler may leave a kernel alone, for its size or for bad luck, and that is
     * up to some hundred times slower: nobody should take such a figure for a result.
     *
     * @throws IllegalStateException if vectors do not make a product faster, in spite of a warm-up
     */
    void check() {
        Map<String, RunResult> without = columns.getOrDefault(false, Map.of());
        columns.getOrDefault(true, Map.of())
                .forEach((name, run) -> {
                    RunResult plain = without.get(name);
                    if (plain != null
                            && isProduct(run)
                            && isTime(run)
                            && isWarmedUp(run)
                            && gigaflops(run) < 1.1 * gigaflops(plain)) {
                        throw new IllegalStateException(
                                name
                                        + " is not faster with the vector module, so its"
                                        + " loops did not get compiled");
                    }
                });
    }

    private static boolean isWarmedUp(RunResult run) {
        IterationParams warmup = run.getParams().getWarmup();
        return warmup.getCount() * warmup.getTime().convertTo(TimeUnit.SECONDS) >= 3;
    }
}
