package dev.gradus.cuda;

import static dev.gradus.cuda.DirectCuda.allocate;
import static dev.gradus.cuda.DirectCuda.download;
import static dev.gradus.cuda.DirectCuda.launch;
import static dev.gradus.cuda.DirectCuda.launchOn;
import static dev.gradus.cuda.DirectCuda.zeros;
import static dev.gradus.cuda.Fault.FAILED;
import static dev.gradus.cuda.Fault.HANDLE;
import static dev.gradus.cuda.Fault.ILLEGAL;
import static dev.gradus.cuda.Fault.INVALID;
import static dev.gradus.cuda.Fault.MISALIGNED;
import static dev.gradus.cuda.Fault.NO_ERROR;

import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.List;
import java.util.stream.Stream;

/** Plants each kind of fault of kernels and launches, and looks whether the emulator sees it. */
class EmulatorKernelsTest {
    private static final List<Fault> FAULTS =
            List.of(
                    new Fault(
                            "a barrier that half of the threads reach",
                            FAILED,
                            "16 wait at __syncthreads (line LINE oneBranchWaits",
                            f -> f.run("oneBranchWaits", 32, zeros(32))),
                    new Fault(
                            "two barriers for the threads of one block",
                            FAILED,
                            "and another one",
                            f -> f.run("branchesWaitApart", 32, zeros(32))),
                    new Fault(
                            "a return before a barrier",
                            FAILED,
                            "24 have ended",
                            f -> f.run("returnsBeforeBarrier", 64, zeros(64), 40)),
                    new Fault(
                            "a lane that its mask leaves out",
                            FAILED,
                            "warp operation at line LINE leavesLaneOut",
                            f -> f.run("leavesLaneOut", 32, zeros(32))),
                    new Fault(
                            "half a warp waits for the other",
                            FAILED,
                            "16 in a warp operation",
                            f -> f.run("halfWarpShuffles", 32, zeros(32))),
                    new Fault(
                            "a shuffle from a lane that is not there",
                            NO_ERROR,
                            "gave uninitialised device memory",
                            f -> {
                                CUdeviceptr x = zeros(32);
                                f.run("shufflesFromAbsentLane", 32, x);
                                download(x, 32);
                            }),
                    new Fault(
                            "shared memory that nobody wrote",
                            NO_ERROR,
                            "byte 252 of 256",
                            f -> downloadAfter(f, "readsUnwrittenShared")),
                    new Fault(
                            "the same in a template",
                            NO_ERROR,
                            "byte 0 of 256",
                            f -> downloadAfter(f, "readsUnwrittenSharedOfTemplate")),
                    new Fault(
                            "a misaligned float4",
                            MISALIGNED,
                            "at faults.cu:LINE misaligned",
                            f -> f.run("misaligned", 1, zeros(64))),
                    new Fault(
                            "a misaligned float2",
                            MISALIGNED,
                            "at faults.cu:LINE misalignedPair",
                            f -> f.run("misalignedPair", 1, zeros(64))),
                    new Fault(
                            "a shared array's bounds",
                            MISALIGNED,
                            "at faults.cu:LINE leavesSharedArray",
                            f -> f.run("leavesSharedArray", 64, zeros(64))),
                    new Fault(
                            "a local array's bounds",
                            MISALIGNED,
                            "at faults.cu:LINE leavesLocalArray",
                            f -> f.run("leavesLocalArray", 1, zeros(64), 4)),
                    new Fault(
                            "the bounds of dynamic shared memory",
                            ILLEGAL,
                            "at faults.cu:LINE leavesDynamicShared",
                            f ->
                                    launchOn(
                                            null,
                                            f.get("leavesDynamicShared"),
                                            1,
                                            64,
                                            256,
                                            zeros(64))),
                    new Fault(
                            "a division by zero",
                            FAILED,
                            "integer division by zero at faults.cu:LINE dividesByZero",
                            f -> f.run("dividesByZero", 1, zeros(1), 0)),
                    new Fault(
                            "a trap",
                            "CUDA_ERROR_ASSERT",
                            "__trap() at line LINE traps",
                            f -> f.run("traps", 1, zeros(1))),
                    new Fault(
                            "no blocks",
                            INVALID,
                            "no grid of (0,1,1) blocks",
                            f -> launch(f.get("increments"), 0, 64, zeros(64), 64)),
                    new Fault(
                            "too many threads",
                            INVALID,
                            "blocks of (1025,1,1) threads",
                            f -> f.run("increments", 1025, zeros(64), 64)),
                    new Fault(
                            "more threads than the launch bounds",
                            INVALID,
                            "__launch_bounds__(64)",
                            f -> f.run("bounded", 65, zeros(65))),
                    new Fault(
                            "too much shared memory",
                            INVALID,
                            "49156 bytes of dynamic shared memory",
                            f ->
                                    launchOn(
                                            null,
                                            f.get("leavesDynamicShared"),
                                            1,
                                            1,
                                            49156,
                                            zeros(64))),
                    new Fault(
                            "too much of both kinds",
                            INVALID,
                            "16388 bytes of dynamic shared memory",
                            f -> launchOn(null, sharesMuch(), 1, 1, 16388, zeros(64))),
                    new Fault(
                            "no arguments",
                            INVALID,
                            "parameters are missing",
                            f -> launchWithoutArguments(f.get("increments"))),
                    new Fault(
                            "a function of a module that was unloaded",
                            HANDLE,
                            "function that is not loaded",
                            f -> {
                                CUfunction increments = f.get("increments");
                                cuModuleUnload(f.module);
                                launch(increments, 1, 64, zeros(64), 64);
                            }),
                    new Fault(
                            "a stream that was destroyed",
                            HANDLE,
                            "cuStreamDestroy of a stream that does not exist",
                            f -> {
                                CUstream stream = new CUstream();
                                cuStreamCreate(stream, 1);
                                cuStreamDestroy(stream);
                                cuStreamDestroy(stream);
                            }),
                    new Fault(
                            "a function that is not emulated",
                            "CUDA_ERROR_NOT_SUPPORTED",
                            "cuProfilerStart is not emulated",
                            f -> JCudaDriver.cuProfilerStart()));

    @SuppressWarnings("NullAway") // null is the fault
    private static void launchWithoutArguments(CUfunction function) {
        cuLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, null, null, null);
    }

    private static void downloadAfter(Fault.Kernels kernels, String name) {
        CUdeviceptr y = allocate(256);
        kernels.run(name, 64, y);
        download(y, 64);
    }

    private static CUfunction sharesMuch() {
        String source =
                """
                extern "C" __global__ void sharesMuch(float* x) {
                    __shared__ float s[8192];
                    s[threadIdx.x] = 1.f;
                    x[threadIdx.x] = s[threadIdx.x];
                }
                """;
        return DirectCuda.function(DirectCuda.module("much.cu", source), "sharesMuch");
    }

    @TestFactory
    Stream<DynamicTest> seesFaults() {
        return Fault.tests(FAULTS);
    }
}
