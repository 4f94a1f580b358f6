package dev.gradus.cuda;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Expr;
import dev.gradus.expr.Program;
import dev.gradus.shape.DType;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A linear layer: the product by cuBLAS, then bias and activation in one pass over it. */
final class LinearKernel {
    private static final Program NOTHING = Expr.in(0).program();

    private record Key(boolean bias, boolean sum, DType dtype) {}

    private final Map<Key, String> sources = new ConcurrentHashMap<>();
    private final Program activation;

    private LinearKernel(Program activation) {
        this.activation = activation;
    }

    /** As {@link dev.gradus.backend.Backend#run}; there is at least one element. */
    static boolean run(
            Device device, MatrixProduct product, Fused.Linear fused, View[] in, View[] out) {
        if (in[0].shape().dim(1) == 0) {
            return false;
        }
        @Nullable Program activation = fused.activation();
        if (activation == null && out.length == 2) {
            return false; // the sum twice, which nobody asks for
        }
        View sum = out[out.length - 1];
        product.multiply(in[0], in[1], sum);
        boolean bias = in.length == 3;
        if (bias || activation != null) {
            Program f = activation == null ? NOTHING : activation;
            LinearKernel kernel = f.compiled(LinearKernel.class, LinearKernel::new);
            kernel.finish(device, sum, bias ? in[2] : null, out);
        }
        return true;
    }

    private void finish(Device device, View sum, @Nullable View bias, View[] out) {
        View[] in =
                bias == null
                        ? new View[] {sum}
                        : new View[] {sum, bias.with(bias.layout().expand(sum.shape()))};
        String source =
                sources.computeIfAbsent(
                        new Key(bias != null, out.length == 2, sum.dtype()), this::source);
        MapKernel.run(device, source, in.length, 0, in, new double[0], out);
    }

    private String source(Key key) {
        var text = new StringBuilder();
        text.append(CudaC.start(key.dtype));
        text.append(CudaC.sizes(key.bias ? 2 : 1, 0, key.sum ? 2 : 1));
        text.append("\nDEVICE void evaluate(const T* x, const T* s, T* y) {\n");
        text.append("    T sum = ").append(key.bias ? "x[0] + x[1]" : "x[0]").append(";\n");
        String[] values =
                CudaC.steps(activation, key.dtype, text, new String[] {"sum"}, "    T ", "v");
        text.append("    y[0] = ").append(values[activation.output(0)]).append(";\n");
        if (key.sum) {
            text.append("    y[1] = sum;\n");
        }
        return text.append("}\n\n").append(CudaC.resource("map.cu")).toString();
    }
}
