package dev.gradus.examples;

import static dev.gradus.tensor.Functional.scaledDotProductAttention;

import dev.gradus.autograd.Tape;
import dev.gradus.examples.course.Lesson;
import dev.gradus.examples.plot.Picture;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.Embedding;
import dev.gradus.nn.GELU;
import dev.gradus.nn.LayerNorm;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.PositionalEmbedding;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.TransformerBlock;
import dev.gradus.optim.AdamW;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * How time grows with size. Where it is c · nᵖ, a straight line of slope p appears once both axes
 * are logarithmic. A product of matrices is arithmetic alone, and p is 3. Attention compares each
 * of n tokens with each: 2. The step of a GPT begins at 1, since most of it treats each token by
 * itself, and its attention bends the line upwards.
 */
@Command(
        name = "growth",
        description = "How the time of products, attention and a GPT's step grows with the size.")
final class Growth extends Lesson {
    private static final int SAMPLES = 9;
    private static final double SAMPLE = 0.02;

    @Option(
            names = "--doublings",
            paramLabel = "N",
            defaultValue = "6",
            converter = Doublings.class,
            description = "How often the size doubles (default: ${DEFAULT-VALUE}, up to × 64).")
    private int doublings;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description =
                    "How long each size runs before it counts (default: ${DEFAULT-VALUE}): loops"
                            + " are compiled in the background.")
    private double warmUp;

    /** Reads how often. */
    static final class Doublings extends WholeNumber {
        Doublings() {
            super(1, 6);
        }
    }

    @Override
    protected void teach() {
        Picture picture = Plot.lines("Time grows with size").xLabel("doublings of the size").logY();
        say("Milliseconds, and the slope: the logarithm to base 2 of what a doubling multiplies.");
        picture = grow(picture.yLabel("ms"), "product, n × n", 32, Growth::product);
        picture = grow(picture, "attention, n tokens", 32, Growth::attention);
        picture = grow(picture, "GPT step, n tokens", 16, Growth::gptStep);
        say("");
        save(picture, "growth");
    }

    private Picture grow(Picture picture, String name, int least, IntFunction<Runnable> work) {
        say("%n%s%n%7s %12s %7s", name, "n", "ms", "slope");
        // The loops of a GPT are compiled one after the other, which takes longer than one warm-up.
        warmUp(work.apply(least), 5 * warmUp);
        double[] millis = new double[doublings + 1];
        for (int i = 0; i <= doublings; i++) {
            int n = least << i;
            millis[i] = millis(work.apply(n));
            String slope = i == 0 ? "" : text("%.2f", slope(millis[i - 1], millis[i], 1));
            say("%7d %12.4g %7s", n, millis[i], slope);
        }
        int from = doublings / 2; // below, what a call costs flattens the line
        double slope = slope(millis[from], millis[doublings], doublings - from);
        return picture.line(
                text("%s, %d … %d: slope %.1f", name, least, least << doublings, slope), millis);
    }

    @SuppressWarnings("AnnotateFormatMethod") // that annotation would be one more dependency
    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    static double slope(double first, double last, int doublings) {
        return Math.log(last / first) / Math.log(2) / doublings;
    }

    /** {@code [n, n] · [n, n]}. */
    private static Runnable product(int n) {
        Tensor a = Tensor.randn(n, n);
        Tensor b = Tensor.randn(n, n);
        return () -> a.matmul(b);
    }

    /** Four causal heads of width 32, forward. */
    private static Runnable attention(int n) {
        Tensor q = Tensor.randn(4, n, 32);
        Tensor k = Tensor.randn(4, n, 32);
        Tensor v = Tensor.randn(4, n, 32);
        return () -> scaledDotProductAttention(q, k, v, null, true, 0);
    }

    /** A training step on one text: 2 layers, 4 heads, width 64, 65 characters, AdamW. */
    private static Runnable gptStep(int n) {
        int width = 64;
        Tensor text = Tensor.rand(1, n).mul(64).to(DType.INT32);
        var start = new Sequential(new Embedding(65, width), new PositionalEmbedding(n, width));
        var first = block(width);
        var second = block(width);
        var end = new Sequential(new LayerNorm(width), new Linear(width, 65));
        var optimizer =
                new AdamW(new Sequential(start, first, second, end).parameters(), 1e-3, 0.01);
        return () -> {
            try (var tape = Tape.start()) {
                Tensor x = first.apply(start.apply(text), null, true);
                Tensor logits = end.apply(second.apply(x, null, true));
                optimizer.step(tape.gradients(Losses.crossEntropy(logits, text)));
            }
        };
    }

    private static TransformerBlock block(int width) {
        return new TransformerBlock(width, 4, 4 * width, TransformerBlock.Norm.PRE, GELU.tanh(), 0);
    }

    /** The median of some samples, after a warm-up. */
    private double millis(Runnable work) {
        double once = warmUp(work, warmUp);
        int runs = (int) Math.max(1, SAMPLE / once);
        double[] samples = new double[SAMPLES];
        Arrays.setAll(samples, _ -> seconds(work, runs) / runs);
        Arrays.sort(samples);
        return 1e3 * samples[SAMPLES / 2];
    }

    /** Runs it for so long, once at least; what the last run took. */
    private static double warmUp(Runnable work, double seconds) {
        double once;
        double left = seconds;
        do {
            once = seconds(work, 1);
            left -= once;
        } while (left > 0);
        return once;
    }

    private static double seconds(Runnable work, int runs) {
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            work.run();
        }
        Tensor.scalar(0).item(); // backends may go on working: a value waits for all before it
        return (System.nanoTime() - start) / 1e9;
    }
}
