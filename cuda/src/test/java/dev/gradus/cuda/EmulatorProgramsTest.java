package dev.gradus.cuda;

import static dev.gradus.cuda.DirectCuda.allocate;
import static dev.gradus.cuda.DirectCuda.download;
import static dev.gradus.cuda.DirectCuda.downloadDoubles;
import static dev.gradus.cuda.DirectCuda.launch;
import static dev.gradus.cuda.DirectCuda.launchOn;
import static dev.gradus.cuda.DirectCuda.struct;
import static dev.gradus.cuda.DirectCuda.upload;
import static dev.gradus.cuda.DirectCuda.zeros;

import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemsetD32;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.cuda.Emulator.Schedule;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;

/** Right programs give what Java gives, in every order of threads, and without a finding. */
class EmulatorProgramsTest {
    private final RandomGenerator random = RandomGeneratorFactory.getDefault().create(7);

    @BeforeEach
    void start() {
        Emulator.assumePresent();
        Emulator.reset();
        Emulator.quiet(true);
    }

    @AfterEach
    void end() {
        List<String> findings =
                Emulator.findings().stream().filter(text -> !text.startsWith("leak")).toList();
        Emulator.reset();
        assertEquals(List.of(), findings);
    }

    private static CUfunction kernel(String name) {
        return DirectCuda.function(DirectCuda.moduleOf("programs.cu"), name);
    }

