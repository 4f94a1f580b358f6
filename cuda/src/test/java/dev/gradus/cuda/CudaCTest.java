package dev.gradus.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gradus.backend.Backend;
import dev.gradus.backend.Backends;
import dev.gradus.backend.Distribution;
import dev.gradus.backend.View;
import dev.gradus.expr.Fn;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The texts of kernels: each primitive function is there, and numbers mean what they say. */
class CudaCTest {
    private CudaBackend cuda;

    @BeforeEach
    void start() {
        TestDevice.prepare();
        cuda = CudaBackend.create(false);
    }

    @AfterEach
    void nothingWasWrong() {
        if (cuda != null) {
            TestDevice.assertClean(cuda);
        }
    }

    /** Runs a kernel of one thread that assigns each of some expressions to an element. */
    private Object evaluate(DType dtype, String declarations, List<String> expressions) {
        String body =
                IntStream.range(0, expressions.size())
                        .mapToObj(i -> "    out[" + i + "] = " + expressions.get(i) + ";\n")
                        .collect(Collectors.joining());
        String source =
                CudaC.start(dtype)
                        + declarations
                        + "extern \"C\" __global__ void __launch_bounds__(256) evaluate(T* out) {\n"
                        + "    if (threadNumber()) return;\n"
                        + body
                        + "}\n";
        int n = expressions.size();
        View out = new View(cuda.allocate(dtype, n), Layout.contiguous(Shape.of(n)));
        Device device = cuda.device();
        device.perform(
                () -> "evaluating",
                () -> {
                    Arguments arguments = Arguments.start().add(CudaBuffer.address(out));
                    device.launch(device.kernels().get(source, "evaluate"), 1, 1, arguments);
                    return true;
                });
        return cuda.download(out);
    }

    private static double at(Object array, int i) {
        return Array.getDouble(array, i);
    }

    // ------------------------------------------------------------------ functions

    private record Call(Fn fn, double a, double b, double c) {
        String text(DType dtype) {
            String arguments =
                    Stream.of(a, b, c)
                            .limit(fn.arity())
                            .map(x -> CudaC.literal(x, dtype))
                            .collect(Collectors.joining(", "));
            return name(fn) + "(" + arguments + ")";
        }

        double expected(DType dtype) {
            return dtype == DType.INT32
                    ? fn.applyInt((int) a, (int) b, (int) c)
                    : fn.apply(dtype.round(a), dtype.round(b), dtype.round(c));
        }
    }

