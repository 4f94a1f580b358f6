package dev.gradus.examples.course;

import dev.gradus.autograd.Parameter;
import dev.gradus.examples.plot.Picture;
import dev.gradus.examples.plot.Plot;
import dev.gradus.nn.Embedding;
import dev.gradus.nn.FeedForward;
import dev.gradus.nn.Layer;
import dev.gradus.nn.LayerNorm;
import dev.gradus.nn.Masks;
import dev.gradus.nn.MultiHeadAttention;
import dev.gradus.nn.PositionalEmbedding;
import dev.gradus.nn.SinusoidalEmbedding;
import dev.gradus.nn.TransformerBlock;
import dev.gradus.tensor.Functional;
import dev.gradus.tensor.Tensor;

import picocli.CommandLine.Command;

import java.util.Arrays;
import java.util.List;

/** From three tokens that look at each other to a whole transformer block, a step at a time. */
@Command(
        name = "attention-steps",
        description = "Scores, weights, weighted sum; masks, heads, embeddings; a whole block.")
final class AttentionSteps extends Lesson {
    private static final int WIDTH = 8;
    private static final int HEADS = 2;

    @Override
    protected void teach() {
        byHand();
        Tensor x = embedded();
        heads(x);
        block(x);
    }

    /** Attention for three tokens: what each asks for, what each offers, what each has to say. */
    private void byHand() {
        Tensor q = Tensor.of(new double[][] {{1, 0}, {0, 2}, {1, 1}});
        Tensor k = Tensor.of(new double[][] {{1, 0}, {0, 1}, {1, 1}});
        Tensor v = Tensor.of(new double[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});

        // How well does each question (row) match each offer (column)? Divided by √d, or long
        // vectors would make softmax choose one and forget the rest.
        Tensor scores = q.matmul(k.t()).div(Math.sqrt(q.size(-1)));
        show("scores", scores);
        Tensor weights = scores.softmax(-1); // each row now sums to 1
        show("weights", weights);
        show("weights.matmul(v)", weights.matmul(v));
        show(
                "Functional.scaledDotProductAttention(q, k, v)",
                Functional.scaledDotProductAttention(q, k, v));

        save(looks("What each token takes from each", weights, "I see you"), "attention-weights");

        // A causal mask: who writes text one token at a time may look back, not ahead. Where it is
        // 0, the score becomes −∞ and the weight 0.
        Tensor mask = Masks.causal(3);
        show("mask", mask);
        Tensor hidden = Tensor.where(mask, scores, Tensor.scalar(Double.NEGATIVE_INFINITY));
        show("hidden.softmax(-1)", hidden.softmax(-1));
        show(
                "Functional.scaledDotProductAttention(q, k, v, mask, false, 0)",
                Functional.scaledDotProductAttention(q, k, v, mask, false, 0));
    }

    /**
     * Two sentences, [2, 5], as vectors, [2, 5, 8]: "the dog sees the cat" and "it sees me", which
     * two tokens without a meaning fill up.
     */
    private Tensor embedded() {
        Tensor ids = Tensor.of(new int[][] {{1, 3, 4, 1, 5}, {2, 4, 6, 0, 0}});
        var tokens = new Embedding(7, WIDTH);
        var places = new PositionalEmbedding(5, WIDTH);
        setPlainly(tokens);
        setPlainly(places);

        // A token's vector says nothing of its place: "the" has the same one both times.
        Tensor x = tokens.apply(ids);
        show("x.shape()", x.shape());
        show("x.slice(\"0, 0\").sub(x.slice(\"0, 3\")).abs().max()", gap(x, 0, 3));
        Tensor placed = places.apply(x);
        show("placed.slice(\"0, 0\")", placed.slice("0, 0"));
        show("placed.slice(\"0, 0\").sub(placed.slice(\"0, 3\")).abs().max()", gap(placed, 0, 3));

        // Places need not be learned: waves of several lengths tell them apart, too.
        Tensor waves = new SinusoidalEmbedding(5, WIDTH).apply(Tensor.zeros(5, WIDTH));
        show("waves.slice(\":, :4\")", waves.slice(":, :4"));
        return placed;
    }

    private static Tensor gap(Tensor x, int i, int j) {
        return x.slice("0, " + i).sub(x.slice("0, " + j)).abs().max();
    }

    private void heads(Tensor x) {
        var attention = new MultiHeadAttention(WIDTH, HEADS);
        setPlainly(attention);

        // Masks combine by product: look back only, and not at what fills a sentence up.
        Tensor padding = Masks.padding(new int[] {5, 3}, 5);
        Tensor mask = Masks.causal(5).mul(padding);
        show("mask.shape()", mask.shape());
        show("mask.slice(\"1, 0\")", mask.slice("1, 0"));
        Tensor weights = attention.weights(x, x, mask, false);
        show("weights.shape()", weights.shape());
        show("weights.slice(\"1, 0\")", weights.slice("1, 0"));
        Tensor y = attention.apply(x, x, x, mask, false);
        show("y.get(1)", y.get(1));

        save(
                Plot.grid(
                        "What the tokens of the first sentence look at",
                        HEADS,
                        List.of(
                                looks("head 1", weights.slice("0, 0"), "the dog sees the cat"),
                                looks("head 2", weights.slice("0, 1"), "the dog sees the cat"))),
                "attention-heads");
    }

    /** A heat map of weights: each row is what one token takes from the others. */
    private static Picture looks(String title, Tensor weights, String sentence) {
        List<String> words = List.of(sentence.split(" "));
        return Plot.heatMap(title, weights.toArray2d(), words, words)
                .xLabel("key")
                .yLabel("query")
                .colorLabel("weight");
    }

    private void block(Tensor x) {
        // Each row brought to mean 0 and deviation 1, by hand and by the layer.
        Tensor off = x.sub(x.mean(-1, true));
        Tensor variance = off.square().mean(-1, true);
        Tensor byHand = off.div(variance.add(1e-5).sqrt());
        show("byHand.slice(\"0, 0\")", byHand.slice("0, 0"));
        show(
                "new LayerNorm(8).apply(x).slice(\"0, 0\")",
                new LayerNorm(WIDTH).apply(x).slice("0, 0"));

        // Behind attention, which carries over, a small network treats each token alone.
        var feedForward = new FeedForward(WIDTH, 16);
        setPlainly(feedForward);
        show("feedForward.apply(x).slice(\"0, 0\")", feedForward.apply(x).slice("0, 0"));

        // Both, each behind a norm and beside a way around: PyTorch's TransformerEncoderLayer with
        // norm_first=True and activation="gelu".
        var block = new TransformerBlock(WIDTH, HEADS, 16);
        setPlainly(block);
        Tensor mask = Masks.padding(new int[] {5, 3}, 5);
        Tensor y = block.apply(x, mask, true);
        show("y.shape()", y.shape());
        show("block.apply(x, mask, true).get(1)", y.get(1));
        show("block.summary()", block.summary());
    }

    /** Gives a layer weights that PyTorch can be given, too: waves, instead of random numbers. */
    private static void setPlainly(Layer layer) {
        int i = 0;
        for (Parameter parameter : layer.parameters()) {
            int[] shape = parameter.value().shape().toArray();
            int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            parameter.set(Tensor.arange(0, size, 1).add(i++).sin().mul(0.5).reshape(shape));
        }
    }
}
