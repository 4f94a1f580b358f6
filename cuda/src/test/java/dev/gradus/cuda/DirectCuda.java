package dev.gradus.cuda;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;

import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * JCuda with less ceremony, for tests of the emulator: a context of its own, which a kernel's fault
 * may spoil.
 */
final class DirectCuda implements AutoCloseable {
    private final CUcontext context = new CUcontext();

    DirectCuda() {
        JCudaDriver.setExceptionsEnabled(true);
        JNvrtc.setExceptionsEnabled(true);
        JCublas2.setExceptionsEnabled(true);
        cuInit(0);
        CUdevice device = new CUdevice();
        cuDeviceGet(device, 0);
        cuCtxCreate(context, 0, device);
    }

    /** Sets this context for another thread. */
    CUcontext context() {
        return context;
    }

    /** The compiled program as a module; its functions are named {@code extern "C"}. */
    CUmodule module(String source, String... options) {
        nvrtcProgram program = new nvrtcProgram();
        JNvrtc.nvrtcCreateProgram(program, source, "test.cu", 0, null, null);
        try {
            JNvrtc.nvrtcCompileProgram(program, options.length, options);
        } catch (jcuda.CudaException error) {
            String[] log = {""};
            JNvrtc.nvrtcGetProgramLog(program, log);
            throw new IllegalArgumentException(error.getMessage() + "\n" + log[0], error);
        }
        long[] size = {0};
        JNvrtc.nvrtcGetCUBINSize(program, size);
        byte[] cubin = new byte[(int) size[0]];
        JNvrtc.nvrtcGetCUBIN(program, cubin);
        JNvrtc.nvrtcDestroyProgram(program);
        CUmodule module = new CUmodule();
        cuModuleLoadData(module, cubin);
        return module;
    }

    CUfunction function(CUmodule module, String name) {
        CUfunction function = new CUfunction();
        cuModuleGetFunction(function, module, name);
        return function;
    }

    CUdeviceptr allocate(long bytes) {
        CUdeviceptr memory = new CUdeviceptr();
        cuMemAlloc(memory, bytes);
        return memory;
    }

    CUdeviceptr upload(float... values) {
        CUdeviceptr memory = allocate(4L * values.length);
        cuMemcpyHtoD(memory, Pointer.to(values), 4L * values.length);
        return memory;
    }

    CUdeviceptr upload(double... values) {
        CUdeviceptr memory = allocate(8L * values.length);
        cuMemcpyHtoD(memory, Pointer.to(values), 8L * values.length);
        return memory;
    }

    float[] download(CUdeviceptr memory, int count) {
        float[] values = new float[count];
        cuMemcpyDtoH(Pointer.to(values), memory, 4L * count);
        return values;
    }

    double[] downloadDoubles(CUdeviceptr memory, int count) {
        double[] values = new double[count];
        cuMemcpyDtoH(Pointer.to(values), memory, 8L * count);
        return values;
    }

    /** Pinned host memory. */
    static ByteBuffer pinned(Pointer pointer, long bytes) {
        cuMemAllocHost(pointer, bytes);
        return pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder());
    }

    /**
     * A launch of a row of blocks: arguments are device pointers, ints, longs, floats, doubles, or
     * packed structs.
     */
    static void launch(CUfunction function, int blocks, int threads, Object... arguments) {
        launch(function, blocks, threads, 0, null, arguments);
    }

    @SuppressWarnings(
            "NullAway") // JCuda takes null for the default stream and for no extra options
    static void launch(
            CUfunction function,
            int blocks,
            int threads,
            int shared,
            @org.jspecify.annotations.Nullable CUstream stream,
            Object... arguments) {
        Pointer[] pointers = new Pointer[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            pointers[i] =
                    switch (arguments[i]) {
                        case CUdeviceptr memory -> Pointer.to(memory);
                        case Pointer host -> Pointer.to(host);
                        case Integer number -> Pointer.to(new int[] {number});
                        case Long number -> Pointer.to(new long[] {number});
                        case Float number -> Pointer.to(new float[] {number});
                        case Double number -> Pointer.to(new double[] {number});
                        case ByteBuffer struct -> Pointer.to(struct);
                        default -> throw new IllegalArgumentException(arguments[i].toString());
                    };
        }
        cuLaunchKernel(
                function, blocks, 1, 1, threads, 1, 1, shared, stream, Pointer.to(pointers), null);
    }

    /** The address of device memory, for a struct. */
    static long address(CUdeviceptr memory) {
        ByteBuffer word = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        return new Address(memory).value(word);
    }

    private static final class Address extends CUdeviceptr {
        Address(CUdeviceptr memory) {
            super(memory);
        }

        long value(ByteBuffer unused) {
            return getNativePointer() + getByteOffset();
        }
    }

    @Override
    public void close() {
        cuCtxDestroy(context);
    }
}