    private static String name(Fn fn) {
        return "fn_" + fn.name().toLowerCase(Locale.ROOT);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyFunctionIsThereForEveryTypeThatHasIt(DType dtype) {
        List<Fn> all =
                Arrays.stream(Fn.values())
                        .filter(fn -> dtype != DType.INT32 || fn.hasInt())
                        .toList();
        double[] values =
                dtype == DType.INT32
                        ? new double[] {3, -7, 0, Integer.MIN_VALUE, Integer.MAX_VALUE}
                        : new double[] {0.75, 1.5, -2.25, 0};
        List<Call> calls =
                all.stream()
                        .flatMap(fn ->
                                IntStream.range(0, values.length * values.length)
                                        .mapToObj(i ->
                                                new Call(
                                                        fn,
                                                        values[i % values.length],
                                                        values[i / values.length],
                                                        values[(i + 1) % values.length])))
                        .toList();
        // Another type's function, found by conversion, would round otherwise: so the type counts.
        String types =
                all.stream()
                        .map(fn ->
                                "static_assert(Same<decltype(%s(%s)), T>::value, \"%s\");\n"
                                        .formatted(
                                                name(fn),
                                                String.join(
                                                        ", ",
                                                        java.util.Collections.nCopies(
                                                                fn.arity(), "T()")),
                                                name(fn)))
                        .collect(
                                Collectors.joining(
                                        "",
                                        "template <class A, class B> struct Same {"
                                                + " static const bool value = false; };\n"
                                                + "template <class A> struct Same<A, A> {"
                                                + " static const bool value = true; };\n",
                                        "\n"));
        Object found =
                evaluate(dtype, types, calls.stream().map(call -> call.text(dtype)).toList());
        double tolerance = dtype == DType.INT32 ? 0 : dtype == DType.FLOAT32 ? 1e-6 : 1e-14;
        for (int i = 0; i < calls.size(); i++) {
            double expected = calls.get(i).expected(dtype);
            assertEquals(
                    expected,
                    at(found, i),
                    Double.isFinite(expected) ? tolerance * Math.max(1, Math.abs(expected)) : 0,
                    calls.get(i) + " " + dtype);
        }
    }

    // ------------------------------------------------------------------ literals

    private static double[] extremes(DType dtype) {
        return switch (dtype) {
            case FLOAT32 ->
                    new double[] {
                        0.0,
                        -0.0,
                        0.1f,
                        1 / 3f,
                        -16777217,
                        Float.MAX_VALUE,
                        -Float.MAX_VALUE,
                        Float.MIN_NORMAL,
                        Math.nextDown(Float.MIN_NORMAL),
                        Float.MIN_VALUE,
                        -Float.MIN_VALUE,
                        Float.POSITIVE_INFINITY,
                        Float.NEGATIVE_INFINITY,
                        Float.NaN
                    };
            case FLOAT64 ->
                    new double[] {
                        0.0,
                        -0.0,
                        0.1,
                        1 / 3.0,
                        1e23,
                        -9007199254740993.0,
                        Double.MAX_VALUE,
                        -Double.MAX_VALUE,
                        Double.MIN_NORMAL,
                        Math.nextDown(Double.MIN_NORMAL),
                        Double.MIN_VALUE,
                        -Double.MIN_VALUE,
                        Double.POSITIVE_INFINITY,
                        Double.NEGATIVE_INFINITY,
                        Double.NaN
                    };
            case INT32 ->
                    new double[] {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, -2147483647};
        };
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void literalsAreExact(DType dtype) {
        var random = new java.util.SplittableRandom(5);
        double[] drawn =
                IntStream.range(0, 200)
                        .mapToDouble(i ->
                                switch (dtype) {
                                    case FLOAT32 -> Float.intBitsToFloat(random.nextInt());
                                    case FLOAT64 -> Double.longBitsToDouble(random.nextLong());
                                    case INT32 -> random.nextInt();
                                })
                        .toArray();
        double[] values =
                Stream.of(extremes(dtype), drawn).flatMapToDouble(Arrays::stream).toArray();
        List<String> literals =
                Arrays.stream(values).mapToObj(value -> CudaC.literal(value, dtype)).toList();
        Object found = evaluate(dtype, "", literals);
        for (int i = 0; i < values.length; i++) {
            // As bits: −0 is not 0.
            assertEquals(
                    Double.doubleToLongBits(dtype.round(values[i])),
                    Double.doubleToLongBits(at(found, i)),
                    literals.get(i));
        }
        // A sign must not join a minus in front of it.
        String smallest = CudaC.literal(-3, dtype);
        assertEquals(3, at(evaluate(dtype, "", List.of("fn_neg(" + smallest + ")")), 0));
    }

    // ------------------------------------------------------------------ random numbers

    @ParameterizedTest
    @EnumSource(Distribution.class)
    void randomNumbersHaveTheCpusBits(Distribution distribution) {
        assertArrayEquals(draw(Backends.get("cpu"), distribution), draw(cuda, distribution), 0f);
    }

    private static float[] draw(Backend backend, Distribution distribution) {
        int n = 100_001;
        View out = new View(backend.allocate(DType.FLOAT32, n), Layout.contiguous(Shape.of(n)));
        backend.random(distribution, 42, (1L << 32) - 7, out);
        return (float[]) backend.download(out);
    }
}
