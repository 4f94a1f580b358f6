package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gradus.backend.cpu.Gemm.Matrix;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Holds every implementation to the definition in {@link Gemm}, bit by bit. */
class GemmTest {
    private static final int[] SIZES = {
        0, 1, 2, 3, 5, 7, 15, 16, 17, 24, 31, 33, 55, 63, 64, 65, 72, 100
    };
    private static final int[] DEPTHS = {
        0, 1, 2, 3, 5, 7, 15, 16, 17, 31, 33, 63, 64, 65, 100, 511, 512, 513, 600
    };

    /**
     * m, n, k: each beyond a limit of some implementation (slices, panels, groups of panels, small,
     * worth a copy).
     */
    private static final int[][] LARGE = {
        {1, 1, 512},
        {1, 1, 513},
        {1, 2, 1300},
        {8, 8, 8},
        {9, 8, 8},
        {3, 300, 5},
        {5, 257, 1025},
        {200, 70, 30},
        {193, 20, 515},
        {16, 100, 784},
        {4, 1100, 515},
        {193, 1065, 7}
    };

    enum Implementation {
        PLAIN,
        VECTOR,
        WHOLE_VECTORS,
        WARMING;

        Gemm create() {
            assumeTrue(
                    this == PLAIN || Gemm.best() instanceof WarmingGemm,
                    "needs jdk.incubator.vector");
            return switch (this) {
                case PLAIN -> new PlainGemm();
                case VECTOR -> VectorGemm.INSTANCE;
                case WHOLE_VECTORS -> VectorGemm.WHOLE;
                case WARMING -> new WarmingGemm();
            };
        }
    }

    /** Ways in which a matrix may lie in its array. */
    enum Lie {
        DENSE,
        TRANSPOSED,
        INSIDE,
        TRANSPOSED_INSIDE,
        EVERY_SECOND_COLUMN,
        FLIPPED,
        UPSIDE_DOWN,
        ONE_ROW_REPEATED,
        ONE_COLUMN_REPEATED,
        ONE_NUMBER;

