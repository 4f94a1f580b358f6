package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gradus.autograd.Tape;
import dev.gradus.nn.Embedding;
import dev.gradus.nn.Linear;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a user is told when something is wrong, and that it does no further harm. */
class CudaErrorsTest {
    private static final String KERNEL =
            "extern \"C\" __global__ void __launch_bounds__(256) k(float* x) {\n    x[0] = 1;\n}\n";

    private CudaBackend cuda;

    @BeforeEach
    void start() {
        Emulator.assumePresent();
        Emulator.reset();
        cuda = CudaBackend.create(false);
    }

    @AfterEach
    void nothingWasWrong() {
        if (Emulator.present()) {
            TestDevice.assertClean(cuda);
        }
    }

    private Tensor on(double... values) {
        return Tensor.of(values).to(cuda);
    }

    private static String message(Class<? extends Exception> type, Executable code) {
        return String.valueOf(assertThrows(type, code).getMessage());
    }

    private static void assertSays(
            Class<? extends Exception> type, Executable code, String... words) {
        String message = message(type, code);
        for (String word : words) {
            assertTrue(message.contains(word), () -> "\"" + word + "\" is not in: " + message);
        }
    }

    private static String errors(Executable code) throws Throwable {
        PrintStream before = System.err;
        var bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            code.execute();
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    // ------------------------------------------------------------------ what the program got wrong

    @Test
    void tensorsOfDifferentBackendsAreNamed() {
        Tensor here = Tensor.of(1.0, 2.0);
        Tensor there = on(1, 2);
        Class<IllegalArgumentException> type = IllegalArgumentException.class;
        assertSays(type, () -> here.add(there), "add", "on cpu", "on cuda", "to(\"…\")");
        assertSays(type, () -> there.add(here), "add", "on cuda and on cpu", "to(\"…\")");
        assertSays(type, () -> Tensor.concat(0, here, there), "on cpu and on cuda");
        Tensor rows = Tensor.of(new double[][] {{1, 2}}).to(cuda);
        assertSays(type, () -> new Linear(2, 3).apply(rows), "on cuda and on cpu", "to(\"…\")");
        assertArrayEquals(new double[] {2, 4}, here.to(cuda).add(there).toArray());
    }

    @Test
    void anIndexThatIsNoRowIsNamedWhereverItComesFrom() {
        Tensor table = Tensor.of(new double[][] {{1, 2}, {3, 4}, {5, 6}}).to(cuda);
        Tensor rows = Tensor.zeros(4, 2).to(cuda);
        for (int bad : new int[] {3, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            Tensor uploaded = Tensor.of(0, 2, bad, 1).to(cuda);
            Tensor computed = uploaded.add(Tensor.of(0).to(cuda));
            for (Tensor index : List.of(uploaded, computed)) {
                assertSays(
                        IndexOutOfBoundsException.class,
                        () -> table.gather(index).toArray(),
                        "gather: index " + bad + " (number 2) is not a row of [3, 2]");
                assertSays(
                        IndexOutOfBoundsException.class,
                        () -> cuda.scatterAdd(rows.view(), index.view(), table.keep().view()),
                        "scatterAdd: index " + bad + " (number 2)");
            }
        }
        var embedding = new Embedding(3, 2);
        embedding.weight().to(cuda);
        Tensor ids = Tensor.of(new int[][] {{0, 1}, {3, 0}}).to(cuda);
        assertSays(
                IndexOutOfBoundsException.class,
                () -> embedding.apply(ids),
                "Embedding(3, 2): id 3 at [1, 0] is not in 0 … 2");
        Tensor good = Tensor.of(2, 0).to(cuda);
        assertArrayEquals(new double[] {5, 6, 1, 2}, table.gather(good).toArray());
    }

    @Test
    void whatTheHostHasSeenIsNotReadAgain() {
        Tensor index = Tensor.of(new int[][] {{0, 2}, {1, 1}}).to(cuda);
        Tensor table = on(5, 6, 7);
        Emulator.reset();
        assertArrayEquals(new int[] {0, 2, 1, 1}, index.toIntArray());
        assertArrayEquals(new int[] {1, 1}, index.get(1).toIntArray());
        assertArrayEquals(new int[] {0, 2, 1, 1}, index.keep().toIntArray());
        assertArrayEquals(new int[0], index.slice("2:, 1:").keep().toIntArray());
        table.gather(index);
        assertEquals(0, Emulator.counters().toHost());
        assertEquals(0, Emulator.counters().streamSynchronizations());
        // What is another order, or another value, is not what was uploaded.
        assertArrayEquals(new int[] {0, 1, 2, 1}, index.t().toIntArray());
        assertArrayEquals(new int[] {0, 1, 2, 1}, index.t().keep().toIntArray());
        assertArrayEquals(new int[] {0, -2, -1, -1}, index.neg().toIntArray());
        assertTrue(Emulator.counters().toHost() > 0);
    }

    @Test
    void aTapeMayBeClosedTwice() {
        Tensor x = on(1, 2, 3);
        Tape tape = Tape.watch(x);
        Tensor y = x.square().sum();
        assertArrayEquals(new double[] {2, 4, 6}, tape.gradients(y).of(x).toArray());
        tape.close();
        long live = cuda.device().memory().liveBytes();
        assertDoesNotThrow(tape::close);
        assertEquals(live, cuda.device().memory().liveBytes());
        assertSays(IllegalStateException.class, () -> y.add(1), "stale", "given back");
    }

    // ------------------------------------------------------------------ kernels

    @Test
    void aKernelThatDoesNotCompileShowsItsLine() {
        var compiler = new Compiler(cuda.device().capability());
        String broken = KERNEL.replace("x[0] = 1;", "x[0] = one + 1; // here");
        assertSays(
                IllegalStateException.class,
                () -> compiler.compile(broken),
                "cuda: NVRTC could not compile a kernel (NVRTC_ERROR_COMPILATION)",
                "one",
                "line 2:  x[0] = one + 1; // here");
        assertTrue(assertDoesNotThrow(() -> compiler.compile(KERNEL)).length > 0);
    }

    @Test
    void aDamagedKernelIsMadeAnew(@TempDir Path folder) throws Throwable {
        var compiler = new Compiler(cuda.device().capability());
        var cache = new KernelCache(folder);
        assertEquals("", errors(() -> load(cache.get(compiler, KERNEL))));
        Path file = only(folder);
        byte[] whole = Files.readAllBytes(file);
        assertEquals("", errors(() -> load(cache.get(compiler, KERNEL))));
        List<UnaryOperator<byte[]>> damages =
                List.of(
                        b -> new byte[0],
                        b -> Arrays.copyOf(b, 10),
                        b -> Arrays.copyOf(b, b.length - 1),
                        b -> Arrays.copyOf(b, b.length + 1),
                        b -> {
                            b[b.length / 2] ^= 1;
                            return b;
                        },
                        b -> {
                            b[3] ^= 1;
                            return b;
                        });
        for (UnaryOperator<byte[]> damage : damages) {
            byte[] damaged = damage.apply(whole.clone());
            Files.write(file, damaged);
            String said = errors(() -> load(cache.get(compiler, KERNEL)));
            assertTrue(said.contains(file + " is damaged; it is made anew"), said);
            assertFalse(Arrays.equals(damaged, Files.readAllBytes(only(folder))));
            assertEquals("", errors(() -> load(cache.get(compiler, KERNEL))), "it was mended");
        }
    }

    @Test
    void withoutAPlaceToKeepThemKernelsAreCompiled(@TempDir Path folder) throws Throwable {
        var compiler = new Compiler(cuda.device().capability());
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        var cache = new KernelCache(file);
        String said = errors(() -> load(cache.get(compiler, KERNEL)));
        assertTrue(said.contains("could not be kept: "), said);
        String before = System.setProperty("gradus.cache", file.toString());
        try {
            said = errors(() -> load(KernelCache.ofUser().get(compiler, KERNEL)));
        } finally {
            if (before == null) {
                System.clearProperty("gradus.cache");
            } else {
                System.setProperty("gradus.cache", before);
            }
        }
        assertTrue(said.contains("Compiled kernels are not kept: "), said);
        assertEquals("in the way", Files.readString(file));
    }

    private static Path only(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all.toString());
            return all.getFirst();
        }
    }

