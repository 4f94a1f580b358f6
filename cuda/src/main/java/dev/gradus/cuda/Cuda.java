package dev.gradus.cuda;

import java.util.Locale;

/** Whether the backend {@code cuda} can run here; if not, why, and what to do about it. */
public final class Cuda {
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
        StringBuilder text = new StringBuilder();
        for (Component c : CudaStatus.get().components()) {
            String state =
                    switch (c.state()) {
                        case WORKS -> "ok";
                        case FAILS -> "FAILS";
                        case NOT_LOOKED_AT -> "-";
                    };
            text.append(String.format(Locale.ROOT, "%-6s %-16s %s%n", state, c.name(), c.text()));
            if (!c.fix().isEmpty()) {
                text.append(String.format(Locale.ROOT, "%-6s %-16s Fix: %s%n", "", "", c.fix()));
            }
        }
        return text.toString();
    }
}
