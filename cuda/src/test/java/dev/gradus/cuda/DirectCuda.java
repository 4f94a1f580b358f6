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
import static jcuda.driver.JCudaDriver.cuMemsetD32;
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

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

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

    /** The text of a file of this package's resources. */
    static String source(String name) {
        try (InputStream in = DirectCuda.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    /** The module of a file of this package's resources. */
    static CUmodule moduleOf(String name) {
        return module(name, source(name));
    }

    /** The compiled program as a module; its functions are named {@code extern "C"}. */
    @SuppressWarnings("NullAway") // JCuda takes null for no headers
    static CUmodule module(String name, String source, String... options) {
        nvrtcProgram program = new nvrtcProgram();
        JNvrtc.nvrtcCreateProgram(program, source, name, 0, null, null);
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

    static CUfunction function(CUmodule module, String name) {
        CUfunction function = new CUfunction();
        cuModuleGetFunction(function, module, name);
        return function;
    }

    static CUdeviceptr allocate(long bytes) {
        CUdeviceptr memory = new CUdeviceptr();
        cuMemAlloc(memory, bytes);
        return memory;
    }

    static CUdeviceptr zeros(int floats) {
        CUdeviceptr memory = allocate(4L * floats);
        cuMemsetD32(memory, 0, floats);
        return memory;
    }

    static CUdeviceptr upload(float... values) {
        CUdeviceptr memory = allocate(4L * values.length);
        cuMemcpyHtoD(memory, Pointer.to(values), 4L * values.length);
        return memory;
    }

    static CUdeviceptr upload(double... values) {
        CUdeviceptr memory = allocate(8L * values.length);
        cuMemcpyHtoD(memory, Pointer.to(values), 8L * values.length);
        return memory;
    }

    static float[] download(CUdeviceptr memory, int count) {
        float[] values = new float[count];
        cuMemcpyDtoH(Pointer.to(values), memory, 4L * count);
        return values;
    }

    static double[] downloadDoubles(CUdeviceptr memory, int count) {
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
        launchOn(null, function, blocks, threads, 0, arguments);
    }

    @SuppressWarnings(
            "NullAway") // JCuda takes null for the default stream and for no extra options
    static void launchOn(
            @Nullable CUstream stream,
            CUfunction function,
            int blocks,
            int threads,
            int shared,
            Object... arguments) {
        Pointer[] pointers = new Pointer[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            pointers[i] =
                    switch (arguments[i]) {
                        case Pointer memory -> Pointer.to(memory);
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

    /**
     * A struct for a kernel: ints, longs, floats, doubles and device pointers, each at a multiple
     * of its size.
     */
    static ByteBuffer struct(int bytes, Object... fields) {
        ByteBuffer struct = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        for (Object field : fields) {
            switch (field) {
                case Integer number -> struct.putInt(number);
                case Long number -> struct.putLong(number);
                case Float number -> struct.putFloat(number);
                case Double number -> struct.putDouble(number);
                case Pointer memory -> struct.putLong(Address.of(memory));
                default -> throw new IllegalArgumentException(field.toString());
            }
        }
        return struct.clear();
    }

    /** JCuda shows the address to subclasses alone. */
    private static final class Address extends Pointer {
        private Address(Pointer pointer) {
            super(pointer);
        }

        static long of(Pointer pointer) {
            return new Address(pointer).getNativePointer() + new Address(pointer).getByteOffset();
        }
    }

    @Override
    public void close() {
        Emulator.quiet(true); // tests leave memory to the end of the context
        cuCtxDestroy(context);
    }
}
