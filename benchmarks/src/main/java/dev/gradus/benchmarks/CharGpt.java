package dev.gradus.benchmarks;

import dev.gradus.nn.Embedding;
import dev.gradus.nn.GELU;
import dev.gradus.nn.Layer;
import dev.gradus.nn.LayerNorm;
import dev.gradus.nn.Linear;
import dev.gradus.nn.PositionalEmbedding;
import dev.gradus.nn.TransformerBlock;
import dev.gradus.tensor.Tensor;

/**
 * A small GPT-2 (Radford et al. 2019) over characters: pre-norm blocks with causal attention and
 * tanh-GELU, learned positions, an untied head without a bias, no dropout. {@code [b, t]} of INT32
 * → logits {@code [b, t, vocabulary]}.
 */
final class CharGpt extends Layer {
    private final Embedding characters;
    private final PositionalEmbedding positions;
    private final TransformerBlock[] blocks;
    private final LayerNorm norm;
    private final Linear head;

    CharGpt(int vocabulary, int context, int width, int heads, int layers) {
        characters = child("characters", new Embedding(vocabulary, width));
        positions = child("positions", new PositionalEmbedding(context, width));
        positions.weight().set(Tensor.randn(context, width)); // as PyTorch's Embedding
        blocks = new TransformerBlock[layers];
        for (int i = 0; i < layers; i++) {
            var block =
                    new TransformerBlock(
                            width, heads, 4 * width, TransformerBlock.Norm.PRE, GELU.tanh(), 0);
            blocks[i] = child("block" + i, block);
        }
        norm = child("norm", new LayerNorm(width));
        head = child("head", new Linear(width, vocabulary, false));
    }

    @Override
    public Tensor apply(Tensor text) {
        Tensor x = positions.apply(characters.apply(text));
        for (TransformerBlock block : blocks) {
            x = block.apply(x, null, true);
        }
        return head.apply(norm.apply(x));
    }
}
