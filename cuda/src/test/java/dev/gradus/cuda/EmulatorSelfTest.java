package dev.gradus.cuda;

import static dev.gradus.cuda.DirectCuda.allocate;
import static dev.gradus.cuda.DirectCuda.download;
import static dev.gradus.cuda.DirectCuda.launchOn;
import static dev.gradus.cuda.DirectCuda.struct;
import static dev.gradus.cuda.DirectCuda.zeros;
import static dev.gradus.cuda.Fault.ILLEGAL;
import static dev.gradus.cuda.Fault.INVALID;
import static dev.gradus.cuda.Fault.NO_ERROR;

import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.List;
import java.util.stream.Stream;

/**
 * Plants each kind of fault of memory, and looks whether the emulator sees it. {@link
 * EmulatorKernelsTest}, {@link EmulatorGemmTest} and {@link EmulatorSettingsTest} have the other
 * kinds; {@link EmulatorProgramsTest} has right programs.
 */
class EmulatorSelfTest {
    private static final List<Fault> FAULTS =
            List.of(
                    new Fault(
                            "a kernel writes past the end",
                            ILLEGAL,
                            "at faults.cu:LINE writes",
                            f -> f.run("writes", 1, zeros(64), 64)),
                    new Fault(
                            "and is told where that was",
                            ILLEGAL,
                            "0 bytes past the end of allocation",
                            f -> f.run("writes", 1, zeros(64), 64)),
                    new Fault(
                            "a kernel reads past the end",
                            ILLEGAL,
                            "at faults.cu:LINE reads",
                            f -> f.run("reads", 1, zeros(64), 64)),
                    new Fault(
                            "a kernel reads far before the start",
                            ILLEGAL,
                            "at faults.cu:LINE reads",
                            f -> f.run("reads", 1, zeros(64), -1024)),
                    new Fault(
                            "a kernel writes a little past an uneven end",
                            NO_ERROR,
                            "bytes, found at writes",
                            f -> f.run("writes", 1, zeros(61), 61)),
                    new Fault(
                            "a kernel writes a little before the start",
                            NO_ERROR,
                            "write 4 bytes before allocation",
                            f -> f.run("writes", 1, zeros(64), -1)),
                    new Fault(
                            "a kernel writes to the edge of another allocation",
                            NO_ERROR,
                            "bytes, found at its free",
                            f -> {
                                CUdeviceptr x = zeros(64);
                                CUdeviceptr behind = zeros(64);
                                f.run("writes", 1, x, 64 + 1024 + 100);
                                cuMemFree(behind);
                            }),
                    new Fault(
                            "a kernel reads a little past an uneven end",
                            NO_ERROR,
                            "gave uninitialised device memory",
                            f -> {
                                CUdeviceptr x = zeros(61);
                                f.run("reads", 1, x, 61);
                                download(x, 1);
                            }),
                    new Fault(
                            "an argument is freed memory",
                            INVALID,
                            "increments: argument 0: use after free",
                            f -> f.run("increments", 64, freed(), 64)),
                    new Fault(
                            "memory is freed while a kernel waits for it",
                            ILLEGAL,
                            "which has been freed",
                            f -> {
                                Emulator.deferred(true);
                                CUstream one = new CUstream();
                                CUstream two = new CUstream();
                                cuStreamCreate(one, 1);
                                cuStreamCreate(two, 1);
                                CUdeviceptr x = zeros(64);
                                launchOn(one, f.get("increments"), 1, 64, 0, x, 64);
                                cuMemFreeAsync(x, two);
                                cuStreamSynchronize(two);
                                cuStreamSynchronize(one);
                            }),
                    new Fault(
                            "a copy from freed memory",
                            INVALID,
                            "cuMemcpyDtoH: use after free",
                            f -> download(freed(), 64)),
                    new Fault(
                            "a copy past the end",
                            INVALID,
                            "bytes 16 to 272 are outside allocation",
                            f ->
                                    cuMemcpyHtoD(
                                            zeros(64).withByteOffset(16),
                                            Pointer.to(new float[64]),
                                            256)),
                    new Fault(
                            "a copy to the host has a device's address on both sides",
                            INVALID,
                            "the host's side is a device pointer",
                            f -> cuMemcpyDtoH(zeros(64), zeros(64), 256)),
                    new Fault("double free", INVALID, "double free", f -> cuMemFree(freed())),
                    new Fault(
                            "free of a place inside",
                            INVALID,
                            "not the start of an allocation",
                            f -> cuMemFree(zeros(64).withByteOffset(64))),
                    new Fault(
                            "a leak",
                            NO_ERROR,
                            "context 1 are live: allocation",
                            f -> allocate(12345)),
                    new Fault(
                            "an argument is host memory",
                            INVALID,
                            "is not a device pointer",
                            f -> f.run("increments", 64, pinned(), 64)),
                    new Fault(
                            "a struct holds host memory",
                            INVALID,
                            "rows: argument 0 at byte 8",
                            f -> f.run("rows", 64, struct(24, 64, 1, pinned(), 0L))),
                    new Fault(
                            "a struct holds freed memory",
                            INVALID,
                            "rows: argument 0 at byte 8: use after free",
                            f -> f.run("rows", 64, struct(24, 64, 1, freed(), 0L))),
                    new Fault(
                            "a kernel leaves a struct's memory",
                            ILLEGAL,
                            "past the end of allocation",
                            f -> f.run("rows", 64, struct(24, 64, 2, zeros(64), 0L))),
                    new Fault(
                            "a pointer comes from device memory",
                            ILLEGAL,
                            "at faults.cu:LINE followsStoredPointer",
                            f -> {
                                CUdeviceptr table = allocate(8);
                                cuMemcpyHtoD(table, Pointer.to(struct(8, zeros(1))), 8);
                                f.run("followsStoredPointer", 1, table);
                            }),
                    new Fault(
                            "a null pointer",
                            ILLEGAL,
                            "at faults.cu:LINE writes",
                            f -> f.run("writes", 1, new CUdeviceptr(), 0)),
                    new Fault(
                            "memory that nobody wrote",
                            NO_ERROR,
                            "gave uninitialised device memory",
                            f -> download(allocate(256), 64)),
                    new Fault(
                            "a value computed from it",
                            NO_ERROR,
                            "gave uninitialised device memory",
                            f -> {
                                CUdeviceptr x = allocate(256);
                                f.run("increments", 64, x, 64);
                                download(x, 64);
                            }));

    private static CUdeviceptr freed() {
        CUdeviceptr memory = zeros(64);
        cuMemFree(memory);
        return memory;
    }

    private static Pointer pinned() {
        Pointer memory = new Pointer();
        DirectCuda.pinned(memory, 256);
        return memory;
    }

    @TestFactory
    Stream<DynamicTest> seesFaults() {
        return Fault.tests(FAULTS);
    }
}
