package dev.gradus.benchmarks;

import dev.gradus.tensor.Tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/**
 * Fails where a product of matrices is stuck in the JVM's first compiler. The second one leaves a
 * method alone that is too large, or that it met at a bad time, and then vectors become objects: a
 * hundred times slower, and right all the same, so that no test notices. What tells is the speed
 * beside that of a plain loop in the same process. Healthy products come close to it, or to a fifth
 * of it without the vector module; and they do so as well while their vectors are not compiled.
 *
 * <p>It is of one file and uses the public interface alone, so {@code ./gradus run} runs it too.
 */
public final class CompilerCheck {
    /** Of the plain loop's speed: generous, since the machine may have other things to do. */
    private static final double FLOOR =
            ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? 0.5 : 0.05;

    /** In seconds. Loops are compiled in the background; a product is tried until then. */
    private static final double PATIENCE = 5;

    private static final int CHAIN = 8;

    private CompilerCheck() {}

    /** Prints a line a product, and exits with 1 if one is too slow. */
    public static void main(String[] args) {
        System.setProperty("gradus.threads", "1"); // several would make up for what it looks for
        double loop = loopGigaflops();
        System.out.printf(Locale.ROOT, "plain loop: %.1f GFLOP/s%n", loop);
        Tensor small = Tensor.randn(256, 256);
        Tensor large = Tensor.randn(1024, 1024);
        Tensor batch = Tensor.randn(32, 128, 128);
        boolean fast = check("256", loop, () -> gigaflops(small, small));
        fast &= check("256, transposed", loop, () -> gigaflops(small, small.transpose(0, 1)));
        fast &= check("1024", loop, () -> gigaflops(large, large));
        fast &= check("32 of 128", loop, () -> gigaflops(batch, batch));
        System.exit(fast ? 0 : 1);
    }

    private static boolean check(String name, double loop, DoubleSupplier gigaflops) {
        long start = System.nanoTime();
        double ratio = 0;
        do {
            ratio = Math.max(ratio, gigaflops.getAsDouble() / loop);
        } while (ratio < FLOOR && System.nanoTime() - start < 1e9 * PATIENCE);
        System.out.printf(
                Locale.ROOT,
                "product %s: %.3f of it%s%n",
                name,
                ratio,
                ratio < FLOOR
                        ? ", less than %s after %.0f seconds: is it compiled?"
                                .formatted(FLOOR, PATIENCE)
                        : "");
        return ratio >= FLOOR;
    }

    /** Of one product of the last two axes, with those before them as a batch. */
    private static double gigaflops(Tensor a, Tensor b) {
        long start = System.nanoTime();
        Tensor product = a.matmul(b);
        double nanos = System.nanoTime() - start;
        return 2.0 * product.size() * b.size(-2) / nanos;
    }

    /**
     * What multiplying and adding comes to on one processor, in a loop that the JVM makes vectors
     * of by itself: the best of a second.
     */
    public static double loopGigaflops() {
        float[] values = new float[2048];
        Arrays.fill(values, 1);
        double best = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < 1e9) {
            long before = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                multiplyAndAdd(values);
            }
            double flop = 100.0 * values.length * 2 * CHAIN;
            best = Math.max(best, flop / (System.nanoTime() - before));
        }
        return best;
    }

    private static void multiplyAndAdd(float[] values) {
        for (int i = 0; i < values.length; i++) {
            float x = values[i];
            x = Math.fma(x, 0.9f, 0.1f);
            x = Math.fma(x, 0.9f, 0.1f);
            x = Math.fma(x, 0.9f, 0.1f);
            x = Math.fma(x, 0.9f, 0.1f);
            x = Math.fma(x, 0.9f, 0.1f);
            x = Math.fma(x, 0.9f, 0.1f);
            x = Math.fma(x, 0.9f, 0.1f);
            x = Math.fma(x, 0.9f, 0.1f);
            values[i] = x;
        }
    }
}
