package dev.gradus.benchmarks;

import dev.gradus.autograd.Gradients;
import dev.gradus.autograd.Parameter;
import dev.gradus.autograd.Tape;
import dev.gradus.benchmarks.Workload.Unit;
import dev.gradus.nn.GELU;
import dev.gradus.nn.LayerNorm;
import dev.gradus.optim.AdamW;
import dev.gradus.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * What {@code gradus bench} times, as a user writes it. Results are new tensors, without a tape.
 */
public final class Workloads {
    private Workloads() {}

    /** All of them, in the order of the table. */
    public static List<Workload> all() {
        List<Workload> all = new ArrayList<>();
        for (int n : new int[] {64, 100, 128, 256, 512, 1024, 2048}) {
            all.add(product("sgemm_" + n, new int[] {n, n}, new int[] {n, n}));
        }
        all.add(product("gemm_64x784x256", new int[] {64, 784}, new int[] {784, 256}));
        all.add(product("gemm_512x64x64", new int[] {512, 64}, new int[] {64, 64}));
        all.add(product("bmm_32x128x32x128", new int[] {32, 128, 32}, new int[] {32, 32, 128}));
        all.add(sum("add_1e3", 1_000));
        all.add(sum("add_1e5", 100_000));
        all.add(sum("add_1e7", 10_000_000));
        all.add(function("exp_1e6", Tensor::exp, 1_000_000));
        all.add(function("tanh_1e6", Tensor::tanh, 1_000_000));
        all.add(function("gelu_1e6", GELU.tanh()::apply, 1_000_000));
        all.add(function("softmax_1024x1024", x -> x.softmax(1), 1024, 1024));
        all.add(function("sum_1e7", Tensor::sum, 10_000_000));
        all.add(function("layernorm_1024x768", new LayerNorm(768)::apply, 1024, 768));
        all.add(timed("adamw_1e6", Unit.MICROSECONDS, () -> adamW(1_000_000)));
        all.add(timed("W3_xor", Unit.MICROSECONDS, Training::xor));
        all.add(timed("W4_mlp", Unit.MICROSECONDS, Training::mlp));
        all.add(timed("W5_gpt", Unit.MILLISECONDS, Training::gpt));
        return all;
    }

    /** The one of that name. */
    public static Workload named(String name) {
        return all().stream()
                .filter(workload -> workload.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no workload is named " + name));
    }

    private static Workload timed(String name, Unit unit, Supplier<? extends Runnable> start) {
        return new Workload(name, unit, 0, start);
    }

    /** A matrix product, or a batch of them. */
    private static Workload product(String name, int[] left, int[] right) {
        double flop = 2.0 * right[right.length - 1];
        for (int n : left) {
            flop *= n;
        }
        return new Workload(
                name,
                Unit.GFLOPS,
                flop,
                () -> {
                    Tensor.seed(1);
                    Tensor a = Tensor.randn(left);
                    Tensor b = Tensor.randn(right);
                    return () -> a.matmul(b);
                });
    }

    private static Workload sum(String name, int size) {
        return timed(
                name,
                Unit.MICROSECONDS,
                () -> {
                    Tensor.seed(1);
                    Tensor x = Tensor.randn(size);
                    Tensor y = Tensor.randn(size);
                    return () -> x.add(y);
                });
    }

    private static Workload function(String name, UnaryOperator<Tensor> function, int... shape) {
        return timed(
                name,
                Unit.MICROSECONDS,
                () -> {
                    Tensor.seed(1);
                    Tensor x = Tensor.randn(shape);
                    return () -> {
                        var _ = function.apply(x);
                    };
                });
    }

    /** The optimizer's step alone, with one gradient for ever. */
    private static Runnable adamW(int size) {
        Tensor.seed(1);
        Parameter p = new Parameter("p", Tensor.randn(size));
        var optimizer = new AdamW(List.of(p), 1e-3, 0.01);
        Gradients gradients;
        try (var tape = Tape.start()) {
            gradients = tape.gradients(p.value().square().mean()).keep();
        }
        return () -> optimizer.step(gradients);
    }
}
