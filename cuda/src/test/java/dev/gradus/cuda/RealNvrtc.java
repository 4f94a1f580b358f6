package dev.gradus.cuda;

import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * Compiles every kernel of a folder with NVIDIA's own compiler, which needs no GPU, for three
 * generations of GPUs, and says what each uses. What the emulator takes, NVRTC may refuse; and what
 * spills registers or wants more shared memory than a block has without being asked runs slowly or
 * not at all.
 *
 * <p>{@code mvn verify -Pnvrtc-real} runs the tests first, which write the kernels they use. A
 * first line {@code // nvrtc: OPTIONS} has the options of that file.
 */
final class RealNvrtc {
    private static final List<Integer> CAPABILITIES = List.of(75, 80, 90);
    private static final int SHARED_AT_MOST = 48 * 1024;
    private static final String OPTIONS = "// nvrtc: ";

    private RealNvrtc() {}

    /** What became of a source for one generation; without a problem the kernels are known. */
    record Compiled(
            String source, int capability, List<PtxasLog.Kernel> kernels, List<String> problems) {
        int most(ToIntFunction<PtxasLog.Kernel> number) {
            return kernels.stream().mapToInt(number).max().orElse(0);
        }
    }

    public static void main(String[] args) throws IOException {
        System.exit(run(Path.of(args[0])));
    }

    /** 0 if every kernel compiles and keeps within its limits. */
    private static int run(Path folder) throws IOException {
        CudaStatus status = CudaStatus.get();
        boolean ready =
                status.components().stream()
                        .filter(c -> c.name().startsWith("NVRTC"))
                        .allMatch(Component::works);
        if (!ready || status.nvrtcVersion() == 0) {
            IO.println("There is no NVRTC to compile with.\n\n" + Cuda.report());
            return 2;
        }
        List<Path> sources = sources(folder);
        if (sources.isEmpty()) {
            IO.println(
                    "There are no kernels in "
                            + folder.toAbsolutePath()
                            + ": the tests write them with -Dgradus.cuda.dumpKernels=DIR.");
            return 2;
        }
        JNvrtc.setExceptionsEnabled(false);
        List<Compiled> all =
                sources.parallelStream()
                        .flatMap(s -> CAPABILITIES.stream().map(c -> compile(s, c)))
                        .toList();
        print(all, status.nvrtcVersion());
        List<String> problems = all.stream().flatMap(c -> c.problems().stream()).toList();
        problems.forEach(problem -> IO.println("\n" + problem));
        return problems.isEmpty() ? 0 : 1;
    }

    private static List<Path> sources(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".cu")).sorted().toList();
        }
    }

    private static Compiled compile(Path file, int capability) {
        String name = file.getFileName().toString();
        String source;
        try {
            source = Files.readString(file);
        } catch (IOException e) {
            return new Compiled(name, capability, List.of(), List.of(name + ": " + e));
        }
        List<String> options = new ArrayList<>();
        String first = source.lines().findFirst().orElse("");
        if (first.startsWith(OPTIONS)) {
            options.addAll(List.of(first.substring(OPTIONS.length()).strip().split(" +", -1)));
            options.removeIf(option -> option.contains("gpu-arch"));
        }
        options.add("--gpu-architecture=sm_" + capability);
        options.add("--ptxas-options=-v");

        nvrtcProgram program = new nvrtcProgram();
        JNvrtc.nvrtcCreateProgram(program, source, name, 0, null, null);
        int code =
                JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
        String[] log = {""};
        JNvrtc.nvrtcGetProgramLog(program, log);
        JNvrtc.nvrtcDestroyProgram(program);

        String where = name + " for " + CudaDevice.dotted(capability) + ": ";
        if (code != nvrtcResult.NVRTC_SUCCESS) {
            String said = nvrtcResult.stringFor(code) + "\n" + log[0].strip();
            return new Compiled(name, capability, List.of(), List.of(where + said));
        }
        List<PtxasLog.Kernel> kernels = PtxasLog.kernels(log[0]);
        return new Compiled(name, capability, kernels, problems(where, kernels));
    }

    static List<String> problems(String where, List<PtxasLog.Kernel> kernels) {
        List<String> problems = new ArrayList<>();
        if (kernels.isEmpty()) {
            problems.add(where + "has no kernel");
        }
        for (PtxasLog.Kernel k : kernels) {
            if (k.spilled() > 0) {
                problems.add(where + k.name() + " spills " + k.spilled() + " bytes of registers");
            }
            if (k.shared() > SHARED_AT_MOST) {
                problems.add(
                        where
                                + k.name()
                                + " has "
                                + k.shared()
                                + " bytes of static shared memory, and "
                                + SHARED_AT_MOST
                                + " is the most");
            }
        }
        return problems;
    }

    private static void print(List<Compiled> all, int version) {
        IO.println(
                "NVRTC "
                        + CudaStatus.dotted(version)
                        + ": the most registers a thread, and bytes of shared memory a block, for"
                        + " 7.5, 8.0, 9.0\n");
        row("source", "kernels", "registers", "shared");
        List<String> names = all.stream().map(Compiled::source).distinct().sorted().toList();
        for (String name : names) {
            List<Compiled> each =
                    all.stream()
                            .filter(c -> c.source().equals(name))
                            .sorted(Comparator.comparingInt(Compiled::capability))
                            .toList();
            row(
                    name,
                    each.getFirst().kernels().size(),
                    join(each, PtxasLog.Kernel::registers),
                    join(each, PtxasLog.Kernel::shared));
        }
        row(
                "together: " + names.size(),
                all.stream()
                        .filter(c -> c.capability() == CAPABILITIES.getFirst())
                        .mapToInt(c -> c.kernels().size())
                        .sum(),
                all.stream().mapToInt(c -> c.most(PtxasLog.Kernel::registers)).max().orElse(0),
                all.stream().mapToInt(c -> c.most(PtxasLog.Kernel::shared)).max().orElse(0));
    }

    private static String join(List<Compiled> each, ToIntFunction<PtxasLog.Kernel> number) {
        return String.join(" ", each.stream().map(c -> String.valueOf(c.most(number))).toList());
    }

    private static void row(Object... columns) {
        IO.println(String.format(Locale.ROOT, "%-40s %8s %13s %19s", columns));
    }
}
