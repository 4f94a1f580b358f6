package dev.gradus.cuda;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import jcuda.CudaException;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A program with a fault that the emulator must see.
 *
 * @param error what the program gets, or {@link #NO_ERROR} where a device would not tell
 * @param finding a part of what the emulator says to its author; {@code LINE name} stands for the
 *     line of faults.cu that is marked so
 */
record Fault(String name, String error, String finding, Consumer<Kernels> program) {
    static final String NO_ERROR = "no error";
    static final String ILLEGAL = "CUDA_ERROR_ILLEGAL_ADDRESS";
    static final String INVALID = "CUDA_ERROR_INVALID_VALUE";
    static final String HANDLE = "CUDA_ERROR_INVALID_HANDLE";
    static final String FAILED = "CUDA_ERROR_LAUNCH_FAILED";
    static final String MISALIGNED = "CUDA_ERROR_MISALIGNED_ADDRESS";

    private static final String SOURCE = DirectCuda.source("faults.cu");

    /** The kernels of faults.cu. */
    static final class Kernels {
        final CUmodule module = DirectCuda.moduleOf("faults.cu");

        CUfunction get(String name) {
            return DirectCuda.function(module, name);
        }

        void run(String kernel, int threads, Object... arguments) {
            DirectCuda.launch(get(kernel), 1, threads, arguments);
        }
    }

    /** A kernel of faults.cu. */
    static CUfunction faulty(String name) {
        return new Kernels().get(name);
    }

    static void assertFails(String error, Executable call) {
        assertEquals(error, assertThrows(CudaException.class, call).getMessage());
    }

    static Stream<DynamicTest> tests(List<Fault> faults) {
        Emulator.assumePresent();
        return faults.stream().map(fault -> dynamicTest(fault.name, fault::check));
    }

    /** In a context of its own, which the fault may spoil; no finding is left. */
    private void check() {
        Emulator.reset();
        Emulator.quiet(true);
        try {
            assertEquals(error, errorOfProgram());
            String expected = withLine(finding);
            List<String> findings = Emulator.findings();
            assertTrue(
                    findings.stream().anyMatch(said -> said.contains(expected)),
                    () -> "no \"" + expected + "\" in " + findings);
            assertEquals(findings.size(), Emulator.counters().findings());
        } finally {
            Emulator.reset();
        }
    }

    private String errorOfProgram() {
        try (var _ = new DirectCuda()) {
            program.accept(new Kernels());
            cuCtxSynchronize();
            return NO_ERROR;
        } catch (CudaException thrown) {
            return String.valueOf(thrown.getMessage());
        }
    }

    private static String withLine(String finding) {
        int mark = finding.indexOf("LINE");
        if (mark < 0) {
            return finding;
        }
        int at = SOURCE.indexOf("// " + finding.substring(mark) + "\n");
        assertTrue(at > 0, finding);
        return finding.substring(0, mark) + SOURCE.substring(0, at).lines().count();
    }
}
