package dev.gradus.cuda;

import static dev.gradus.cuda.DirectCuda.allocate;
import static dev.gradus.cuda.DirectCuda.download;
import static dev.gradus.cuda.DirectCuda.launch;
import static dev.gradus.cuda.DirectCuda.launchOn;
import static dev.gradus.cuda.DirectCuda.upload;
import static dev.gradus.cuda.DirectCuda.zeros;
import static dev.gradus.cuda.Fault.assertFails;
import static dev.gradus.cuda.Fault.faulty;

import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.cuda.Emulator.Schedule;

import jcuda.CudaException;
import jcuda.Pointer;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** What tests can set: orders, deferred work, failures, and the device there is. */
class EmulatorSettingsTest {
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

    /** The last running sum of 64 ones, by a kernel that lacks a barrier. */
    static float lastSum() {
        float[] ones = new float[64];
        Arrays.fill(ones, 1);
        CUdeviceptr y = allocate(256);
        launch(faulty("lacksBarrier"), 1, 64, upload(ones), y);
        return download(y, 64)[63];
    }

    @Test
    void otherOrdersShowMissingBarriers() {
        try (var _ = new DirectCuda()) {
            assertEquals(64, lastSum());
            Emulator.schedule(Schedule.REVERSED);
            assertEquals(2, lastSum());
            Set<Float> random = new HashSet<>();
            for (int seed = 1; seed <= 8; seed++) {
                Emulator.schedule(Schedule.RANDOM, seed);
                random.add(lastSum());
            }
            assertTrue(random.size() > 1 && !random.contains(64f), random.toString());
            Emulator.schedule(Schedule.ROTATING);
            Set<Float> sums = new HashSet<>(List.of(lastSum(), lastSum(), lastSum()));
            assertTrue(sums.containsAll(List.of(2f, 64f)), sums.toString());
        }
    }

    private static int[] orderOfBlocks() {
        CUdeviceptr order = zeros(9);
        launch(faulty("lacksOrderOfBlocks"), 8, 1, order);
        int[] got = new int[9];
        cuMemcpyDtoH(Pointer.to(got), order, 36);
        return Arrays.copyOfRange(got, 1, 9);
    }

    @Test
    void otherOrdersOfBlocks() {
        try (var _ = new DirectCuda()) {
            int[] forward = IntStream.range(0, 8).toArray();
            assertArrayEquals(forward, orderOfBlocks());
            Emulator.schedule(Schedule.REVERSED);
            assertArrayEquals(IntStream.range(0, 8).map(i -> 7 - i).toArray(), orderOfBlocks());
            Emulator.schedule(Schedule.RANDOM, 3);
            int[] random = orderOfBlocks();
            assertTrue(!Arrays.equals(forward, random), Arrays.toString(random));
            Arrays.sort(random);
            assertArrayEquals(forward, random);
        }
    }

    private static CUstream stream() {
        CUstream stream = new CUstream();
        cuStreamCreate(stream, 1);
        return stream;
    }