    private float[] floats(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextFloat() * 4 - 2;
        }
        return x;
    }

    private static double sum(float[] x) {
        return IntStream.range(0, x.length).mapToDouble(i -> x[i]).sum();
    }

    @ParameterizedTest
    @EnumSource
    void reductions(Schedule schedule) {
        Emulator.schedule(schedule, 5);
        try (var _ = new DirectCuda()) {
            float[] x = floats(1000);
            CUdeviceptr in = upload(x);
            CUdeviceptr out = zeros(1);
            launch(kernel("sumFloats"), 3, 128, in, out, x.length);
            assertEquals(sum(x), download(out, 1)[0], 1e-3);
            launchOn(null, kernel("sumTree"), 1, 256, 1024, in, out, x.length);
            assertEquals(sum(x), download(out, 1)[0], 1e-3);
            CUdeviceptr doubles = upload(0.0);
            launch(
                    kernel("sumDoubles"),
                    2,
                    64,
                    upload(IntStream.range(0, x.length).mapToDouble(i -> x[i]).toArray()),
                    doubles,
                    x.length);
            assertEquals(sum(x), downloadDoubles(doubles, 1)[0], 1e-12);
        }
    }

    @ParameterizedTest
    @EnumSource
    void softmaxByWarps(Schedule schedule) {
        Emulator.schedule(schedule, 11);
        try (var _ = new DirectCuda()) {
            int rows = 9;
            int n = 70;
            float[] x = floats(rows * n);
            CUdeviceptr y = allocate(4L * x.length);
            launch(kernel("softmax"), 3, 128, upload(x), y, rows, n);
            float[] got = download(y, x.length);
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                for (int i = 0; i < n; i++) {
                    sum += Math.exp(x[row * n + i]);
                }
                for (int i = 0; i < n; i++) {
                    assertEquals(Math.exp(x[row * n + i]) / sum, got[row * n + i], 1e-6);
                }
            }
        }
    }

    @Test
    void structByValue() {
        try (var _ = new DirectCuda()) {
            float[] a = floats(24);
            float[] b = floats(4);
            CUdeviceptr out = allocate(96);
            // a transposed, [4, 6] → [6, 4], and a row for all
            Object[] fields = {
                24, 2, upload(a), upload(b), out, 2.5, 6, 4, 0, 0, 1, 6, 0, 0, 0, 1, 0, 0
            };
            launch(kernel("strided"), 1, 32, struct(88, fields), 0.5f);
            float[] got = download(out, 24);
            for (int i = 0; i < 24; i++) {
                assertEquals((float) (a[i % 4 * 6 + i / 4] * 2.5) + b[i % 4] + 0.5f, got[i]);
            }
        }
    }

    @Test
    void fourAtOnce() {
        try (var _ = new DirectCuda()) {
            float[] a = floats(4000);
            float[] b = floats(4000);
            CUdeviceptr c = allocate(16000);
            launch(kernel("add4"), 2, 256, upload(a), upload(b), c, 1000);
            float[] got = download(c, 4000);
            for (int i = 0; i < got.length; i++) {
                assertEquals(a[i] + b[i], got[i]);
            }
        }
    }

    @Test
    void votesAndShuffles() {
        try (var _ = new DirectCuda()) {
            float[] bits = new float[32];
            for (int i = 0; i < 32; i++) {
                bits[i] = Float.intBitsToFloat(i % 7 - 2);
            }
            CUdeviceptr out = allocate(4 * 6 * 32);
            launch(kernel("votes"), 1, 32, upload(bits), out);
            int[] got = new int[6 * 32];
            cuMemcpyDtoH(Pointer.to(got), out, 4L * got.length);
            int positive = 0;
            for (int i = 0; i < 32; i++) {
                positive |= (i % 7 > 2 ? 1 : 0) << i;
            }
            for (int i = 0; i < 32; i++) {
                int before = Math.max(i - 1, 0) % 7 - 2;
                int[] expected = {
                    positive, 0, 1, before, (i / 16 * 16 + 3) % 7 - 2, (31 - i) % 7 - 2
                };
                assertArrayEquals(expected, java.util.Arrays.copyOfRange(got, 6 * i, 6 * i + 6));
            }
        }
    }

    @Test
    void atomics() {
        try (var _ = new DirectCuda()) {
            CUdeviceptr ints = zeros(4);
            CUdeviceptr words = zeros(2);
            CUdeviceptr floats = zeros(1);
            CUdeviceptr doubles = upload(0.0);
            launch(kernel("atomics"), 2, 64, ints, words, floats, doubles);
            int[] got = new int[6];
            cuMemcpyDtoH(Pointer.to(got), ints, 16);
            int[] gotWords = new int[2];
            cuMemcpyDtoH(Pointer.to(gotWords), words, 8);
            assertArrayEquals(new int[] {256, 127, -127, 7, 0, 0}, got);
            assertArrayEquals(new int[] {-1, 5}, gotWords);
            assertEquals(64, download(floats, 1)[0]);
            assertEquals(32, downloadDoubles(doubles, 1)[0]);
        }
    }

    private static final List<DoubleUnaryOperator> FUNCTIONS =
            List.of(
                    Math::exp,
                    a -> Math.log(Math.abs(a)),
                    a -> Math.log1p(Math.abs(a)),
                    Math::expm1,
                    Math::sin,
                    Math::cos,
                    Math::tanh,
                    EmulatorProgramsTest::erf,
                    Math::floor,
                    Math::rint,
                    a -> a < 0 ? Math.ceil(a) : Math.floor(a),
                    a -> Math.sqrt(Math.abs(a)),
                    a -> Math.pow(Math.abs(a), 1.5),
                    a -> a % 0.75,
                    a -> Math.fma(a, a, -1.0),
                    Math::sin,
                    Math::cos,
                    a -> 1 / Math.sqrt(Math.abs(a)));

    /** The series, which is good for small numbers. */
    private static double erf(double a) {
        double term = a;
        double sum = a;
        for (int n = 1; n < 60; n++) {
            term *= -a * a / n;
            sum += term / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum;
    }

    @Test
    void functions() {
        try (var _ = new DirectCuda()) {
            float[] x = {-1.3f, -0.5f, 0.25f, 1.75f};
            double[] wide = {-1.3, -0.5, 0.25, 1.75};
            CUdeviceptr y = allocate(4 * 26 * 4);
            launch(kernel("functionsOfFloats"), 1, 4, upload(x), y, 26);
            float[] got = download(y, 26 * 4);
            CUdeviceptr z = allocate(8 * 20 * 4);
            launch(kernel("functionsOfDoubles"), 1, 4, upload(wide), z, 20);
            double[] gotDoubles = downloadDoubles(z, 20 * 4);
            for (int i = 0; i < 4; i++) {
                for (int k = 0; k < FUNCTIONS.size(); k++) {
                    DoubleUnaryOperator f = FUNCTIONS.get(k);
                    assertEquals(f.applyAsDouble(x[i]), got[26 * i + k], 1e-6, "float " + k);
                    assertEquals(
                            f.applyAsDouble(wide[i]), gotDoubles[20 * i + k], 1e-14, "double " + k);
                }
                float[] rest = java.util.Arrays.copyOfRange(got, 26 * i + 18, 26 * i + 26);
                float[] expected = {
                    (float) Math.exp(x[i]),
                    0,
                    1,
                    Float.intBitsToFloat(Float.floatToRawIntBits(x[i]) ^ 1),
                    (float) (9e18 / 4294967296.0),
                    Integer.bitCount(Float.floatToRawIntBits(x[i])),
                    Math.max(x[i], 0),
                    Math.min(x[i], 0)
                };
                assertArrayEquals(expected, rest, 1e-6f);
                assertEquals(3, gotDoubles[20 * i + 18]);
                long flipped = Double.doubleToRawLongBits(wide[i]) ^ 1;
                assertEquals(Double.longBitsToDouble(flipped), gotDoubles[20 * i + 19]);
            }
        }
    }

    @Test
    void counts() {
        // Backends of other tests may keep memory.
        long others = Emulator.counters().liveBytes();
        int live = Emulator.liveAllocations().size();
        try (var _ = new DirectCuda()) {
            CUfunction sum = kernel("sumFloats");
            Emulator.reset();
            CUdeviceptr x = upload(1, 2, 3);
            CUdeviceptr out = allocate(4);
            long all = others + 16;
            cuMemsetD32(out, 0, 1);
            launch(sum, 1, 32, x, out, 3);
            launch(sum, 1, 32, x, out, 3);
            assertEquals(12, download(out, 1)[0]);
            Emulator.Counters c = Emulator.counters();
            Emulator.Counters expected =
                    new Emulator.Counters(2, 0, 1, 12, 1, 4, 0, 0, 1, 2, 0, all, all, 0, 0, 0, 0);
            assertEquals(expected, c);
            assertEquals(java.util.Map.of("sumFloats", 2L), Emulator.launchesByKernel());
            assertEquals(live + 2, Emulator.liveAllocations().size());
        }
        assertEquals(others, Emulator.counters().liveBytes());
    }
}
