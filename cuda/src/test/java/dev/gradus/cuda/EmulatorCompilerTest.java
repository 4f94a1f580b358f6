package dev.gradus.cuda;

import static dev.gradus.cuda.DirectCuda.download;
import static dev.gradus.cuda.DirectCuda.launch;
import static dev.gradus.cuda.DirectCuda.upload;
import static dev.gradus.cuda.Fault.assertFails;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUmodule;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The emulated NVRTC. */
class EmulatorCompilerTest {
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

    /** What NVRTC does not know, g++ does not get either. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "#include <float.h>\n",
                "__device__ float f() { return undeclared; }",
                "__device__ float f() { return INFINITY; }",
                "__device__ float f() { return FLT_MAX; }",
                "__device__ double f() { return M_PI; }",
                "__device__ uint32_t f() { return 0; }",
                "__device__ float f() { return std::sqrt(2.f); }",
                "__device__ float f() { return assert(1); }"
            })
    void compilerRefuses(String source) {
        String message =
                messageOf(
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> DirectCuda.module("wrong.cu", "\n" + source)));
        assertTrue(message.startsWith("NVRTC_ERROR_COMPILATION"), message);
        assertTrue(message.contains("wrong.cu"), message);
    }

    @Test
    void compilerRefusesOptions() {
        assertThrows(
                IllegalArgumentException.class,
                () -> DirectCuda.module("right.cu", "", "--no-such-option"));
    }

    @Test
    void namesAreThoseOfTheDevice() {
        try (var _ = new DirectCuda()) {
            CUmodule module = DirectCuda.moduleOf("faults.cu");
            assertFails("CUDA_ERROR_NOT_FOUND", () -> DirectCuda.function(module, "mangled"));
            assertFails("CUDA_ERROR_NOT_FOUND", () -> DirectCuda.function(module, "absent"));
        }
    }

    @Test
    void templateByNameExpression() {
        try (var _ = new DirectCuda()) {
            nvrtcProgram program = new nvrtcProgram();
            String source = DirectCuda.source("programs.cu");
            JNvrtc.nvrtcCreateProgram(
                    program, source, "programs.cu", 0, new String[0], new String[0]);
            JNvrtc.nvrtcAddNameExpression(program, "scaled<float, 3>");
            JNvrtc.nvrtcCompileProgram(program, 1, new String[] {"--gpu-architecture=sm_90"});
            String[] name = {""};
            JNvrtc.nvrtcGetLoweredName(program, "scaled<float, 3>", name);
            String[] ptx = {""};
            JNvrtc.nvrtcGetPTX(program, ptx);
            CUmodule module = new CUmodule();
            jcuda.driver.JCudaDriver.cuModuleLoadData(module, ptx[0]);
            CUdeviceptr x = upload(1, 2, 3);
            launch(DirectCuda.function(module, name[0]), 1, 3, x);
            assertArrayEquals(new float[] {3, 6, 9}, download(x, 3));
        }
    }

    @Test
    void severalThreadsCompileAndLaunch() throws Exception {
        try (DirectCuda cuda = new DirectCuda();
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                String addend = Integer.toString(i);
                results.add(
                        threads.submit(() -> {
                            cuCtxSetCurrent(cuda.context());
                            return addedTo(addend);
                        }));
            }
            for (int i = 0; i < 9; i++) {
                assertArrayEquals(new float[] {1 + i, 2 + i}, results.get(i).get());
            }
        }
    }

    private static float[] addedTo(String addend) {
        String source = "extern \"C\" __global__ void add(float* x) { x[threadIdx.x] += ADDEND; }";
        CUmodule module = DirectCuda.module("add.cu", source, "-DADDEND=" + addend);
        CUdeviceptr x = upload(1, 2);
        launch(DirectCuda.function(module, "add"), 1, 2, x);
        return download(x, 2);
    }

    private static String messageOf(Exception error) {
        return String.valueOf(error.getMessage());
    }
}