    @Test
    void deferredWorkShowsMissingSynchronisation() {
        try (var _ = new DirectCuda()) {
            CUdeviceptr x = upload(5, 6);
            Pointer host = new Pointer();
            ByteBuffer buffer = DirectCuda.pinned(host, 8);
            buffer.putFloat(0, -1);
            Emulator.deferred(true);
            CUstream stream = stream();
            cuMemcpyDtoHAsync(host, x, 8, stream);
            assertEquals(-1, buffer.getFloat(0));
            cuStreamSynchronize(stream);
            assertEquals(5, buffer.getFloat(0));
            // A pinned buffer that is used again too early
            buffer.putFloat(0, 7);
            cuMemcpyHtoDAsync(x, host, 8, stream);
            buffer.putFloat(0, 8);
            cuCtxSynchronize();
            assertEquals(8, download(x, 1)[0]);
            assertEquals(1, Emulator.counters().streamSynchronizations());
            assertEquals(1, Emulator.counters().contextSynchronizations());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void streamsAndEvents(boolean deferred) {
        try (var _ = new DirectCuda()) {
            Emulator.deferred(deferred);
            CUfunction increments = faulty("increments");
            CUstream one = stream();
            CUstream two = stream();
            CUevent start = new CUevent();
            CUevent done = new CUevent();
            cuEventCreate(start, 0);
            cuEventCreate(done, 0);
            CUdeviceptr x = upload(1, 2, 3);
            cuEventRecord(start, one);
            launchOn(one, increments, 1, 32, 0, x, 3);
            cuEventRecord(done, one);
            cuStreamWaitEvent(two, done, 0);
            launchOn(two, increments, 1, 32, 0, x, 3);
            cuStreamSynchronize(two);
            assertArrayEquals(new float[] {1, 2, 3}, download(x, 3));
            launchOn(one, increments, 1, 32, 0, x, 3);
            cuEventRecord(done, one);
            JCudaDriver.setExceptionsEnabled(false);
            int polls = 0;
            while (cuEventQuery(done) == CUresult.CUDA_ERROR_NOT_READY) {
                polls++;
            }
            JCudaDriver.setExceptionsEnabled(true);
            assertEquals(deferred ? 2 : 0, polls);
            cuEventSynchronize(done);
            assertArrayEquals(new float[] {-2, -3, -4}, download(x, 3));
            float[] milliseconds = {-1};
            cuEventElapsedTime(milliseconds, start, done);
            assertTrue(milliseconds[0] >= 0);
            Emulator.assertNoFindings();
        }
    }

    @Test
    void memoryRunsOut() {
        try (var _ = new DirectCuda()) {
            Emulator.failAllocation(2);
            cuMemFree(allocate(64));
            assertFails("CUDA_ERROR_OUT_OF_MEMORY", () -> allocate(64));
            cuMemFree(allocate(64));
            Emulator.memory(Emulator.counters().liveBytes() + 1000); // others may keep some
            CUdeviceptr most = allocate(1000);
            assertFails("CUDA_ERROR_OUT_OF_MEMORY", () -> allocate(1));
            cuMemFree(most);
            cuMemFree(allocate(1000));
            Emulator.assertNoFindings();
        }
    }

    @Test
    void deviceIsLost() {
        try (var _ = new DirectCuda()) {
            CUdeviceptr x = upload(1, 2);
            CUfunction increments = faulty("increments");
            Emulator.loseDevice();
            assertFails(Fault.ILLEGAL, () -> allocate(64));
            assertFails(Fault.ILLEGAL, () -> download(x, 2));
            assertFails(Fault.ILLEGAL, () -> launch(increments, 1, 32, x, 2));
            assertFails(Fault.ILLEGAL, () -> cuMemFree(x));
            assertFails(Fault.ILLEGAL, () -> cuCtxSynchronize());
            Emulator.reset();
            assertArrayEquals(new float[] {1, 2}, download(x, 2));
        }
    }

    @Test
    void faultsStay() {
        try (var _ = new DirectCuda()) {
            CUdeviceptr x = zeros(64);
            assertFails(Fault.ILLEGAL, () -> launch(faulty("writes"), 1, 1, x, 64));
            assertFails(Fault.ILLEGAL, () -> download(x, 1));
            assertFails(Fault.ILLEGAL, () -> allocate(64));
            Emulator.reset();
            assertEquals(0, download(x, 1)[0]);
        }
    }

    @Test
    void contextBelongsToThread() throws Exception {
        try (var _ = new DirectCuda()) {
            AtomicReference<String> error = new AtomicReference<>("none");
            Thread thread =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    allocate(64);
                                } catch (CudaException thrown) {
                                    error.set(String.valueOf(thrown.getMessage()));
                                }
                            });
            thread.join();
            assertEquals("CUDA_ERROR_INVALID_CONTEXT", error.get());
        }
    }

    @Test
    void otherDevices() {
        Emulator.devices(0);
        assertFails("CUDA_ERROR_NO_DEVICE", () -> new DirectCuda().close());
        Emulator.devices(1);
        Emulator.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 7);
        try (var _ = new DirectCuda()) {
            int[] value = {0};
            JCudaDriver.cuDeviceGetAttribute(
                    value,
                    CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
                    new CUdevice());
            assertEquals(7, value[0]);
            Emulator.driverVersion(11000);
            JCudaDriver.cuDriverGetVersion(value);
            assertEquals(11000, value[0]);
            assertFails(
                    "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", () -> DirectCuda.moduleOf("faults.cu"));
        }
    }

    @Test
    void leaksOnDemand() {
        try (var _ = new DirectCuda()) {
            CUdeviceptr x = allocate(64);
            Emulator.reportLeaks();
            assertEquals(1, Emulator.findings().size());
            cuMemFree(x);
        }
    }
}
