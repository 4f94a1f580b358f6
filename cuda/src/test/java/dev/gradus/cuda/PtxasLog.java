package dev.gradus.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What NVIDIA's assembler says about kernels under {@code --ptxas-options=-v}. */
final class PtxasLog {
    private static final Pattern ENTRY = Pattern.compile("Compiling entry function '([^']+)'");
    private static final Pattern SPILLS =
            Pattern.compile("(\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
    private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

    private PtxasLog() {}

    /**
     * What one kernel uses.
     *
     * @param name its name, as the linker knows it
     * @param registers how many registers each thread has
     * @param shared bytes of static shared memory of a block
     * @param spilled bytes that found no register and go through memory, stores and loads together
     */
    record Kernel(String name, int registers, int shared, int spilled) {}

    static List<Kernel> kernels(String log) {
        List<Kernel> kernels = new ArrayList<>();
        String name = "";
        int spilled = 0;
        for (String line : log.lines().toList()) {
            Matcher entry = ENTRY.matcher(line);
            Matcher spills = SPILLS.matcher(line);
            Matcher registers = REGISTERS.matcher(line);
            if (entry.find()) {
                name = entry.group(1);
                spilled = 0;
            } else if (spills.find()) {
                // Also those of functions that were not inlined into the kernel.
                spilled += Integer.parseInt(spills.group(1)) + Integer.parseInt(spills.group(2));
            } else if (registers.find() && !name.isEmpty()) {
                Matcher shared = SHARED.matcher(line);
                kernels.add(
                        new Kernel(
                                name,
                                Integer.parseInt(registers.group(1)),
                                shared.find() ? Integer.parseInt(shared.group(1)) : 0,
                                spilled));
                name = "";
            }
        }
        return kernels;
    }
}
