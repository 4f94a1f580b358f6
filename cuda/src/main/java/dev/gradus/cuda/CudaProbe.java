package dev.gradus.cuda;

import static dev.gradus.cuda.Component.fails;
import static dev.gradus.cuda.Component.works;

import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.nvrtc.JNvrtc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Looks at everything that CUDA needs, and goes on after a failure, so that the user learns of all
 * failures at once. Runs once in a process: after a failure JCuda's classes cannot be touched a
 * second time.
 */
final class CudaProbe {
    private final List<Component> components = new ArrayList<>();
    private final Map<String, String> environment;
    private final Path root;

    /**
     * For one look.
     *
     * @param environment the environment's variables
     * @param root {@code /}, or what a test puts in its place
     */
    CudaProbe(Map<String, String> environment, Path root) {
        this.environment = environment;
        this.root = root;
    }

    CudaStatus look() {
        CudaStatus status;
        try {
            status = lookAtSystem();
        } catch (LinkageError | RuntimeException e) {
            // Nobody knows what this could be; a program that asks for CUDA must hear of it anyway.
            components.add(fails("probe", "the search for CUDA failed: " + e, Advice.REPORT));
            status = CudaStatus.of(components);
        }
        return status;
    }

    private CudaStatus lookAtSystem() {
        String os = System.getProperty("os.name");
        String arch = System.getProperty("os.arch");
        if (!os.equals("Linux") || !arch.equals("amd64")) {
            components.add(
                    fails(
                            "system",
                            "CUDA works on Linux, amd64, only, and this is " + os + ", " + arch,
                            Advice.SYSTEM));
            return CudaStatus.of(components);
        }
        components.add(works("system", os + ", " + arch));

        Libraries libraries = new Libraries(environment, root);
        for (Path folder : libraries.namedInVain()) {
            components.add(
                    fails(
                            "named folder",
                            "-D" + Place.PROPERTY + " names " + folder + ", which is no folder",
                            "correct the path; \":\" parts several"));
        }
        libraries.load();

        JCudaNatives natives = new JCudaNatives();
        try {
            natives.load();
        } catch (IOException e) {
            components.add(
                    fails(
                            "JCuda",
                            "its natives need a private folder, and there is none to be had: " + e,
                            Advice.TEMPORARY));
            return CudaStatus.of(components);
        }
        components.add(natives.component());
        return lookThrough(natives, libraries);
    }

    private CudaStatus lookThrough(JCudaNatives natives, Libraries libraries) {
        DriverProbe driver = new DriverProbe(natives, libraries, environment, root);
        CompilerProbe compiler = new CompilerProbe(natives, libraries);
        CublasProbe cublas = new CublasProbe(natives, libraries);
        components.addAll(driver.look());
        components.addAll(compiler.look());
        components.addAll(cublas.look());
        if (!driver.devices().isEmpty() && !compiler.architectures().isEmpty()) {
            checkCapability(driver.devices().getFirst(), compiler);
        }
        var status =
                new CudaStatus(
                        components,
                        driver.devices(),
                        driver.version(),
                        compiler.version(),
                        compiler.architectures(),
                        cublas.version());
        if (status.usable()) {
            JCudaDriver.setExceptionsEnabled(true);
            JNvrtc.setExceptionsEnabled(true);
            JCublas2.setExceptionsEnabled(true);
        }
        return status;
    }

    private void checkCapability(CudaDevice device, CompilerProbe compiler) {
        int least = compiler.architectures().getFirst();
        if (device.capability() < least) {
            components.add(
                    fails(
                            "capability",
                            "GPU 0, "
                                    + device.name()
                                    + ", has compute capability "
                                    + CudaDevice.dotted(device.capability())
                                    + ", and NVRTC "
                                    + CudaStatus.dotted(compiler.version())
                                    + " compiles for "
                                    + CudaDevice.dotted(least)
                                    + " and higher",
                            "use a newer GPU; CUDA_VISIBLE_DEVICES chooses among several"));
        }
    }
}
