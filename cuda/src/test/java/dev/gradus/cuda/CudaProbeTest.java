package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What somebody reads whose computer lacks something that CUDA needs. One long file, since all
 * cases share the fake libraries, which a compiler has to make first.
 */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaProbeTest {
    private static final String EVERYTHING = "driver nvrtc builtins cublas";

    private static final String BUILTINS = "libnvrtc-builtins.so.12.6";

    @TempDir static Path made;
    @TempDir Path folder;

    private Path libraries = Path.of("");
    private Path shared = Path.of("");
    private Child child = new Child();

    @BeforeAll
    static void makeLibraries() throws IOException, InterruptedException {
        for (String soname : List.of(Libraries.DRIVER, Libraries.NVRTC, Libraries.CUBLAS)) {
            FakeLibraries.compile(soname + ".c", soname, made.resolve(soname));
        }
        FakeLibraries.compile("libcublas.so.12.c", BUILTINS, made.resolve(BUILTINS)); // any will do
        FakeLibraries.compile("planted.c", "planted.so", made.resolve("planted.so"));
    }

    @BeforeEach
    void makeFolders() throws IOException {
        libraries = Files.createDirectory(folder.resolve("libraries"));
        shared = Files.createDirectory(folder.resolve("shared"));
        child =
                new Child()
                        .option("-Dgradus.cuda.libraries=" + libraries)
                        .option("-Dgradus.cache=" + folder.resolve("cache"))
                        .option("-Djava.io.tmpdir=" + shared);
    }

    /** Puts fake libraries into the folder that the child is told of. */
    private void have(String names) throws IOException {
        have(names, libraries);
    }

    private static void have(String names, Path where) throws IOException {
        Files.createDirectories(where);
        for (String name : names.split(" ", -1)) {
            String soname =
                    switch (name) {
                        case "driver" -> Libraries.DRIVER;
                        case "nvrtc" -> Libraries.NVRTC;
                        case "cublas" -> Libraries.CUBLAS;
                        case "builtins" -> BUILTINS;
                        default -> name;
                    };
            Files.copy(made.resolve(soname), where.resolve(soname));
        }
    }

    private String probe() throws IOException, InterruptedException {
        Child.Outcome outcome = child.run(Probed.class, folder.resolve("root").toString());
        assertEquals(0, outcome.exitCode(), outcome.said());
        String said = outcome.said();
        assertTrue(said.endsWith("\n"), said);
        // The reasons are for people, who do not read a folder's name as long as a test's.
        return said.replace(libraries.toString(), "LIB").replace(folder.toString(), "DIR");
    }

    private static void assertHas(String said, String... parts) {
        for (String part : parts) {
            assertTrue(said.contains(part), "'" + part + "' is missing in:\n" + said);
        }
    }

    /** One thing fails, with that text, and the one line says the same. */
    private static void assertFails(String said, String component, String reason, String fix) {
        assertHas(said, component + ": FAILS: " + reason, "usable: false");
        String line =
                said.lines().filter(l -> l.startsWith(component + ": FAILS")).toList().getFirst();
        assertHas(line, " | ", fix);
        String because = said.lines().filter(l -> l.startsWith("because: ")).toList().getFirst();
        assertHas(because, reason, ". To mend it, ", fix);
    }

    /** Skips the test where a real library would be found in place of the missing one. */
    private static void assumeMissing(String said, String component) {
        assumeFalse(said.contains(component + ": WORKS"), "this computer has one: " + said);
    }

    @Test
    void whereAllIsThereItWorks() throws IOException, InterruptedException {
        have(EVERYTHING);
        String said = probe();
        assertHas(
                said,
                "because: \nusable: true",
                "driver library: WORKS: LIB/libcuda.so.1 (-Dgradus.cuda.libraries)",
                "driver version: WORKS: CUDA 12.4",
                "GPU: WORKS: 0: Fake GPU, compute capability 8.6, 3.0 GiB",
                "NVRTC: WORKS: 12.6, for compute capability 5.0 to 9.0, LIB/libnvrtc.so.12",
                "NVRTC builtins: WORKS: a kernel compiles",
                "cuBLAS: WORKS: 12.6.3, LIB/libcublas.so.12",
                "JCuda: WORKS: 12.6.0, natives from the class path, jcuda-natives-12.6.0-linux",
                "numbers: 12040 12060 [50, 80, 90] 120603");
        assertHas(said, "driver throws", "nvrtc throws", "cublas throws");
    }

    @Test
    void severalFoldersMayBeNamed() throws IOException, InterruptedException {
        have("driver nvrtc builtins");
        have("cublas", folder.resolve("more"));
        child.option("-Dgradus.cuda.libraries=" + libraries + ":" + folder.resolve("more"));
        assertHas(probe(), "usable: true", "DIR/more/libcublas.so.12");
    }

    @Test
    void theUsualFoldersAndTheEnvironmentWorkToo() throws IOException, InterruptedException {
        have("driver", folder.resolve("root/usr/lib/wsl/lib"));
        have("nvrtc builtins", folder.resolve("home/lib64"));
        have("cublas", folder.resolve("root/usr/local/cuda-12.4/targets/x86_64-linux/lib"));
        child.variable("CUDA_HOME", folder.resolve("home").toString());
        assertHas(
                probe(),
                "usable: true",
                "DIR/home/lib64/libnvrtc.so.12 (CUDA_HOME)",
                "DIR/root/usr/local/cuda-12.4/targets/x86_64-linux/lib/libcublas.so.12 (the usual");
    }

    @Test
    void theDynamicLoadersPathWorksToo() throws IOException, InterruptedException {
        have(EVERYTHING, folder.resolve("loader"));
        child.variable("LD_LIBRARY_PATH", folder.resolve("loader").toString());
        assertHas(
                probe(),
                "usable: true",
                "DIR/loader/libcuda.so.1 (found by the dynamic loader)",
                "DIR/loader/libnvrtc.so.12 (LD_LIBRARY_PATH)");
    }

    @Test
    void withoutAnythingAllFailuresAreToldAtOnce() throws IOException, InterruptedException {
        String said = probe();
        assumeMissing(said, "driver library");
        assumeMissing(said, "NVRTC");
        assumeMissing(said, "cuBLAS");
        assertFails(
                said,
                "driver library",
                "there is no NVIDIA driver: libcuda.so.1 was not found",
                "install NVIDIA's driver");
        assertFails(said, "NVRTC", "libnvrtc.so.12 was not found", Advice.LIBRARIES);
        assertFails(said, "cuBLAS", "libcublas.so.12 was not found", Advice.LIBRARIES);
        assertHas(
                said,
                "driver version: NOT_LOOKED_AT: not looked at: there is no driver library",
                "GPU: NOT_LOOKED_AT",
                "NVRTC builtins: NOT_LOOKED_AT: not looked at: there is no NVRTC");
        String because = said.lines().filter(l -> l.startsWith("because: ")).toList().getFirst();
        assertEquals(2, because.split("or name their folder", -1).length, because);
    }

    @Test
    void aKernelModuleWithoutTheLibraryIsAnotherCase() throws IOException, InterruptedException {
        have("nvrtc builtins cublas");
        Path proc = Files.createDirectories(folder.resolve("root/proc/driver/nvidia"));
        Files.writeString(
                proc.resolve("version"),
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19\n");
        String said = probe();
        assumeMissing(said, "driver library");
        assertFails(
                said,
                "driver library",
                "the kernel has NVIDIA's driver 535.129.03, but its library libcuda.so.1 was not",
                "NVIDIA_DRIVER_CAPABILITIES=compute,utility");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FAKE_INIT=100   | GPU | the driver works but sees no GPU | make nvidia-smi list",
                "FAKE_COUNT=0    | GPU | the driver works but sees no GPU | make nvidia-smi list",
                "FAKE_INIT=34    | GPU | CUDA_ERROR_STUB_LIBRARY (34)     | \"stubs\"",
                "FAKE_INIT=803   | GPU | (803)                            | restart the computer",
                "FAKE_INIT=999   | GPU | CUDA_ERROR_UNKNOWN (999)         | nvidia_uvm",
                "FAKE_INIT=3     | GPU | CUDA_ERROR_NOT_INITIALIZED (3)   | nvidia-smi works",
                "FAKE_DRIVER=11040 | driver version | the driver is too old: it knows CUDA 11.4,"
                        + " and JCuda 12.6.0 needs 12.0 | install NVIDIA's driver 525 or newer",
                "FAKE_CAPABILITY=37 | capability | GPU 0, Fake GPU, has compute capability 3.7, and"
                        + " NVRTC 12.6 compiles for 5.0 and higher | use a newer GPU",
            })
    void aDriverThatFails(String variable, String component, String reason, String fix)
            throws IOException, InterruptedException {
        have(EVERYTHING);
        child.variable(variable.split("=", -1)[0], variable.split("=", -1)[1]);
        String said = probe();
        assertHas(said, component + ": FAILS: ", reason, fix, "usable: false");
        assertHas(
                said.lines().filter(l -> l.startsWith("because")).toList().getFirst(), reason, fix);
        assertEquals(1, said.split(": FAILS: ", -1).length - 1, said);
    }

    @Test
    void theCompilerNeedsItsBuiltins() throws IOException, InterruptedException {
        have("driver nvrtc cublas");
        assertFails(
                probe(),
                "NVRTC builtins",
                BUILTINS
                        + " was not found, which NVRTC (LIB/libnvrtc.so.12"
                        + " (-Dgradus.cuda.libraries)) needs",
                "put it beside NVRTC; or " + Advice.LIBRARIES);
    }

    @Test
    void aVariableThatHidesTheGpusIsNamed() throws IOException, InterruptedException {
        have(EVERYTHING);
        child.variable("FAKE_INIT", "100").variable("CUDA_VISIBLE_DEVICES", "-1");
        assertFails(
                probe(),
                "GPU",
                "the driver works but sees no GPU, and CUDA_VISIBLE_DEVICES is \"-1\"",
                "unset CUDA_VISIBLE_DEVICES");
    }

    @Test
    void cuda13IsNotEnough() throws IOException, InterruptedException {
        have("driver nvrtc builtins");
        Path lib = folder.resolve("root/usr/local/cuda-13.0/lib64");
        have("cublas", lib);
        Files.move(lib.resolve("libcublas.so.12"), lib.resolve("libcublas.so.13"));
        String said = probe();
        assumeMissing(said, "cuBLAS");
        assertFails(
                said,
                "cuBLAS",
                "libcublas.so.12 was not found, only CUDA 13's"
                        + " DIR/root/usr/local/cuda-13.0/lib64/libcublas.so.13, and JCuda 12.6.0"
                        + " needs CUDA 12's (both can be installed side by side)",
                Advice.LIBRARIES);
    }

    @Test
    void aFileThatIsNoLibraryIsNamed() throws IOException, InterruptedException {
        have("driver nvrtc builtins");
        Files.createFile(libraries.resolve("libcublas.so.12"));
        String said = probe();
        assumeMissing(said, "cuBLAS");
        assertFails(
                said,
                "cuBLAS",
                "libcublas.so.12 cannot be loaded: LIB/libcublas.so.12: ",
                Advice.LIBRARIES);
    }

    @Test
    void aFolderThatIsNotThereIsNamed() throws IOException, InterruptedException {
        child.option("-Dgradus.cuda.libraries=" + folder.resolve("nowhere"));
        assertFails(
                probe(),
                "named folder",
                "-Dgradus.cuda.libraries names DIR/nowhere, which is no folder",
                "correct the path");
    }

    @ParameterizedTest
    @CsvSource({"os.name,Windows 11", "os.arch,aarch64"})
    void otherSystemsAreTold(String property, String value)
            throws IOException, InterruptedException {
        child.option("-D" + property + "=" + value);
        String said = probe();
        assertFails(said, "system", "CUDA works on Linux, amd64, only", "in WSL 2");
        assertHas(said, value);
    }

    @Test
    void jcudasNativesMayBeMissing() throws IOException, InterruptedException {
        have(EVERYTHING);
        child.without("jcuda-natives", "jcublas-natives");
        assertFails(
                probe(),
                "JCuda",
                "its native library libJCudaDriver-12.6.0-linux-x86_64.so is neither on the class"
                        + " path nor in java.library.path",
                "org.jcuda:jcuda-natives");
    }

    @Test
    void jcudaMayBeMissing() throws IOException, InterruptedException {
        have(EVERYTHING);
        child.without("jcuda-12", "jcublas-12");
        assertFails(probe(), "JCuda", "its class is missing: jcuda/", "org.jcuda:jcuda and");
    }

    @Test
    void jcudasNativesMayLieInTheLibraryPath() throws IOException, InterruptedException {
        have(EVERYTHING);
        Path natives = Files.createDirectory(folder.resolve("natives"));
        for (String name : JCudaNatives.NAMES) {
            String file = JCudaNatives.file(name);
            try (var in = getClass().getResourceAsStream("/lib/" + file)) {
                Files.write(natives.resolve(file), in.readAllBytes());
            }
        }
        child.without("jcuda-natives", "jcublas-natives").option("-Djava.library.path=" + natives);
        assertHas(
                probe(),
                "usable: true",
                "natives from DIR/natives/libJCudaDriver-12.6.0-linux-x86_64.so");
    }

    @Test
    void whatJcudasNativesNeedBesidesCudaMayBeMissing() throws IOException, InterruptedException {
        have(EVERYTHING);
        Path natives = Files.createDirectory(folder.resolve("natives"));
        Path needed = folder.resolve("libstd++.so.6");
        FakeLibraries.compile("planted.c", "libstd++.so.6", needed);
        for (String name : JCudaNatives.NAMES) {
            Path file = natives.resolve(JCudaNatives.file(name));
            FakeLibraries.compile("planted.c", "native.so", file, needed);
        }
        Files.delete(needed);
        child.without("jcuda-natives", "jcublas-natives").option("-Djava.library.path=" + natives);
        assertFails(
                probe(),
                "JCuda",
                "its class JCudaDriver cannot be used: ",
                "install the package with libstd++.so.6");
    }

    @Test
    void aTemporaryFolderMustBeThere() throws IOException, InterruptedException {
        have(EVERYTHING);
        child.option("-Djava.io.tmpdir=" + folder.resolve("nowhere"));
        assertFails(
                probe(),
                "JCuda",
                "its natives need a private folder, and there is none to be had: ",
                "-Djava.io.tmpdir=DIR");
    }

    @Test
    void aFilePlantedInTheSharedFolderIsNotLoaded() throws IOException, InterruptedException {
        have(EVERYTHING);
        Path mark = folder.resolve("mark");
        for (String name : JCudaNatives.NAMES) {
            Files.copy(made.resolve("planted.so"), shared.resolve(JCudaNatives.file(name)));
        }
        child.variable("FAKE_MARK", mark.toString());
        String said = probe();
        assertHas(said, "usable: true", "tmpdir: DIR/shared\n");
        assertFalse(Files.exists(mark), "the planted file was loaded");
        try (Stream<Path> left = Files.list(shared)) {
            assertEquals(JCudaNatives.NAMES.size(), left.count(), "something was left there");
        }

        // And the trap is a trap: JCuda by itself walks into it.
        child.variable("LD_LIBRARY_PATH", libraries.toString()).run(Naive.class);
        assertTrue(Files.exists(mark), "the planted file does nothing, so nothing was shown");
    }

    @Test
    void aProgramOnTheCpuLoadsNothingOfIt() throws IOException, InterruptedException {
        have(EVERYTHING);
        Child.Outcome outcome = child.run(Unconcerned.class);
        assertEquals("default: cpu", outcome.said().replaceAll("(?m)^WARNING.*\n", "").strip());
    }
}
