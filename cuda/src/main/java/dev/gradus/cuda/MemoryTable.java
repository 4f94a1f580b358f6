package dev.gradus.cuda;

import dev.gradus.backend.Buffer;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What to say when a device's memory is full: what was asked for, and what takes the room. */
final class MemoryTable {
    private static final int LINES = 12;

    private MemoryTable() {}

    /**
     * The text of the error.
     *
     * @param live the size in bytes of every buffer that is alive
     */
    static String text(
            long asked,
            Buffer buffer,
            long liveBytes,
            long reserved,
            String left,
            List<Long> live) {
        var text = new StringBuilder();
        text.append("cuda: no memory for a tensor of ")
                .append(buffer.size())
                .append(" elements, ")
                .append(buffer.dtype())
                .append(" (")
                .append(bytes(asked))
                .append("); ")
                .append(bytes(liveBytes))
                .append(" are in use, ")
                .append(bytes(reserved))
                .append(" reserved, ")
                .append(left)
                .append("\nLargest in use:");
        Map<Long, Integer> counts = new TreeMap<>(Comparator.reverseOrder());
        live.forEach(size -> counts.merge(size, 1, Integer::sum));
        counts.entrySet().stream()
                .sorted(Comparator.comparingLong(e -> -e.getKey() * e.getValue()))
                .limit(LINES)
                .forEach(e ->
                        text.append(
                                "\n  %6d × %10s = %10s"
                                        .formatted(
                                                e.getValue(),
                                                bytes(e.getKey()),
                                                bytes(e.getKey() * e.getValue()))));
        text.append("\nUse a smaller batch; close tapes when their gradients are used;");
        text.append(" compute without a tape inside a Scope");
        return text.toString();
    }

    /** A number of bytes to read. */
    static String bytes(long n) {
        if (n < 1 << 10) {
            return n + " B";
        }
        double value = n;
        String unit = "";
        for (String larger : List.of("KiB", "MiB", "GiB")) {
            if (value >= 1024) {
                value /= 1024;
                unit = larger;
            }
        }
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
    }
}
