package dev.gradus.nn;

import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Slot;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The table that {@link Layer#summary} gives. */
final class Summary {
    private static final String GAP = "  ";

    private final List<String[]> rows = new ArrayList<>();
    private final Set<Slot> slots = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The table of a layer and all inside it. */
    static String of(Layer layer) {
        var summary = new Summary();
        summary.rows.add(new String[] {"layer", "type", "slots", "parameters"});
        summary.add("", layer);
        return summary.table() + summary.totals();
    }

    private void add(String path, Layer layer) {
        Collection<Slot> own = layer.own().values();
        slots.addAll(own);
        String shapes = own.stream().map(Slot::toString).collect(Collectors.joining(", "));
        String parameters = grouped(elements(own, false));
        rows.add(new String[] {path.isEmpty() ? "(all)" : path, type(layer), shapes, parameters});
        layer.children()
                .forEach((name, child) -> add(path.isEmpty() ? name : path + "." + name, child));
    }

    /** What it prints as, without the layers inside. */
    private static String type(Layer layer) {
        String text = layer.toString();
        int end = text.indexOf("(\n");
        return end < 0 ? text.lines().findFirst().orElse("") : text.substring(0, end);
    }

    private static long elements(Collection<Slot> slots, boolean trainable) {
        return slots.stream()
                .filter(slot -> slot instanceof Parameter p && !(trainable && p.isFrozen()))
                .mapToLong(slot -> slot.value().size())
                .sum();
    }

    private String table() {
        int[] widths = new int[4];
        for (String[] row : rows) {
            for (int i = 0; i < 4; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        var text = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < 3; i++) {
                text.append(row[i]).repeat(' ', widths[i] - row[i].length()).append(GAP);
            }
            text.repeat(' ', widths[3] - row[3].length()).append(row[3]).append('\n');
        }
        return text.toString();
    }

    private String totals() {
        long bytes =
                slots.stream()
                        .mapToLong(s -> (long) s.value().size() * s.value().dtype().itemSize())
                        .sum();
        return grouped(elements(slots, false))
                + " parameters, "
                + grouped(elements(slots, true))
                + " of them trainable; "
                + grouped(bytes)
                + " bytes in all slots";
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
