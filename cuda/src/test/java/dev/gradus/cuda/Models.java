package dev.gradus.cuda;

import dev.gradus.autograd.Parameter;
import dev.gradus.backend.Backend;
import dev.gradus.nn.BatchNorm;
import dev.gradus.nn.Dropout;
import dev.gradus.nn.Embedding;
import dev.gradus.nn.GELU;
import dev.gradus.nn.Layer;
import dev.gradus.nn.LayerNorm;
import dev.gradus.nn.Linear;
import dev.gradus.nn.Losses;
import dev.gradus.nn.PositionalEmbedding;
import dev.gradus.nn.ReLU;
import dev.gradus.nn.Sequential;
import dev.gradus.nn.Tanh;
import dev.gradus.nn.TransformerBlock;
import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The networks that the tests train. */
final class Models {
    private Models() {}

    private static Tensor on(Backend backend, Object nested, DType dtype) {
        return Tensor.of(nested, dtype).to(backend);
    }

    /** 2-8-1 with tanh, and the four cases. */
    record Xor() implements Training.Model {
        @Override
        public Layer net() {
            return new Sequential(new Linear(2, 8), new Tanh(), new Linear(8, 1));
        }

        @Override
        public Tensor loss(Layer net, int step, Backend backend) {
            Tensor x = on(backend, new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, DType.FLOAT32);
            Tensor y = on(backend, new float[][] {{0}, {1}, {1}, {0}}, DType.FLOAT32);
            return Losses.binaryCrossEntropyWithLogits(net.apply(x), y);
        }
    }

    /** A classifier with batch norm and dropout, which draws and keeps running statistics. */
    record Regularised() implements Training.Model {
        @Override
        public Layer net() {
            return new Sequential(
                    new Linear(2, 16),
                    new BatchNorm(16),
                    new ReLU(),
                    new Dropout(0.5),
                    new Linear(16, 1));
        }

        @Override
        public Tensor loss(Layer net, int step, Backend backend) {
            float[][] places = new float[24][2];
            float[][] classes = new float[24][1];
            var random = new SplittableRandom(step);
            for (int i = 0; i < places.length; i++) {
                places[i] = new float[] {random.nextInt(9) - 4, random.nextInt(9) - 4};
                classes[i][0] = places[i][0] * places[i][1] > 0 ? 1 : 0;
            }
            Tensor x = on(backend, places, DType.FLOAT32);
            Tensor y = on(backend, classes, DType.FLOAT32);
            return Losses.binaryCrossEntropyWithLogits(net.apply(x), y);
        }
    }

    /**
     * Rosenbrock's valley in FLOAT64, from (−1, 2): two parameters, which a step updates at once.
     */
    record Rosenbrock() implements Training.Model {
        private static final class Point extends Layer {
            private final Parameter x = parameter("x", Tensor.of(new double[] {-1}, DType.FLOAT64));
            private final Parameter y = parameter("y", Tensor.of(new double[] {2}, DType.FLOAT64));
        }

        @Override
        public Layer net() {
            return new Point();
        }

        @Override
        public Tensor loss(Layer net, int step, Backend backend) {
            Tensor x = ((Point) net).x.value();
            Tensor y = ((Point) net).y.value();
            return x.sub(1).square().add(y.sub(x.square()).square().mul(100)).sum();
        }
    }

    /** 784-256-128-10 with relu; images that are noise, 64 a batch. */
    record Mlp() implements Training.Model {
        @Override
        public Layer net() {
            return new Sequential(
                    new Linear(784, 256),
                    new ReLU(),
                    new Linear(256, 128),
                    new ReLU(),
                    new Linear(128, 10));
        }

        @Override
        public Tensor loss(Layer net, int step, Backend backend) {
            var random = new SplittableRandom(step);
            float[][] images = new float[64][784];
            int[] labels = new int[64];
            for (int i = 0; i < 64; i++) {
                labels[i] = random.nextInt(10);
                for (int k = 0; k < 784; k++) {
                    images[i][k] = (float) random.nextDouble();
                }
            }
            Tensor x = on(backend, images, DType.FLOAT32);
            return Losses.crossEntropy(net.apply(x), on(backend, labels, DType.INT32));
        }
    }

    /**
     * A transformer.
     *
     * @param causal whether it says what comes next, as a GPT; else it reverses sequences
     */
    record Transformer(
            int vocabulary,
            int length,
            int width,
            int heads,
            int layers,
            int batch,
            double dropout,
            boolean causal)
            implements Training.Model {
        /** The small one. */
        static Transformer reversing(double dropout) {
            return new Transformer(7, 6, 16, 2, 2, 5, dropout, false);
        }

        @Override
        public Layer net() {
            return new Network(this);
        }

        @Override
        public Tensor loss(Layer net, int step, Backend backend) {
            var random = new SplittableRandom(step);
            int[][] text = new int[batch][length];
            int[][] answers = new int[batch][length];
            for (int i = 0; i < batch; i++) {
                int[] drawn = random.ints(length + 1, 0, vocabulary).toArray();
                for (int k = 0; k < length; k++) {
                    text[i][k] = drawn[k];
                    answers[i][k] = drawn[causal ? k + 1 : length - 1 - k];
                }
            }
            Tensor logits = net.apply(on(backend, text, DType.INT32));
            return Losses.crossEntropy(logits, on(backend, answers, DType.INT32));
        }
    }

    private static final class Network extends Layer {
        private final Embedding letters;
        private final PositionalEmbedding places;
        private final List<TransformerBlock> blocks = new ArrayList<>();
        private final LayerNorm norm;
        private final Linear head;
        private final boolean causal;

        Network(Transformer t) {
            letters = child("letters", new Embedding(t.vocabulary, t.width));
            places = child("places", new PositionalEmbedding(t.length, t.width));
            for (int i = 0; i < t.layers; i++) {
                var block =
                        new TransformerBlock(
                                t.width,
                                t.heads,
                                4 * t.width,
                                TransformerBlock.Norm.PRE,
                                GELU.tanh(),
                                t.dropout);
                blocks.add(child("block" + i, block));
            }
            norm = child("norm", new LayerNorm(t.width));
            head = child("head", new Linear(t.width, t.vocabulary, false));
            causal = t.causal;
        }

        @Override
        public Tensor apply(Tensor text) {
            Tensor x = places.apply(letters.apply(text));
            for (TransformerBlock block : blocks) {
                x = block.apply(x, null, causal);
            }
            return head.apply(norm.apply(x));
        }
    }
}
