package dev.gradus.cuda;

import static dev.gradus.cuda.Component.fails;
import static dev.gradus.cuda.Component.notLookedAt;
import static dev.gradus.cuda.Component.works;

import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Looks at the driver: its library, its version, its GPUs. */
final class DriverProbe {
    private static final Pattern RELEASE = Pattern.compile("\\s(\\d+\\.\\d+[.\\d]*)\\s");

    private final JCudaNatives natives;
    private final Libraries libraries;
    private final List<CudaDevice> devices = new ArrayList<>();
    private final Map<String, String> environment;
    private final String release;
    private int version;

    DriverProbe(
            JCudaNatives natives, Libraries libraries, Map<String, String> environment, Path root) {
        this.natives = natives;
        this.libraries = libraries;
        this.environment = environment;
        this.release = kernelModule(root);
    }

    List<CudaDevice> devices() {
        return devices;
    }

    /** The newest version of CUDA that the driver knows, such as 12040; 0 if unknown. */
    int version() {
        return version;
    }

    List<Component> look() {
        Component library = library();
        if (!library.works() || !natives.works("JCudaDriver")) {
            String because = library.works() ? "JCuda does not work" : "there is no driver library";
            return List.of(
                    library, notLookedAt("driver version", because), notLookedAt("GPU", because));
        }
        Component versionSeen = lookAtVersion();
        Component gpu =
                versionSeen.works() ? lookAtDevices() : notLookedAt("GPU", "the driver is too old");
        return List.of(library, versionSeen, gpu);
    }

    private Component library() {
        Component library =
                libraries.component("driver library", Libraries.DRIVER, "JCudaDriver", natives);
        if (library.works()) {
            return library;
        }
        boolean missing = libraries.failure(Libraries.DRIVER).isEmpty();
        if (missing && !release.isEmpty()) {
            return fails(
                    "driver library",
                    "the kernel has NVIDIA's driver "
                            + release
                            + ", but its library "
                            + Libraries.DRIVER
                            + " was not found",
                    Advice.DRIVER_LIBRARY);
        }
        return fails(
                "driver library",
                missing
                        ? "there is no NVIDIA driver: " + Libraries.DRIVER + " was not found"
                        : library.text(),
                Advice.DRIVER);
    }

    private Component lookAtVersion() {
        int[] answer = {0};
        JCudaDriver.cuDriverGetVersion(answer); // works without cuInit; 0 if it does not
        version = answer[0];
        String driver = release.isEmpty() ? "" : " (driver " + release + ")";
        if (version < Advice.DRIVER_AT_LEAST) {
            return fails(
                    "driver version",
                    "the driver is too old: it knows CUDA "
                            + CudaStatus.dotted(version)
                            + driver
                            + ", and JCuda "
                            + JCudaNatives.VERSION
                            + " needs "
                            + CudaStatus.dotted(Advice.DRIVER_AT_LEAST),
                    Advice.NEWER_DRIVER);
        }
        return works("driver version", "CUDA " + CudaStatus.dotted(version) + driver);
    }

    private Component lookAtDevices() {
        int code = JCudaDriver.cuInit(0);
        int[] count = {0};
        if (code == CUresult.CUDA_SUCCESS) {
            code = JCudaDriver.cuDeviceGetCount(count);
        }
        if (code == CUresult.CUDA_ERROR_NO_DEVICE
                || (code == CUresult.CUDA_SUCCESS && count[0] == 0)) {
            return noDevice(environment.get("CUDA_VISIBLE_DEVICES"));
        }
        if (code != CUresult.CUDA_SUCCESS) {
            return fails(
                    "GPU",
                    "the driver cannot start: " + CUresult.stringFor(code) + " (" + code + ")",
                    Advice.onInit(code));
        }
        for (int i = 0; i < count[0]; i++) {
            devices.add(describe(i));
        }
        return works(
                "GPU", devices.stream().map(Object::toString).collect(Collectors.joining("; ")));
    }

    private static Component noDevice(@Nullable String visible) {
        return visible == null
                ? fails("GPU", "the driver works but sees no GPU", Advice.NO_DEVICE)
                : fails(
                        "GPU",
                        "the driver works but sees no GPU, and CUDA_VISIBLE_DEVICES is \""
                                + visible
                                + "\"",
                        "unset CUDA_VISIBLE_DEVICES, or let it name a GPU that nvidia-smi -L"
                                + " lists; "
                                + Advice.NO_DEVICE);
    }

    private static CudaDevice describe(int index) {
        CUdevice device = new CUdevice();
        JCudaDriver.cuDeviceGet(device, index);
        byte[] name = new byte[256];
        JCudaDriver.cuDeviceGetName(name, name.length, device);
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        long[] memory = {0};
        JCudaDriver.cuDeviceTotalMem(memory, device);
        int major =
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
        int minor =
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
        return new CudaDevice(
                index,
                new String(name, 0, length, StandardCharsets.UTF_8),
                10 * major + minor,
                memory[0]);
    }

    private static int attribute(int attribute, CUdevice device) {
        int[] value = {0};
        JCudaDriver.cuDeviceGetAttribute(value, attribute, device);
        return value[0];
    }

    /** The release of the driver's part in the kernel, such as 535.129.03; empty if unknown. */
    private static String kernelModule(Path root) {
        try {
            String said = Files.readString(root.resolve("proc/driver/nvidia/version"));
            Matcher release = RELEASE.matcher(said);
            return release.find() ? release.group(1) : "";
        } catch (IOException _) {
            return "";
        }
    }
}
