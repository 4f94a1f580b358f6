package dev.gradus.cuda;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The emulated CUDA libraries of {@code src/test/emulator}, from inside the process that uses them.
 * Everything here is about the whole process: tests that use it must not run side by side.
 */
final class Emulator {
    private Emulator() {}

    /**
     * The order in which a kernel's threads, and its blocks, run. A kernel without races does not
     * notice.
     */
    enum Schedule {
        FORWARD,
        REVERSED,
        RANDOM,
        /** Launch after launch another one of the three. */
        ROTATING
    }

    // What can be set: Option in hooks.cpp.
    private static final int SCHEDULE = 0;
    private static final int SEED = 1;
    private static final int DEFERRED = 2;
    private static final int FAIL_ALLOCATION = 3;
    private static final int LOST = 4;
    private static final int DEVICES = 5;
    private static final int DRIVER_VERSION = 6;
    private static final int MEMORY = 7;
    private static final int QUIET = 8;
    private static final int ATTRIBUTES = 9;

    /**
     * What was counted since the last {@link #reset()}; of live bytes, what there is. In the order
     * of findings.h.
     */
    record Counters(
            long launches,
            long blasCalls,
            long toDevice,
            long toDeviceBytes,
            long toHost,
            long toHostBytes,
            long onDevice,
            long onDeviceBytes,
            long fills,
            long allocations,
            long frees,
            long liveBytes,
            long peakBytes,
            long findings,
            long poisonReads,
            long streamSynchronizations,
            long contextSynchronizations) {}

    /** {@code CUDA_ERROR_ILLEGAL_ADDRESS}: what every call says once a kernel has gone astray. */
    static final int ILLEGAL_ADDRESS = 700;

    /** Whether {@code libcuda.so.1} is the emulated one. */
    static boolean present() {
        return EmulatorFunctions.FOUND != null;
    }

    /** Skips the calling test, with the reason, where the emulator is not there. */
    static void assumePresent() {
        Assumptions.assumeTrue(present(), () -> "The CUDA emulator is not there: " + whyMissing());
    }

    private static String whyMissing() {
        Path reason =
                Path.of(System.getProperty("gradus.emulator", "target/emulator"), "missing.txt");
        try {
            return Files.exists(reason)
                    ? Files.readString(reason).strip()
                    : "the build makes it on Linux on x86-64, and puts it into LD_LIBRARY_PATH";
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    static Counters counters() {
        long[] c = new long[17];
        for (int i = 0; i < c.length; i++) {
            c[i] = functions().counter(i);
        }
        return new Counters(
                c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], c[10], c[11], c[12],
                c[13], c[14], c[15], c[16]);
    }

    /** How often each kernel was launched since the last {@link #reset()}. */
    static Map<String, Long> launchesByKernel() {
        Map<String, Long> launches = new TreeMap<>();
        for (String line : described("kernel ")) {
            int blank = line.lastIndexOf(' ');
            launches.put(line.substring(0, blank), Long.valueOf(line.substring(blank + 1)));
        }
        return launches;
    }

    /** The faults seen since the last {@link #reset()}. */
    static List<String> findings() {
        return described("finding ");
    }

    /** The allocations that have not been freed: their numbers and sizes. */
    static List<String> liveAllocations() {
        return described("live ");
    }

    /** Fails with the findings, if there are any. */
    static void assertNoFindings() {
        Assertions.assertEquals(List.of(), findings());
    }

    /** Every live allocation becomes a finding. */
    static void reportLeaks() {
        functions().reportLeaks();
    }

    /**
     * Back to what the environment says: schedule, limits, a device that works. Findings and counts
     * are gone; memory, modules and streams stay. Nothing where there is no emulator, so that what
     * runs after a skipped test may call it.
     */
    static void reset() {
        if (present()) {
            functions().reset();
        }
    }

    static void schedule(Schedule schedule) {
        int number =
                switch (schedule) {
                    case FORWARD -> 0;
                    case REVERSED -> 1;
                    case RANDOM -> 2;
                    case ROTATING -> 3;
                };
        functions().set(SCHEDULE, number);
    }

    /** The random schedule with these random numbers. */
    static void schedule(Schedule schedule, int seed) {
        schedule(schedule);
        functions().set(SEED, seed);
    }

    /** Whether a stream's work waits until something synchronises with it. */
    static void deferred(boolean deferred) {
        functions().set(DEFERRED, deferred ? 1 : 0);
    }

    /**
     * The {@code n}-th allocation of device memory from now fails once; 1 is the next one, 0 is
     * none.
     */
    static void failAllocation(int n) {
        functions().set(FAIL_ALLOCATION, n);
    }

    /** From now on every call fails, as after a kernel's fault, until {@link #reset()}. */
    static void loseDevice() {
        functions().set(LOST, ILLEGAL_ADDRESS);
    }

    static void devices(int count) {
        functions().set(DEVICES, count);
    }

    /**
     * As {@code cuDriverGetVersion} says it: 12060 is 12.6. One below 12000 loads nothing that
     * NVRTC 12 compiled.
     */
    static void driverVersion(int version) {
        functions().set(DRIVER_VERSION, version);
    }

    /** How many bytes the device has. */
    static void memory(long bytes) {
        functions().set(MEMORY, bytes);
    }

    /** Sets an attribute of the device, by its number in {@code CUdevice_attribute}. */
    static void attribute(int attribute, int value) {
        functions().set(ATTRIBUTES + attribute, value);
    }

    /** Whether findings go to {@code System.err} too: not those that a test plants. */
    static void quiet(boolean quiet) {
        functions().set(QUIET, quiet ? 1 : 0);
    }

    private static List<String> described(String kind) {
        if (!present()) {
            return List.of();
        }
        return functions()
                .describe()
                .lines()
                .filter(line -> line.startsWith(kind))
                .map(line -> line.substring(kind.length()))
                .toList();
    }

    private static EmulatorFunctions functions() {
        EmulatorFunctions found = EmulatorFunctions.FOUND;
        if (found == null) {
            throw new IllegalStateException("The CUDA emulator is not there: " + whyMissing());
        }
        return found;
    }
}
