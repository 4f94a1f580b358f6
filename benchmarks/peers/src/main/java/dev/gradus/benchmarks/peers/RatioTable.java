package dev.gradus.benchmarks.peers;

import dev.gradus.benchmarks.Workload;
import dev.gradus.benchmarks.Workload.Unit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Figures as Markdown: a line a target, with the ratio of Gradus to the target's peer. */
final class RatioTable {
    private final int threads;
    private final boolean vectorModule;
    private final StringBuilder lines = new StringBuilder();

    RatioTable(int threads, boolean vectorModule) {
        this.threads = threads;
        this.vectorModule = vectorModule;
    }

    /** The figures of a workload, of every round. */
    static final class Figures {
        private final List<Double> gradus = new ArrayList<>();
        private final Map<Peer, List<Double>> peers = new EnumMap<>(Peer.class);

        void gradus(double figure) {
            gradus.add(figure);
        }

        void peer(Peer peer, double figure) {
            peers.computeIfAbsent(peer, _ -> new ArrayList<>()).add(figure);
        }
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** How many times as fast a figure is as another one. */
    static double ratio(Unit unit, double ours, double theirs) {
        return switch (unit) {
            case GFLOPS -> ours / theirs;
            case MICROSECONDS, MILLISECONDS -> theirs / ours;
        };
    }

    /** A line for each target of the workload, or one without a verdict. */
    void add(Workload workload, Figures figures) {
        double ours = median(figures.gradus);
        Map<Peer, Double> theirs = new EnumMap<>(Peer.class);
        figures.peers.forEach((peer, values) -> theirs.put(peer, median(values)));
        Map<Peer, Double> ratios = new EnumMap<>(Peer.class);
        theirs.forEach((peer, figure) -> ratios.put(peer, ratio(workload.unit(), ours, figure)));
        Map.Entry<Peer, Double> fastest =
                Collections.min(ratios.entrySet(), Map.Entry.comparingByValue());
        String start =
                "| `%s` | %s | %s | %s | "
                        .formatted(
                                workload.name(),
                                workload.unit() == Unit.MICROSECONDS ? "µs" : workload.unit(),
                                number(ours),
                                Arrays.stream(Peer.values())
                                        .map(p ->
                                                theirs.containsKey(p) ? number(theirs.get(p)) : "")
                                        .collect(Collectors.joining(" | ")));
        List<Target> targets = Target.of(workload.name(), vectorModule);
        if (targets.isEmpty()) {
            lines.append(start)
                    .append(
                            number(fastest.getValue())
                                    + " | "
                                    + fastest.getKey().title()
                                    + " | | | |\n");
        }
        for (Target target : targets) {
            Peer peer = target.peer() == null ? fastest.getKey() : target.peer();
            double ratio = Objects.requireNonNull(ratios.get(peer));
            double must = target.must(threads);
            double aim = target.aim(threads);
            String verdict = ratio >= aim ? "aim" : ratio >= must ? "must" : "**no**";
            lines.append(start)
                    .append(
                            String.format(
                                    Locale.ROOT,
                                    "%.2f | %s%s | %s | %s | %s |\n",
                                    ratio,
                                    peer.title(),
                                    target.peer() == null ? ", the fastest" : "",
                                    must,
                                    aim,
                                    verdict));
        }
    }

    private static String number(double value) {
        if (value >= 1000) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return String.format(
                Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    @Override
    public String toString() {
        String titles =
                Arrays.stream(Peer.values()).map(Peer::title).collect(Collectors.joining(" | "));
        return "\n### "
                + threads
                + (threads == 1 ? " thread" : " threads")
                + "\n\n| workload | unit | Gradus | "
                + titles
                + " | ratio | to | must | aim | reached |\n|---|---|---:|"
                + "---:|".repeat(Peer.values().length)
                + "---:|---|---:|---:|---|\n"
                + lines;
    }
}
