package dev.gradus.cuda;

import static dev.gradus.cuda.DirectCuda.allocate;
import static dev.gradus.cuda.DirectCuda.launch;
import static dev.gradus.cuda.DirectCuda.zeros;
import static dev.gradus.cuda.EmulatorSettingsTest.lastSum;
import static dev.gradus.cuda.Fault.assertFails;
import static dev.gradus.cuda.Fault.faulty;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuMemFree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The emulator and the process that it is part of. */
class EmulatorProcessTest {
    @BeforeEach
    void start() {
        Emulator.assumePresent();
        Emulator.reset();
        Emulator.quiet(true);
    }

    @AfterEach
    void end() {
        Emulator.reset();
    }

    /** The Java machine makes its exceptions out of signals, as the emulator makes findings. */
    @Test
    @SuppressWarnings("NullAway")
    void signalsOfTheJavaMachineStay() {
        try (var _ = new DirectCuda()) {
            assertFails(Fault.ILLEGAL, () -> launch(faulty("writes"), 1, 1, zeros(64), 64));
        }
        int[][] rows = new int[100_001][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i % 50_000 == 49_999 ? null : new int[1];
        }
        int caught = 0;
        for (int round = 0; round < 5; round++) {
            for (int[] row : rows) {
                try {
                    row[0]++;
                } catch (NullPointerException expected) {
                    caught++;
                }
            }
        }
        assertEquals(10, caught);
    }

    /** Without a word to the emulator: settings by environment, findings on paper. */
    @Test
    void anotherProcess(@TempDir Path folder) throws Exception {
        Path report = folder.resolve("report.txt");
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.library.path=" + System.getProperty("java.library.path"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Planted.class.getName());
        builder.environment().put("CUDA_EMULATOR_REPORT", report.toString());
        builder.environment().put("CUDA_EMULATOR_SCHEDULE", "reversed");
        builder.environment().put("CUDA_EMULATOR_COMPUTE", "7.5");
        builder.environment().put("CUDA_EMULATOR_MEMORY_MB", "3");
        builder.environment().put("CUDA_EMULATOR_QUIET", "1");
        Process process = builder.redirectErrorStream(true).start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), said);
        assertEquals("2.0 7 3145728", said);
        List<String> lines = Files.readAllLines(report);
        assertTrue(lines.contains("kernel lacksBarrier 1"), lines.toString());
        assertTrue(lines.contains("live allocation 2 of 256 bytes"), lines.toString());
        assertTrue(
                lines.stream().anyMatch(line -> line.startsWith("finding double free")),
                lines.toString());
    }

    /** What {@link #anotherProcess} runs. */
    static final class Planted {
        private Planted() {}

        @SuppressWarnings("resource") // the process ends as many do
        public static void main(String[] args) {
            DirectCuda cuda = new DirectCuda();
            float sum = lastSum();
            CUdevice device = new CUdevice();
            int[] compute = {0};
            cuDeviceGetAttribute(compute, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
            long[] bytes = {0};
            JCudaDriver.cuDeviceTotalMem(bytes, device);
            CUdeviceptr x = allocate(4);
            cuMemFree(x);
            assertFails(Fault.INVALID, () -> cuMemFree(x));
            System.out.println(sum + " " + compute[0] + " " + bytes[0]);
            assertTrue(cuda.context() != null);
        }
    }
}
