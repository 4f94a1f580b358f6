package dev.gradus.examples;

import dev.gradus.nn.Embedding;
import dev.gradus.nn.Layer;
import dev.gradus.nn.LayerNorm;
import dev.gradus.nn.Linear;
import dev.gradus.nn.SinusoidalEmbedding;
import dev.gradus.nn.TransformerBlock;
import dev.gradus.tensor.Tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * A transformer that answers at each place of a sequence, at all places at once: tokens {@code [b,
 * t]} of INT32 → logits {@code [b, t, letters]}. It is the encoder of Vaswani et al. 2017, with the
 * layer norms in front of what they are for, and one more at the end.
 */
final class Encoder extends Layer {
    private final Embedding letter;
    private final SinusoidalEmbedding place;
    private final List<TransformerBlock> blocks = new ArrayList<>();
    private final LayerNorm norm;
    private final Linear output;

    Encoder(int letters, int length, int width, int heads, int layers) {
        letter = child("letter", new Embedding(letters, width));
        // From the start as large as the letters; learned places begin small, which takes twice as
        // many steps.
        place = child("place", new SinusoidalEmbedding(length, width));
        for (int i = 0; i < layers; i++) {
            blocks.add(child("block" + i, new TransformerBlock(width, heads, 4 * width)));
        }
        norm = child("norm", new LayerNorm(width));
        output = child("output", new Linear(width, letters));
    }

    @Override
    public Tensor apply(Tensor tokens) {
        Tensor x = place.apply(letter.apply(tokens));
        for (TransformerBlock block : blocks) {
            x = block.apply(x);
        }
        return output.apply(norm.apply(x));
    }

    /** The attention weights of each block, {@code [b, heads, t, t]}; their rows sum to 1. */
    List<Tensor> attentionWeights(Tensor tokens) {
        List<Tensor> weights = new ArrayList<>();
        Tensor x = place.apply(letter.apply(tokens));
        for (TransformerBlock block : blocks) {
            weights.add(block.weights(x, null, false));
            x = block.apply(x);
        }
        return weights;
    }
}
