package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.JCudaDriver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The emulator under JCuda alone: right programs run, and every kind of fault is seen. */
class EmulatorSelfTest {
    @BeforeEach
    void start() {
        Emulator.assumePresent();
        Emulator.reset();
    }

    @AfterEach
    void forget() {
        Emulator.reset();
    }

    @Test
    void addsVectors() {
        try (DirectCuda cuda = new DirectCuda()) {
            CUfunction add =
                    cuda.function(
                            cuda.module(
                                    """
                                    extern "C" __global__ void __launch_bounds__(64)
                                    add(float* out, const float* __restrict__ a, const float* b, int n) {
                                        int i = blockIdx.x * blockDim.x + threadIdx.x;
                                        if (i < n) out[i] = a[i] + b[i];
                                    }
                                    """),
                            "add");
            CUdeviceptr a = cuda.upload(1, 2, 3);
            CUdeviceptr b = cuda.upload(10, 20, 30);
            CUdeviceptr out = cuda.allocate(12);
            DirectCuda.launch(add, 1, 64, out, a, b, 3);
            assertArrayEquals(new float[] {11, 22, 33}, cuda.download(out, 3));
            JCudaDriver.cuMemFree(a);
            JCudaDriver.cuMemFree(b);
            JCudaDriver.cuMemFree(out);
        }
        Emulator.assertNoFindings();
    }
}
