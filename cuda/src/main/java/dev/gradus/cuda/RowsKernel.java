package dev.gradus.cuda;

import dev.gradus.backend.Fused;
import dev.gradus.backend.View;
import dev.gradus.expr.Program;
import dev.gradus.expr.RowProgram;
import dev.gradus.expr.RowProgram.Stage;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A row program on a device: one launch for a softmax, a layer norm, a cross-entropy. Each fold is
 * a loop over the row; what it needs of earlier rows is computed again in it.
 */
final class RowsKernel {
    private static final int MOST_INPUTS = 16;

    private final Map<DType, String> sources = new EnumMap<>(DType.class);
    private final RowProgram program;

    private RowsKernel(RowProgram program) {
        this.program = program;
    }

    static RowsKernel of(RowProgram program) {
        return program.compiled(RowsKernel.class, RowsKernel::new);
    }

    /** As {@link dev.gradus.backend.Backend#run}; there is at least one element. */
    boolean run(Device device, Fused.Rows fused, View[] in, View[] out) {
        Shape shape = in[0].shape();
        int rank = shape.rank();
        int outputs = out.length;
        if (in.length > MOST_INPUTS || rank == 0) {
            return false;
        }
        Axes leading = Axes.of(shape, 0, rank - 1, in);
        int rows = leading.count();
        int n = shape.dim(rank - 1);
        int width = 1;
        while (width < Device.BLOCK && width * 4 < n) {
            width *= 2;
        }
        Arguments arguments = Arguments.start();
        for (int k = 0; k <= in.length; k++) {
            arguments.add(k < in.length ? CudaBuffer.address(in[k]) : 0);
        }
        for (int k = 0; k < program.outputs().size(); k++) {
            arguments.add(k < outputs ? CudaBuffer.address(out[k]) : 0);
        }
        arguments
                .add(fused.scalars(), fused.scalars().length)
                .add(rows)
                .add(n)
                .add(width)
                .add(leading.rank())
                .add(leading.sizes(), Axes.MAX_RANK);
        for (int k = 0; k <= in.length; k++) {
            arguments.add(k < in.length ? leading.strides(k) : new int[0], Axes.MAX_RANK);
        }
        for (int k = 0; k <= in.length; k++) {
            arguments.add(k < in.length ? in[k].layout().stride(rank - 1) : 0);
        }
        String source = source(out[0].dtype(), fused.scalars().length);
        int blocks = Math.ceilDiv(rows, Device.BLOCK / width);
        device.launch(device.kernels().get(source, "rows"), blocks, 1, arguments);
        return true;
    }

    private synchronized String source(DType dtype, int scalars) {
        return sources.computeIfAbsent(
                dtype,
                d ->
                        CudaC.start(d)
                                + CudaC.sizes(program.inputs(), scalars, program.outputs().size())
                                + CudaC.resource("rows.cu")
                                + stages(d)
                                + CudaC.resource("rows_kernel.cu"));
    }

    /** The function {@code stages}: value i of the program is called {@code a<i>}. */
    private String stages(DType dtype) {
        var text = new StringBuilder();
        text.append(
                """

                DEVICE void stages(const Rows& p, const T** in, const T* s, T* part,
                                   unsigned lane, unsigned row, bool exists) {
                """);
        List<Stage> stages = program.stages();
        for (int i = 0; i < stages.size(); i++) {
            int value = program.inputs() + i;
            Program compute = program(stages.get(i));
            switch (stages.get(i)) {
                case Stage.Fold fold -> {
                    text.append(
                            "    T a%d = %s;\n"
                                    .formatted(
                                            value, CudaC.literal(fold.reduction().start(), dtype)));
                    loop(text, dtype, fold.reads().sources());
                    String[] names =
                            CudaC.steps(
                                    compute,
                                    dtype,
                                    text,
                                    names(fold.reads().sources()),
                                    "        T ",
                                    "f" + value + "_");
                    String joiner = CudaC.joiner(fold.reduction());
                    text.append(
                            "        a%d = %s(a%d, %s);\n    }\n"
                                    .formatted(value, joiner, value, names[compute.output(0)]));
                    text.append(
                            "    a%d = joinRow_%s(a%d, part, lane, p.width);\n"
                                    .formatted(value, joiner, value));
                }
                case Stage.Single single -> compute(text, dtype, value, "    ");
                case Stage.Row row -> {
                    // computed where it is read
                }
            }
        }
        outputs(text, dtype);
        return text.append("}\n").toString();
    }

    private static Program program(Stage stage) {
        return stage.reads().expr().program();
    }

    private static String[] names(List<Integer> sources) {
        return sources.stream().map(source -> "a" + source).toArray(String[]::new);
    }

    /** The same for a number, to which an input is its one element of the row. */
    private String[] numbers(Stage stage) {
        return stage.reads().sources().stream()
                .map(value -> value < program.inputs() ? "in[" + value + "][0]" : "a" + value)
                .toArray(String[]::new);
    }

    /** Opens a loop over the row, in which inputs and rows that are needed have their values. */
    private void loop(StringBuilder text, DType dtype, List<Integer> needed) {
        Set<Integer> values = new TreeSet<>();
        needed.forEach(value -> collect(value, values));
        text.append("    for (unsigned j = lane; j < p.n; j += p.width) {\n");
        for (int value : values) {
            if (value < program.inputs()) {
                text.append(
                        "        T a%d = in[%d][(long long) j * p.step[%d]];\n"
                                .formatted(value, value, value));
            } else {
                compute(text, dtype, value, "        ");
            }
        }
    }

    /** Adds a value, and what it needs, unless it is a number and known already. */
    private void collect(int value, Set<Integer> values) {
        if (value < program.inputs()) {
            values.add(value);
        } else if (program.stages().get(value - program.inputs()) instanceof Stage.Row row) {
            row.reads().sources().forEach(source -> collect(source, values));
            values.add(value);
        }
    }

    /** A declaration of a value that is not a fold. */
    private void compute(StringBuilder text, DType dtype, int value, String indent) {
        Stage stage = program.stages().get(value - program.inputs());
        Program compute = program(stage);
        String[] names =
                CudaC.steps(
                        compute,
                        dtype,
                        text,
                        stage instanceof Stage.Single
                                ? numbers(stage)
                                : names(stage.reads().sources()),
                        indent + "T ",
                        "f" + value + "_");
        text.append("%sT a%d = %s;\n".formatted(indent, value, names[compute.output(0)]));
    }

    private void outputs(StringBuilder text, DType dtype) {
        text.append("    if (!exists) return;\n");
        for (int k = 0; k < program.outputs().size(); k++) {
            int value = program.inputs() + program.outputs().get(k);
            if (program.stages().get(program.outputs().get(k)) instanceof Stage.Row) {
                text.append("    if (p.out[%d]) {\n".formatted(k));
                loop(text, dtype, List.of(value));
                text.append(
                        "        p.out[%d][(long long) row * p.n + j] = a%d;\n    }\n    }\n"
                                .formatted(k, value));
            } else {
                text.append(
                        "    if (p.out[%d] && lane == 0) p.out[%d][row] = a%d;\n"
                                .formatted(k, k, value));
            }
        }
    }
}
