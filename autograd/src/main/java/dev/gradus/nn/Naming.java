package dev.gradus.nn;

/** By which names, and in which orientation, a model's tensors are in a file. */
public enum Naming {
    /** As in {@link Layer#slots}, and as the slots hold them. */
    GRADUS,

    /**
     * As in the {@code state_dict} of the same architecture in PyTorch:
     *
     * <table>
     * <caption>Where the two differ</caption>
     * <tr><th>Gradus</th><th>PyTorch</th></tr>
     * <tr><td>{@code Linear}: {@code weight [in, out]}</td><td>{@code weight [out, in]}</td></tr>
     * <tr><td>{@code MultiHeadAttention}: {@code query.weight}, {@code key.weight}, {@code
     * value.weight}, {@code [d, d]} each</td><td>{@code in_proj_weight [3·d, d]}: the three
     * transposed, one below the other</td></tr>
     * <tr><td>{@code query.bias}, {@code key.bias}, {@code value.bias [d]}</td><td>{@code
     * in_proj_bias [3·d]}</td></tr>
     * <tr><td>{@code output}</td><td>{@code out_proj}</td></tr>
     * <tr><td>{@code TransformerBlock}: {@code attention}, {@code feedForward.linear1}, {@code
     * feedForward.linear2}</td><td>{@code TransformerEncoderLayer}: {@code self_attn}, {@code
     * linear1}, {@code linear2}</td></tr>
     * <tr><td>{@code BatchNorm}: {@code runningMean}, {@code runningVar}</td><td>{@code
     * running_mean}, {@code running_var}; {@code num_batches_tracked} is ignored</td></tr>
     * </table>
     *
     * <p>{@code LayerNorm} and {@code Embedding} are alike in both, and a {@code Sequential} counts
     * its layers, activations and dropout too, as PyTorch's does. The names of a user's own layers
     * are to be the same on both sides.
     */
    PYTORCH
}