        Matrix place(int rows, int columns, Random random) {
            int r = rows;
            int c = columns;
            return switch (this) {
                case DENSE -> new Matrix(numbers(r * c, random), 0, c, 1);
                case TRANSPOSED -> new Matrix(numbers(r * c, random), 0, 1, r);
                case INSIDE -> new Matrix(numbers(r * (c + 3) + 7, random), 7, c + 3, 1);
                case TRANSPOSED_INSIDE -> new Matrix(numbers((r + 5) * c + 3, random), 3, 1, r + 5);
                case EVERY_SECOND_COLUMN -> new Matrix(numbers(r * c * 2, random), 1, 2 * c, 2);
                case FLIPPED -> new Matrix(numbers(r * c, random), r * c - 1, -c, -1);
                case UPSIDE_DOWN -> new Matrix(numbers(r * c, random), (r - 1) * c, -c, 1);
                case ONE_ROW_REPEATED -> new Matrix(numbers(c, random), 0, 0, 1);
                case ONE_COLUMN_REPEATED -> new Matrix(numbers(r, random), 0, 1, 0);
                case ONE_NUMBER -> new Matrix(numbers(1, random), 0, 0, 0);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void anySizeAndLayoutGivesTheBitsOfTheDefinition(Implementation implementation) {
        Gemm gemm = implementation.create();
        Random random = new Random(1);
        for (int round = 0; round < 600; round++) {
            int m = pick(SIZES, random);
            int n = pick(SIZES, random);
            int k = pick(DEPTHS, random);
            Product.random(m, n, k, random).check(gemm, 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aboveEveryLimitToo(Implementation implementation) {
        Gemm gemm = implementation.create();
        Random random = new Random(2);
        for (int[] size : LARGE) {
            for (int round = 0; round < 25; round++) {
                Product.random(size[0], size[1], size[2], random).check(gemm, 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void partsMakeTheWhole(Implementation implementation) {
        Gemm gemm = implementation.create();
        Random random = new Random(3);
        for (int[] size :
                new int[][] {{0, 5, 9}, {1, 1, 1}, {2, 700, 20}, {37, 130, 70}, {100, 64, 9}}) {
            for (int parts = 1; parts <= 9; parts++) {
                for (Lie lieB : Lie.values()) {
                    new Product(size[0], size[1], size[2], Lie.DENSE, lieB, random)
                            .check(gemm, parts);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void infinitiesNansAndTinyNumbersFlowThrough(Implementation implementation) {
        Gemm gemm = implementation.create();
        Random random = new Random(4);
        float[] special = {
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            0f,
            -0f,
            Float.MAX_VALUE,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            1e-30f,
            -1e-30f
        };
        for (int round = 0; round < 200; round++) {
            Product product =
                    new Product(9, 1 + random.nextInt(70), 515, Lie.DENSE, Lie.DENSE, random);
            for (int count = 0; count < 3; count++) {
                float[] data = (random.nextBoolean() ? product.a : product.b).data();
                data[random.nextInt(data.length)] = special[random.nextInt(special.length)];
            }
            product.check(gemm, 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void threadsDoNotDisturbOneAnother(Implementation implementation)
            throws InterruptedException, ExecutionException {
        Gemm gemm = implementation.create();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                tasks.add(() -> {
                    for (int round = 0; round < 50; round++) {
                        Product.random(17, 70, 520, random).check(gemm, 1);
                    }
                    return null;
                });
            }
            for (Future<Void> result : threads.invokeAll(tasks)) {
                result.get();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 40}) // whole vectors; with 512 bits two and a half
    void tilesTakeOver(int columns) {
        WarmingGemm gemm = (WarmingGemm) Implementation.WARMING.create();
        String compiler = System.getProperty("java.vm.info", "");
        assumeTrue(compiler.contains("mixed mode") && !compiler.contains("emulated"), "needs C2");
        Product product = new Product(64, columns, 64, Lie.DENSE, Lie.DENSE, new Random(5));
        long start = System.nanoTime();
        while (!gemm.isWarm(columns)) {
            product.check(gemm, 1);
            assertTrue(System.nanoTime() - start < 60e9, "C2 has not compiled the tiles in 60 s");
        }
        product.check(gemm, 1);
    }

    /** A product and its result by definition, inside an array whose other elements must stay. */
    private static final class Product {
        private static final float UNTOUCHED = 12345;

        private final int m;
        private final int n;
        private final int k;
        private final Matrix a;
        private final Matrix b;
        private final String description;

        Product(int m, int n, int k, Lie lieA, Lie lieB, Random random) {
            this.m = m;
            this.n = n;
            this.k = k;
            this.a = lieA.place(m, k, random);
            this.b = lieB.place(k, n, random);
            this.description = "m=%d n=%d k=%d A %s B %s".formatted(m, n, k, lieA, lieB);
        }

        static Product random(int m, int n, int k, Random random) {
            Lie[] lies = Lie.values();
            Lie lieA = lies[random.nextInt(lies.length)];
            Lie lieB = lies[random.nextInt(lies.length)];
            return new Product(m, n, k, lieA, lieB, random);
        }

        void check(Gemm gemm, int parts) {
            Matrix expected = result();
            define(expected);
            Matrix actual = result();
            if (parts == 1) {
                gemm.multiply(m, n, k, a, b, actual);
            } else {
                for (int part = parts - 1; part >= 0; part--) {
                    gemm.multiplyPart(part, parts, m, n, k, a, b, actual);
                }
            }
            assertArrayEquals(
                    expected.data(), actual.data(), () -> description + " in " + parts + " parts");
        }

        private Matrix result() {
            float[] data = new float[5 + m * (n + 2)];
            Arrays.fill(data, UNTOUCHED);
            return new Matrix(data, 5, n + 2, 1);
        }

        private void define(Matrix c) {
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    float total = 0;
                    for (int from = 0; from < k; from += 512) {
                        float sum = 0;
                        for (int p = from; p < Math.min(k, from + 512); p++) {
                            sum = Math.fma(at(a, i, p), at(b, p, j), sum);
                        }
                        total = from == 0 ? sum : total + sum;
                    }
                    c.data()[5 + i * (n + 2) + j] = total;
                }
            }
        }

        private static float at(Matrix x, int i, int j) {
            return x.data()[x.offset() + i * x.rowStride() + j * x.colStride()];
        }
    }

    private static int pick(int[] values, Random random) {
        return values[random.nextInt(values.length)];
    }

    private static float[] numbers(int count, Random random) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
