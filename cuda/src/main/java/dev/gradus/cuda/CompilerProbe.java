package dev.gradus.cuda;

import static dev.gradus.cuda.Component.fails;
import static dev.gradus.cuda.Component.notLookedAt;
import static dev.gradus.cuda.Component.works;

import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at NVRTC, which compiles kernels, and at its builtins, which it opens when it compiles. */
final class CompilerProbe {
    private static final String KERNEL = "extern \"C\" __global__ void probe() {}";
    private static final Pattern BUILTINS = Pattern.compile("libnvrtc-builtins\\.so[.\\d]*\\d");

    private final JCudaNatives natives;
    private final Libraries libraries;
    private List<Integer> architectures = List.of();
    private int version;

    CompilerProbe(JCudaNatives natives, Libraries libraries) {
        this.natives = natives;
        this.libraries = libraries;
    }

    /** The compute capabilities it can compile for, ascending, 86 for 8.6; empty if unknown. */
    List<Integer> architectures() {
        return architectures;
    }

    /** Such as 12060; 0 if unknown. */
    int version() {
        return version;
    }

    List<Component> look() {
        Component library = libraries.component("NVRTC", Libraries.NVRTC, "JNvrtc", natives);
        if (!library.works() || !natives.works("JNvrtc")) {
            String because = library.works() ? "JCuda does not work" : "there is no NVRTC";
            return List.of(library, notLookedAt("NVRTC builtins", because));
        }
        int[] major = {0};
        int[] minor = {0};
        JNvrtc.nvrtcVersion(major, minor);
        version = 1000 * major[0] + 10 * minor[0];
        int[] count = {0};
        if (JNvrtc.nvrtcGetNumSupportedArchs(count) == nvrtcResult.NVRTC_SUCCESS && count[0] > 0) {
            int[] all = new int[count[0]];
            JNvrtc.nvrtcGetSupportedArchs(all);
            architectures = Arrays.stream(all).sorted().boxed().toList();
        }
        Component found =
                works("NVRTC", CudaStatus.dotted(version) + range() + ", " + library.text());
        return List.of(found, compile());
    }

    private String range() {
        return architectures.isEmpty()
                ? ""
                : ", for compute capability "
                        + CudaDevice.dotted(architectures.getFirst())
                        + " to "
                        + CudaDevice.dotted(architectures.getLast());
    }

    private Component compile() {
        nvrtcProgram program = new nvrtcProgram();
        JNvrtc.nvrtcCreateProgram(program, KERNEL, "probe.cu", 0, null, null);
        int code = JNvrtc.nvrtcCompileProgram(program, 0, new String[0]);
        String[] log = {""};
        JNvrtc.nvrtcGetProgramLog(program, log);
        JNvrtc.nvrtcDestroyProgram(program);
        String said = String.join(" ", log[0].strip().lines().map(String::strip).toList());
        Matcher builtins = BUILTINS.matcher(said);
        if (code == nvrtcResult.NVRTC_SUCCESS) {
            return works("NVRTC builtins", "a kernel compiles");
        }
        if (builtins.find()) {
            String nvrtc = libraries.origin(Libraries.NVRTC);
            return fails(
                    "NVRTC builtins",
                    builtins.group() + " was not found, which NVRTC (" + nvrtc + ") needs",
                    "put it beside NVRTC; or " + Advice.LIBRARIES);
        }
        return fails(
                "NVRTC builtins",
                "NVRTC cannot compile even an empty kernel: "
                        + nvrtcResult.stringFor(code)
                        + (said.isEmpty() ? "" : ", " + said),
                Advice.LIBRARIES);
    }
}
