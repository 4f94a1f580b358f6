package dev.gradus.cuda;

import jcuda.CudaException;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

import java.nio.file.Path;

/** The main class of child processes: what the probe finds, with a folder in the place of /. */
final class Probed {
    private Probed() {}

    public static void main(String[] args) {
        CudaStatus status = new CudaProbe(System.getenv(), Path.of(args[0])).look();
        status.components()
                .forEach(c ->
                        IO.println(
                                c.name() + ": " + c.state() + ": " + c.text() + " | " + c.fix()));
        IO.println("because: " + status.unavailableBecause());
        IO.println("usable: " + status.usable());
        IO.println("tmpdir: " + System.getProperty("java.io.tmpdir"));
        if (status.usable()) {
            IO.println("devices: " + status.devices());
            IO.println(
                    "numbers: "
                            + status.driverVersion()
                            + " "
                            + status.nvrtcVersion()
                            + " "
                            + status.architectures()
                            + " "
                            + status.cublasVersion());
            Calls.fail();
        }
    }

    /** A class of its own, since it cannot be loaded where JCuda is missing. */
    private static final class Calls {
        static void fail() {
            throwing("driver", () -> JCudaDriver.cuDeviceGet(new CUdevice(), 99));
            throwing("nvrtc", () -> JNvrtc.nvrtcDestroyProgram(new nvrtcProgram()));
            throwing("cublas", () -> JCublas2.cublasDestroy(new cublasHandle()));
        }

        private static void throwing(String name, Runnable call) {
            try {
                call.run();
                IO.println(name + " returns");
            } catch (CudaException e) {
                IO.println(name + " throws " + e.getMessage());
            }
        }
    }
}
