package dev.gradus.cuda;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemsetD32Async;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import jcuda.CudaException;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One GPU: its context, the one stream on which everything happens in order, and its memory. Calls
 * return before the work is done; {@link #await} waits.
 */
final class Device {
    /** Threads of a block, in every kernel. */
    static final int BLOCK = 256;

    /** Errors that end the context: every later call gives the same one. */
    private static final Set<String> FATAL =
            Set.of(
                    "CUDA_ERROR_ILLEGAL_ADDRESS",
                    "CUDA_ERROR_LAUNCH_FAILED",
                    "CUDA_ERROR_LAUNCH_TIMEOUT",
                    "CUDA_ERROR_HARDWARE_STACK_ERROR",
                    "CUDA_ERROR_ILLEGAL_INSTRUCTION",
                    "CUDA_ERROR_MISALIGNED_ADDRESS",
                    "CUDA_ERROR_INVALID_ADDRESS_SPACE",
                    "CUDA_ERROR_INVALID_PC",
                    "CUDA_ERROR_ASSERT",
                    "CUDA_ERROR_ECC_UNCORRECTABLE",
                    "CUDA_ERROR_CONTEXT_IS_DESTROYED",
                    "CUDA_ERROR_DEINITIALIZED");

    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private final ThreadLocal<Boolean> entered = ThreadLocal.withInitial(() -> false);
    private final boolean synchronous = Boolean.getBoolean("gradus.cuda.synchronous");
    private final boolean poison = Boolean.getBoolean("gradus.poison");
    private final String name;
    private final int capability;
    private final int processors;
    private final DeviceMemory memory;
    private final Transfers transfers;
    private final Kernels kernels;
    private volatile @Nullable String lost;

    /**
     * A device by its number.
     *
     * @param caching whether its memory is kept for reuse
     */
    Device(int number, boolean caching) {
        var device = new CUdevice();
        cuDeviceGet(device, number);
        byte[] text = new byte[128];
        cuDeviceGetName(text, text.length, device);
        name = new String(text, StandardCharsets.UTF_8).trim().replace("\0", "");
        capability =
                10
                                * attribute(
                                        device,
                                        CUdevice_attribute
                                                .CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                        + attribute(
                                device,
                                CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        processors = attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        cuDevicePrimaryCtxRetain(context, device);
        cuCtxSetCurrent(context);
        entered.set(true);
        cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING);
        memory = new DeviceMemory(new Driver(), caching);
        transfers = new Transfers(this);
        kernels = new Kernels(this);
    }

    private static int attribute(CUdevice device, int which) {
        int[] value = new int[1];
        cuDeviceGetAttribute(value, which, device);
        return value[0];
    }

    /** The driver as a source of memory. */
    private static final class Driver implements DeviceMemory.Source {
        @Override
        public long allocate(long bytes) {
            try {
                var pointer = new DevicePointer();
                cuMemAlloc(pointer, bytes);
                return pointer.address();
            } catch (CudaException e) {
                if ("CUDA_ERROR_OUT_OF_MEMORY".equals(e.getMessage())) {
                    return 0;
                }
                throw e;
            }
        }

        @Override
        public void free(long address) {
            cuMemFree(DevicePointer.at(address));
        }

        @Override
        public String free() {
            long[] left = new long[1];
            long[] all = new long[1];
            cuMemGetInfo(left, all);
            return MemoryTable.bytes(left[0])
                    + " of the device's "
                    + MemoryTable.bytes(all[0])
                    + " are free";
        }
    }

    /**
     * Does something with the device, in this thread.
     *
     * @param what what is done, for the message where it fails
     * @throws IllegalStateException if the driver reports an error, or has before
     */
    <R> R perform(Supplier<String> what, Supplier<R> work) {
        enter();
        try {
            return work.get();
        } catch (CudaException e) {
            throw failure(what.get(), e);
        }
    }

    /** Makes the device this thread's. */
    private void enter() {
        String reason = lost;
        if (reason != null) {
            throw new IllegalStateException(reason);
        }
        if (!entered.get()) {
            cuCtxSetCurrent(context);
            entered.set(true);
        }
    }

    private IllegalStateException failure(String what, CudaException e) {
        boolean fatal = FATAL.contains(String.valueOf(e.getMessage()));
        String message = "cuda: " + what + " failed on " + name + ": " + e.getMessage();
        if (fatal && lost == null) {
            lost =
                    "cuda: "
                            + name
                            + " can't be used any more in this process, since "
                            + what
                            + " or something before it failed ("
                            + e.getMessage()
                            + "); tensors on it are lost. Start the program again; with"
                            + " -Dgradus.cuda.synchronous=true the error names the operation";
            message = lost;
        }
        return new IllegalStateException(message, e);
    }

    /** Whether the context is gone. */
    boolean isLost() {
        return lost != null;
    }

    /** Starts a kernel of blocks of {@link #BLOCK} threads. */
    void launch(CUfunction function, int blocks, int blocksY, Arguments arguments) {
        cuLaunchKernel(
                function, blocks, blocksY, 1, BLOCK, 1, 1, 0, stream, arguments.addresses(), null);
        if (synchronous) {
            await();
        }
    }

    /** How many blocks to start for n threads, each of which may do more than one element. */
    int blocks(long n) {
        return (int) Math.clamp(Math.ceilDiv(n, BLOCK), 1, 16L * processors);
    }

    /** Waits until everything that was started is done. */
    void await() {
        cuStreamSynchronize(stream);
    }

    /** Fills new memory with NaN where tests ask for it. */
    void poison(long address, long bytes) {
        if (poison) {
            cuMemsetD32Async(DevicePointer.at(address), 0x7fc00000, bytes / 4, stream);
        }
    }

    CUstream stream() {
        return stream;
    }

    /** 10 · major + minor of the compute capability. */
    int capability() {
        return capability;
    }

    DeviceMemory memory() {
        return memory;
    }

    Transfers transfers() {
        return transfers;
    }

    Kernels kernels() {
        return kernels;
    }

    @Override
    public String toString() {
        return name + ", compute capability " + capability / 10 + "." + capability % 10;
    }
}
