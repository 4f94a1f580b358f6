package dev.gradus.cuda;

import static jcuda.nvrtc.JNvrtc.nvrtcCompileProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcCreateProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcDestroyProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcGetCUBIN;
import static jcuda.nvrtc.JNvrtc.nvrtcGetCUBINSize;
import static jcuda.nvrtc.JNvrtc.nvrtcGetNumSupportedArchs;
import static jcuda.nvrtc.JNvrtc.nvrtcGetPTX;
import static jcuda.nvrtc.JNvrtc.nvrtcGetProgramLog;
import static jcuda.nvrtc.JNvrtc.nvrtcGetSupportedArchs;
import static jcuda.nvrtc.JNvrtc.nvrtcVersion;

import jcuda.CudaException;
import jcuda.nvrtc.nvrtcProgram;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NVRTC: CUDA C to machine code for the device at hand, or, for a device newer than NVRTC itself,
 * to PTX, which the driver translates.
 *
 * <p>Products and sums are not contracted to multiply-adds: an expression is rounded as on the
 * other backends, and kernels that only pass elements through are bound by memory anyway. Where a
 * multiply-add is wanted, a kernel says {@code fma}.
 */
final class Compiler {
    /** The options that do not depend on the device. */
    static final List<String> LANGUAGE = List.of("--std=c++17", "--fmad=false");

    private static final Pattern KERNEL =
            Pattern.compile("__global__\\s+void\\s+(?:__launch_bounds__\\(\\d+\\)\\s*)?(\\w+)\\(");
    private static final Pattern LINE = Pattern.compile("kernel\\.cu[(:](\\d+)");

    private final boolean isKnown;
    private final String architecture;

    Compiler(int capability) {
        int[] count = new int[1];
        nvrtcGetNumSupportedArchs(count);
        int[] supported = new int[count[0]];
        nvrtcGetSupportedArchs(supported);
        isKnown = Arrays.stream(supported).anyMatch(a -> a == capability);
        int nearest =
                Arrays.stream(supported).filter(a -> a <= capability).max().orElse(capability);
        architecture = (isKnown ? "sm_" : "compute_") + nearest;
    }

    /** Everything besides the source that decides about the result. */
    String settings() {
        int[] major = new int[1];
        int[] minor = new int[1];
        nvrtcVersion(major, minor);
        return "NVRTC %d.%d %s".formatted(major[0], minor[0], String.join(" ", options()));
    }

    private List<String> options() {
        List<String> options = new ArrayList<>(LANGUAGE);
        options.add("--gpu-architecture=" + architecture);
        return options;
    }

    /** The kernels that a source defines. */
    static List<String> names(String source) {
        return KERNEL.matcher(source).results().map(r -> r.group(1)).toList();
    }

    /**
     * The compiled program.
     *
     * @throws IllegalStateException if the compiler finds an error; shows its words and the lines
     *     of the source that it names
     */
    byte[] compile(String source) {
        var program = new nvrtcProgram();
        nvrtcCreateProgram(program, source, "kernel.cu", 0, null, null);
        try {
            nvrtcCompileProgram(program, options().size(), options().toArray(String[]::new));
            return isKnown ? machineCode(program) : ptx(program);
        } catch (CudaException e) {
            String[] log = {""};
            nvrtcGetProgramLog(program, log);
            throw new IllegalStateException(
                    "cuda: NVRTC could not compile a kernel ("
                            + e.getMessage()
                            + "):\n"
                            + explained(String.valueOf(log[0]), source),
                    e);
        } finally {
            nvrtcDestroyProgram(program);
        }
    }

    private static byte[] machineCode(nvrtcProgram program) {
        long[] size = new long[1];
        nvrtcGetCUBINSize(program, size);
        byte[] code = new byte[(int) size[0]];
        nvrtcGetCUBIN(program, code);
        return code;
    }

    private static byte[] ptx(nvrtcProgram program) {
        String[] text = new String[1];
        nvrtcGetPTX(program, text);
        // The driver reads PTX up to a zero.
        return (text[0].replace("\0", "") + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** The compiler's messages, and the source lines that they are about. */
    static String explained(String log, String source) {
        List<String> lines = source.lines().toList();
        var text = new StringBuilder(log.replace("\0", "").strip());
        Matcher matcher = LINE.matcher(log);
        matcher.results()
                .map(MatchResult::group)
                .map(found -> Integer.parseInt(found.replaceAll("\\D", "")))
                .distinct()
                .filter(number -> number >= 1 && number <= lines.size())
                .limit(5)
                .forEach(number ->
                        text.append("\nline ")
                                .append(number)
                                .append(":  ")
                                .append(lines.get(number - 1).strip()));
        return text.toString();
    }
}