    /** Fails unless this is a program for the device. */
    private void load(byte[] image) {
        var module = new CUmodule();
        cuda.device()
                .perform(
                        () -> "loading",
                        () -> {
                            JCudaDriver.cuModuleLoadData(module, image);
                            return JCudaDriver.cuModuleUnload(module);
                        });
    }

    // ------------------------------------------------------------------ the device is gone

    @Test
    void aLostDeviceSaysSoEverAfter() {
        Tensor x = on(1, 2, 3);
        Class<IllegalStateException> type = IllegalStateException.class;
        String first;
        try (Tape tape = Tape.watch(x)) {
            Tensor y = x.square();
            assertEquals(1, y.toArray()[0]);
            Emulator.loseDevice();
            first = message(type, () -> y.exp());
            // Closing gives memory back, which must not hide the error.
            assertFalse(tape.toString().isEmpty());
        }
        for (String words :
                new String[] {
                    "can't be used any more in this process",
                    "CUDA_ERROR_ILLEGAL_ADDRESS",
                    "Start the program again",
                    "-Dgradus.cuda.synchronous=true"
                }) {
            assertTrue(first.contains(words), first);
        }
        // Even if it worked again: what is on it is lost, and nobody asks the driver.
        Emulator.reset();
        assertEquals(first, message(type, () -> x.add(1)));
        assertEquals(first, message(type, x::toArray));
        assertEquals(first, message(type, () -> on(4)));
        assertEquals(first, message(type, () -> cuda.allocate(DType.FLOAT32, 3)));
        assertDoesNotThrow(() -> cuda.release(x.view().buffer()));
        Emulator.Counters counted = Emulator.counters();
        assertEquals(0, counted.launches() + counted.allocations() + counted.frees());
        assertEquals(0, counted.toDevice() + counted.toHost() + counted.streamSynchronizations());
    }
}
