package dev.gradus.cuda;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;
import dev.gradus.shape.Shape;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;

/**
 * Attention and its gradient on a device (attention.cu), in memory that grows with the sequence and
 * not with its square: Dao et al., "FlashAttention", 2022. Longer queries or values than {@link
 * #LONGEST} are left to the composed form.
 */
final class AttentionKernel {
    /** Tiles of longer rows would not fit into 48 KiB of shared memory. */
    private static final int LONGEST = 128;

    /** Rows of a block: as WARPS in attention.cu. */
    private static final int WARPS = 8;

    /** Matrices in the arguments. */
    private static final int OPERANDS = 11;

    private static final int MOST_HEADS = 65_535;
    private static final Program PRODUCT = Expr.in(0).mul(Expr.in(1)).program();

    private final Device device;
    private final Fused.Attention fused;
    private final View q;
    private final View k;
    private final View v;
    private final @Nullable View mask;

    private AttentionKernel(Device device, Fused.Attention fused, View[] in, int inputs) {
        this.device = device;
        this.fused = fused;
        q = in[0];
        k = in[1];
        v = in[2];
        mask = inputs > 3 ? in[3] : null;
    }

    private int queries() {
        return q.shape().dim(-2);
    }

    private int keys() {
        return k.shape().dim(-2);
    }

    private int depth() {
        return q.shape().dim(-1);
    }

    private int width() {
        return v.shape().dim(-1);
    }

    private boolean isOurs() {
        return q.dtype() == DType.FLOAT32
                && q.shape().size() > 0
                && k.shape().size() > 0
                && v.shape().size() > 0
                && depth() <= LONGEST
                && width() <= LONGEST
                && q.shape().size() / (queries() * depth()) <= MOST_HEADS;
    }

    /** As {@link dev.gradus.backend.Backend#run}. */
    static boolean run(Device device, Fused.Attention fused, View[] in, View[] out) {
        var kernel = new AttentionKernel(device, fused, in, in.length);
        if (!kernel.isOurs()) {
            return false;
        }
        View logs = out.length > 1 ? kernel.column(out[1]) : null;
        kernel.launch("attend", kernel.queries(), out[0], logs);
        return true;
    }

    /** The gradient; of what the forward pass performed it performs this too. */
    static boolean run(Device device, Fused.AttentionGradient fused, View[] in, View[] out) {
        int n = in.length - 3;
        var kernel = new AttentionKernel(device, fused.forward(), in, n);
        if (!kernel.isOurs()) {
            return false;
        }
        View result = in[n];
        View logs = kernel.column(in[n + 1]);
        View g = in[n + 2];
        Shape rows = logs.shape();
        View change =
                new View(
                        new CudaBuffer(DType.FLOAT32, rows.size(), device.memory()),
                        Layout.contiguous(rows));
        View[] both = {g, result};
        ReduceKernel.of(PRODUCT).run(device, Reduction.SUM, both, new double[0], change);
        View[] others = {result, logs, g, change, out[0], out[1], out[2]};
        kernel.launch("attend_back_queries", kernel.queries(), others);
        kernel.launch("attend_back_keys", kernel.keys(), others);
        CudaBuffer.of(change).lease().release();
        return true;
    }

    /** {@code [.., t]} seen as {@code [.., t, 1]}. */
    private View column(View view) {
        int[] dims = Arrays.copyOf(view.shape().toArray(), view.shape().rank() + 1);
        dims[dims.length - 1] = 1;
        Layout layout = view.layout().reshape(Shape.of(dims));
        if (layout == null) {
            throw new AssertionError(view); // a new axis of size 1 needs no copy
        }
        return view.with(layout);
    }

    /** Starts a kernel; the operands are those after q, k, v and the mask, in its order. */
    private void launch(String name, int rows, @Nullable View... others) {
        @Nullable View[] operands = new @Nullable View[OPERANDS];
        operands[0] = q;
        operands[1] = k;
        operands[2] = v;
        operands[3] = mask;
        System.arraycopy(others, 0, operands, 4, others.length);
        int rank = q.shape().rank();
        View[] present = Arrays.stream(operands).filter(Objects::nonNull).toArray(View[]::new);
        Axes heads = Axes.of(q.shape(), 0, rank - 2, present);
        Arguments arguments = Arguments.start();
        int number = 0;
        for (View operand : operands) {
            if (operand == null) {
                arguments.add(0L).add(new int[0], Axes.MAX_RANK).add(0).add(0);
            } else {
                arguments
                        .add(CudaBuffer.address(operand))
                        .add(heads.strides(number++), Axes.MAX_RANK)
                        .add(operand.layout().stride(rank - 2))
                        .add(operand.layout().stride(rank - 1));
            }
        }
        int limit = fused.dropout() == 0 ? 0 : (int) Math.ceil((float) fused.dropout() * 0x1p24);
        arguments
                .add(fused.seed())
                .add(fused.first())
                .add(heads.rank())
                .add(heads.sizes(), Axes.MAX_RANK)
                .add(queries())
                .add(keys())
                .add(fused.causal() ? 1 : 0)
                .add(limit)
                .add((float) (1 / (1 - fused.dropout())))
                .add((float) fused.scale());
        String source =
                CudaC.start(DType.FLOAT32)
                        + "#define DEPTH %d\n#define WIDTH %d\n".formatted(depth(), width())
                        + CudaC.resource("random.cu")
                        + CudaC.resource("attention.cu")
                        + (name.equals("attend") ? "" : CudaC.resource("attention_gradient.cu"))
                        + CudaC.resource(name + ".cu");
        device.launch(
                device.kernels().get(source, name),
                Math.ceilDiv(rows, WARPS),
                heads.count(),
                arguments);
    }
}
