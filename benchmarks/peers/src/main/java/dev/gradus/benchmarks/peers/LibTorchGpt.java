package dev.gradus.benchmarks.peers;

import static dev.gradus.benchmarks.peers.LibTorch.TANH_FORM;
import static dev.gradus.benchmarks.peers.LibTorch.layerNorm;

import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

import java.util.ArrayList;
import java.util.List;

/** {@code W5_gpt} on libtorch, with its fused attention and all three projections as one. */
final class LibTorchGpt {
    private static final int LAYERS = 4;
    private static final int HEADS = 4;
    private static final int WIDTH = 128;
    private static final int CONTEXT = 64;
    private static final int BATCH = 12;
    private static final int VOCABULARY = 65;

    private LibTorchGpt() {}

    /** A pre-norm block: {@code [batch, context, width]} to the same. */
    private record Block(
            LayerNormImpl norm1,
            LinearImpl qkv,
            LinearImpl projection,
            LayerNormImpl norm2,
            LinearImpl up,
            LinearImpl down) {
        Block() {
            this(
                    layerNorm(WIDTH),
                    new LinearImpl(WIDTH, 3 * WIDTH),
                    new LinearImpl(WIDTH, WIDTH),
                    layerNorm(WIDTH),
                    new LinearImpl(WIDTH, 4 * WIDTH),
                    new LinearImpl(4 * WIDTH, WIDTH));
        }

        Tensor apply(Tensor x) {
            Tensor h = x.add(projection.forward(attention(qkv.forward(norm1.forward(x)))));
            return h.add(down.forward(torch.gelu(up.forward(norm2.forward(h)), TANH_FORM)));
        }

        private static Tensor attention(Tensor qkv) {
            Tensor heads = qkv.view(BATCH, CONTEXT, 3, HEADS, WIDTH / HEADS).permute(2, 0, 3, 1, 4);
            Tensor result =
                    torch.scaled_dot_product_attention(
                            heads.select(0, 0),
                            heads.select(0, 1),
                            heads.select(0, 2),
                            new TensorOptional(),
                            0,
                            true,
                            new DoubleOptional(),
                            false);
            return result.transpose(1, 2).contiguous().view(BATCH, CONTEXT, WIDTH);
        }
    }

    static Runnable start() {
        EmbeddingImpl characters = new EmbeddingImpl(VOCABULARY, WIDTH);
        EmbeddingImpl positions = new EmbeddingImpl(CONTEXT, WIDTH);
        List<Block> blocks = new ArrayList<>();
        List<Module> layers = new ArrayList<>(List.of(characters, positions));
        for (int i = 0; i < LAYERS; i++) {
            Block b = new Block();
            blocks.add(b);
            layers.addAll(List.of(b.norm1, b.qkv, b.projection, b.norm2, b.up, b.down));
        }
        LayerNormImpl norm = layerNorm(WIDTH);
        LinearOptions noBias = new LinearOptions(WIDTH, VOCABULARY);
        noBias.bias().put(false);
        LinearImpl head = new LinearImpl(noBias);
        layers.addAll(List.of(norm, head));
        Tensor text = torch.randint(VOCABULARY, new long[] {BATCH, CONTEXT}, LibTorch.whole());
        Tensor next = torch.randint(VOCABULARY, new long[] {BATCH * CONTEXT}, LibTorch.whole());
        Tensor places = torch.arange(new Scalar(CONTEXT), LibTorch.whole());
        return LibTorch.training(
                new AdamW(
                        LibTorch.parameters(layers.toArray(Module[]::new)), new AdamWOptions(1e-3)),
                () -> {
                    Tensor x = characters.forward(text).add(positions.forward(places));
                    for (Block block : blocks) {
                        x = block.apply(x);
                    }
                    Tensor logits = head.forward(norm.forward(x));
                    return torch.cross_entropy_loss(logits.view(BATCH * CONTEXT, VOCABULARY), next);
                });
    }
}
