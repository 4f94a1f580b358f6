package dev.gradus.benchmarks.peers;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LayerNormOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

import java.util.function.Supplier;

/** The workloads on libtorch: results are new tensors, freed at once. */
final class LibTorch {
    static final BytePointer TANH_FORM = new BytePointer("tanh");

    private LibTorch() {}

    static Runnable start(Case c, int threads) {
        torch.set_num_threads(threads);
        openblas.blas_set_num_threads(threads);
        torch.manual_seed(1);
        return switch (c.kind()) {
            case "sgemm", "gemm" -> product(c.size(0), c.size(1), c.size(2));
            case "bmm" -> batch(c.size(0), c.size(1), c.size(2), c.size(3));
            case "add" -> {
                Tensor x = torch.randn(c.sizes());
                Tensor y = torch.randn(c.sizes());
                yield result(() -> x.add(y));
            }
            case "exp", "tanh", "gelu", "softmax", "sum" -> function(c);
            case "layernorm" -> layerNorm(c);
            case "adamw" -> adamW(c);
            case "W3_xor" -> xor();
            case "W4_mlp" -> mlp();
            case "W5_gpt" -> LibTorchGpt.start();
            default -> throw new IllegalArgumentException("libtorch has no " + c.kind());
        };
    }

    private static Runnable result(Supplier<Tensor> operation) {
        return () -> operation.get().close();
    }

    private static Runnable product(long m, long k, long n) {
        Tensor a = torch.randn(m, k);
        Tensor b = torch.randn(k, n);
        return result(() -> torch.mm(a, b));
    }

    private static Runnable batch(long count, long m, long k, long n) {
        Tensor a = torch.randn(count, m, k);
        Tensor b = torch.randn(count, k, n);
        return result(() -> torch.bmm(a, b));
    }

    private static Runnable function(Case c) {
        Tensor x = torch.randn(c.sizes());
        return result(() ->
                switch (c.kind()) {
                    case "exp" -> x.exp();
                    case "tanh" -> x.tanh();
                    case "gelu" -> torch.gelu(x, TANH_FORM);
                    case "softmax" -> x.softmax(1);
                    default -> x.sum();
                });
    }

    private static Runnable layerNorm(Case c) {
        Tensor x = torch.randn(c.sizes());
        LayerNormImpl norm = layerNorm(c.size(1));
        return () -> {
            try (NoGradGuard _ = new NoGradGuard()) {
                norm.forward(x).close();
            }
        };
    }

    static LayerNormImpl layerNorm(long width) {
        return new LayerNormImpl(new LayerNormOptions(new LongVector(new long[] {width})));
    }

    /** The optimizer's step alone, with one gradient for ever. */
    private static Runnable adamW(Case c) {
        Tensor p = torch.randn(c.sizes()).set_requires_grad(true);
        try (PointerScope _ = new PointerScope()) {
            p.square().mean().backward();
        }
        AdamW optimizer = new AdamW(new TensorVector(p), new AdamWOptions(1e-3));
        return () -> {
            try (PointerScope _ = new PointerScope()) {
                optimizer.step();
            }
        };
    }

    /** 2-4-1, ReLU, sigmoid, binary cross-entropy, the four cases, SGD. */
    private static Runnable xor() {
        LinearImpl first = new LinearImpl(2, 4);
        LinearImpl second = new LinearImpl(4, 1);
        Tensor x = tensor(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, 4, 2);
        Tensor y = tensor(new float[] {0, 1, 1, 0}, 4, 1);
        return training(
                new SGD(parameters(first, second), new SGDOptions(0.1)),
                () ->
                        torch.binary_cross_entropy(
                                second.forward(first.forward(x).relu()).sigmoid(), y));
    }

    /** 784-256-128-10, ReLU, cross-entropy, a batch of 64, Adam. */
    private static Runnable mlp() {
        LinearImpl first = new LinearImpl(784, 256);
        LinearImpl second = new LinearImpl(256, 128);
        LinearImpl third = new LinearImpl(128, 10);
        Tensor x = torch.randn(64, 784);
        Tensor y = torch.randint(10, new long[] {64}, whole());
        return training(
                new Adam(parameters(first, second, third), new AdamOptions(1e-3)),
                () -> {
                    Tensor h = second.forward(first.forward(x).relu()).relu();
                    return torch.cross_entropy_loss(third.forward(h), y);
                });
    }

    static TensorVector parameters(Module... layers) {
        Module net = new Module();
        for (int i = 0; i < layers.length; i++) {
            net.register_module("layer" + i, layers[i]);
        }
        return net.parameters();
    }

    /** A step: forward, backward, update; all its tensors are freed at its end. */
    static Runnable training(Optimizer optimizer, Supplier<Tensor> loss) {
        return () -> {
            try (PointerScope _ = new PointerScope()) {
                optimizer.zero_grad();
                loss.get().backward();
                optimizer.step();
            }
        };
    }

    static TensorOptions whole() {
        return new TensorOptions().dtype(new ScalarTypeOptional(torch.ScalarType.Long));
    }

    private static Tensor tensor(float[] values, long... shape) {
        Tensor tensor = torch.empty(shape);
        new FloatPointer(tensor.data_ptr()).put(values);
        return tensor;
    }
}
