package dev.gradus.cuda;

import java.util.Locale;

/** Whether the backend {@code cuda} can run here; if not, why, and what to do about it. */
public final class Cuda {
    private static final int INDENT = 21;
    private static final int WIDTH = 98;

    private Cuda() {}

    /** Whether the backend can run; the first call loads CUDA's libraries. */
    public static boolean available() {
        return CudaStatus.get().usable();
    }

    /** Empty if the backend can run, else one line: the reasons and the fixes. */
    public static String unavailableBecause() {
        return CudaStatus.get().unavailableBecause();
    }

    /** All that CUDA needs, a line or two each: where it was found, or why not and the fix. */
    public static String report() {
        return report(CudaStatus.get());
    }

    static String report(CudaStatus status) {
        StringBuilder text = new StringBuilder();
        for (Component c : status.components()) {
            String state =
                    switch (c.state()) {
                        case WORKS -> "ok";
                        case FAILS -> "FAILS";
                        case NOT_LOOKED_AT -> "-";
                    };
            add(text, String.format(Locale.ROOT, "%-5s %-14s ", state, c.name()), c.text());
            if (!c.fix().isEmpty()) {
                add(text, " ".repeat(INDENT), "Fix: " + c.fix());
            }
        }
        return text.toString();
    }

    /** Adds a text, in several lines if it is long, all with the same indent. */
    private static void add(StringBuilder text, String start, String words) {
        StringBuilder line = new StringBuilder(start);
        for (String word : words.split(" ", -1)) {
            if (line.length() + word.length() > WIDTH && !line.toString().isBlank()) {
                text.append(line.toString().stripTrailing()).append(System.lineSeparator());
                line.setLength(0);
                line.append(" ".repeat(INDENT));
            }
            line.append(word).append(' ');
        }
        text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
}
