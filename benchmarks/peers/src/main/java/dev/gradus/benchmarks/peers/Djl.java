package dev.gradus.benchmarks.peers;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;

import java.util.function.Supplier;

/** The workloads on DJL: results are new arrays, freed at once. */
final class Djl {
    private Djl() {}

    static Runnable start(Case c, int threads) {
        System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("OPT_OUT_TRACKING", "true");
        NDManager arrays = NDManager.newBaseManager();
        return switch (c.kind()) {
            case "sgemm", "gemm" -> {
                NDArray a = arrays.randomNormal(new Shape(c.size(0), c.size(1)));
                NDArray b = arrays.randomNormal(new Shape(c.size(1), c.size(2)));
                yield result(() -> a.matMul(b));
            }
            case "bmm" -> {
                NDArray a = arrays.randomNormal(new Shape(c.size(0), c.size(1), c.size(2)));
                NDArray b = arrays.randomNormal(new Shape(c.size(0), c.size(2), c.size(3)));
                yield result(() -> a.matMul(b));
            }
            case "add" -> {
                NDArray x = arrays.randomNormal(new Shape(c.sizes()));
                NDArray y = arrays.randomNormal(new Shape(c.sizes()));
                yield result(() -> x.add(y));
            }
            case "exp", "tanh", "gelu", "softmax", "sum" ->
                    function(c, arrays.randomNormal(new Shape(c.sizes())));
            case "layernorm" -> {
                Shape width = new Shape(c.size(1));
                NDArray x = arrays.randomNormal(new Shape(c.sizes()));
                NDArray gamma = arrays.ones(width);
                NDArray beta = arrays.zeros(width);
                yield () -> LayerNorm.layerNorm(x, width, gamma, beta, 1e-5f).close();
            }
            case "adamw" -> adamW(c, arrays);
            case "W3_xor" -> xor(arrays);
            case "W4_mlp" -> mlp(arrays);
            default -> throw new IllegalArgumentException("DJL has no " + c.kind());
        };
    }

    private static Runnable result(Supplier<NDArray> operation) {
        return () -> operation.get().close();
    }

    private static Runnable function(Case c, NDArray x) {
        return result(() ->
                switch (c.kind()) {
                    case "exp" -> x.exp();
                    case "tanh" -> x.tanh();
                    case "gelu" -> Activation.gelu(x); // it has the exact form alone
                    case "softmax" -> x.softmax(1);
                    default -> x.sum();
                });
    }

    /** The optimizer's step alone, with one gradient for ever. */
    private static Runnable adamW(Case c, NDManager arrays) {
        NDArray p = arrays.randomNormal(new Shape(c.sizes()));
        NDArray gradient = p.mul(2.0 / c.size(0));
        Optimizer optimizer =
                Optimizer.adamW().optLearningRateTracker(Tracker.fixed(1e-3f)).build();
        return () -> optimizer.update("p", p, gradient);
    }

    /** 2-4-1, ReLU, sigmoid, binary cross-entropy, the four cases, SGD. */
    private static Runnable xor(NDManager arrays) {
        NDArray x = arrays.create(new float[] {0, 0, 0, 1, 1, 0, 1, 1}, new Shape(4, 2));
        NDArray y = arrays.create(new float[] {0, 1, 1, 0}, new Shape(4, 1));
        Block net =
                new SequentialBlock()
                        .add(linear(4))
                        .add(Activation::relu)
                        .add(linear(1))
                        .add(Activation::sigmoid);
        return training(
                net,
                x,
                y,
                Loss.sigmoidBinaryCrossEntropyLoss("loss", 1, true),
                Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.1f)).build());
    }

    /** 784-256-128-10, ReLU, cross-entropy, a batch of 64, Adam. */
    private static Runnable mlp(NDManager arrays) {
        NDArray x = arrays.randomNormal(new Shape(64, 784));
        NDArray y = arrays.randomInteger(0, 10, new Shape(64, 1), DataType.INT64);
        Block net =
                new SequentialBlock()
                        .add(linear(256))
                        .add(Activation::relu)
                        .add(linear(128))
                        .add(Activation::relu)
                        .add(linear(10));
        return training(
                net,
                x,
                y,
                Loss.softmaxCrossEntropyLoss(),
                Optimizer.adam().optLearningRateTracker(Tracker.fixed(1e-3f)).build());
    }

    private static Block linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    private static Runnable training(
            Block net, NDArray x, NDArray y, Loss loss, Optimizer optimizer) {
        Model model = Model.newInstance("net");
        model.setBlock(net);
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(loss).optOptimizer(optimizer));
        trainer.initialize(x.getShape());
        return () -> {
            // What a step makes belongs to a manager of its own, and goes with it.
            try (NDManager step = trainer.getManager().newSubManager()) {
                NDArray input = x.duplicate();
                NDArray target = y.duplicate();
                input.attach(step);
                target.attach(step);
                try (GradientCollector collector = trainer.newGradientCollector()) {
                    NDArray value =
                            trainer.getLoss()
                                    .evaluate(
                                            new NDList(target), trainer.forward(new NDList(input)));
                    collector.backward(value);
                    value.close();
                }
                trainer.step();
            }
        };
    }
}
