package dev.gradus.autograd;

import dev.gradus.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A graph in words. */
final class GraphText {
    private static final MathContext DIGITS = new MathContext(4);

    /** More rows or columns than this are summarised. */
    private static final int WRITTEN = 4;

    private GraphText() {}

    static List<String> lines(TapeGraph.Node node) {
        List<String> lines = new ArrayList<>();
        String type = node.dtype() + " " + node.shape();
        if (node.name().isEmpty()) {
            lines.add(node.operation());
            lines.add(type);
        } else if (node.isLeaf()) {
            lines.add(node.name());
            lines.add(node.operation() + ", " + type);
        } else {
            lines.add(node.name() + " = " + node.operation());
            lines.add(type);
        }
        lines.addAll(numbers("value    ", node.value(), false));
        if (node.gradient() != null) {
            lines.addAll(numbers("gradient ", node.gradient(), true));
        }
        return lines;
    }

    private static List<String> numbers(String label, @Nullable Tensor t, boolean isGradient) {
        if (t == null) {
            return List.of(label + "overwritten");
        }
        double[] values = t.toArray();
        int columns = t.ndim() == 0 ? 1 : t.size(-1);
        if (values.length == 0) {
            return List.of(label + "no elements");
        }
        if (t.ndim() > 2 || columns > WRITTEN || values.length / columns > WRITTEN) {
            return List.of(label + summary(values, isGradient));
        }
        String[] words = Arrays.stream(values).mapToObj(GraphText::number).toArray(String[]::new);
        int width = Arrays.stream(words).mapToInt(String::length).max().getAsInt();
        List<String> rows = new ArrayList<>();
        for (int from = 0; from < words.length; from += columns) {
            StringBuilder row = new StringBuilder(from == 0 ? label : " ".repeat(label.length()));
            for (int i = from; i < from + columns; i++) {
                row.append(i == from ? "" : " ");
                row.append(" ".repeat(width - words[i].length())).append(words[i]);
            }
            rows.add(row.toString());
        }
        return rows;
    }

    private static String summary(double[] values, boolean isGradient) {
        var all = Arrays.stream(values).summaryStatistics();
        double norm = Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
        return number(all.getMin())
                + " … "
                + number(all.getMax())
                + (isGradient ? ", norm " + number(norm) : ", mean " + number(all.getAverage()));
    }

    /** At most four digits, without trailing zeros, the same in every locale: 0.25, 1.5e-7. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal rounded = new BigDecimal(value, DIGITS).stripTrailingZeros();
        int power = rounded.precision() - rounded.scale() - 1;
        if (rounded.signum() == 0) {
            return "0";
        }
        return power < -4 || power > 5
                ? rounded.scaleByPowerOfTen(-power).toPlainString() + "e" + power
                : rounded.toPlainString();
    }

    static String dot(TapeGraph graph) {
        StringBuilder dot = new StringBuilder("digraph tape {\n");
        dot.append("  node [shape=box, style=\"rounded,filled\", fontname=\"monospace\"];\n");
        for (TapeGraph.Node node : graph.nodes()) {
            dot.append("  n").append(node.id()).append(" [fillcolor=\"").append(color(node));
            dot.append("\", label=\"");
            // \l ends a line that is justified to the left.
            node.lines().forEach(line -> dot.append(escaped(line)).append("\\l"));
            dot.append("\"];\n");
        }
        for (TapeGraph.Node node : graph.nodes()) {
            for (int input : node.inputs()) {
                dot.append("  n").append(input).append(" -> n").append(node.id()).append(";\n");
            }
        }
        return dot.append("}\n").toString();
    }

    private static String color(TapeGraph.Node node) {
        if (!node.isLeaf()) {
            return "#FFFFFF";
        }
        return switch (node.operation()) {
            case TapeGraph.WATCHED -> "#FBE3B0";
            case TapeGraph.PARAMETER -> "#CFE6F5";
            default -> "#E8E8E8";
        };
    }

    /** Within quotes; Graphviz reads HTML entities in a label, too. */
    private static String escaped(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ")
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("&", "&amp;");
    }
}
