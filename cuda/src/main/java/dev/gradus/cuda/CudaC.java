package dev.gradus.cuda;

import dev.gradus.expr.Program;
import dev.gradus.expr.Reduction;
import dev.gradus.shape.DType;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Expressions printed as CUDA C. A primitive function is a call of {@code fn_NAME} in {@code
 * functions.cu}, so that a new one needs a line there and none here.
 */
final class CudaC {
    private CudaC() {}

    /** The C type of elements. */
    static String type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> "float";
            case FLOAT64 -> "double";
            case INT32 -> "int";
        };
    }

    /** What every source starts with: the type of elements and the functions. */
    static String start(DType dtype) {
        return "typedef " + type(dtype) + " T;\n" + resource("functions.cu");
    }

    /** {@code evaluate}, which gives a program's outputs for one element. */
    static String evaluate(Program program, DType dtype) {
        var text = new StringBuilder("\n// ").append(oneLine(program)).append('\n');
        text.append("DEVICE void evaluate(const T* x, const T* s, T* y) {\n");
        String[] values = steps(program, dtype, text, "x", "    T ", "v");
        for (int k = 0; k < program.outputs(); k++) {
            text.append("    y[%d] = %s;\n".formatted(k, values[program.output(k)]));
        }
        return text.append("}\n\n").toString();
    }

    /**
     * Appends a declaration for each step of a program.
     *
     * @param inputs the array that holds the inputs
     * @param start what a line begins with: the indentation and the type
     * @param prefix the first letters of the variables
     * @return what each value of the program is called
     */
    static String[] steps(
            Program program,
            DType dtype,
            StringBuilder text,
            String inputs,
            String start,
            String prefix) {
        String[] names = new String[program.inputs()];
        for (int i = 0; i < names.length; i++) {
            names[i] = inputs + "[" + i + "]";
        }
        return steps(program, dtype, text, names, start, prefix);
    }

    /** The same for inputs that have names of their own. */
    static String[] steps(
            Program program,
            DType dtype,
            StringBuilder text,
            String[] inputs,
            String start,
            String prefix) {
        String[] values = new String[program.firstStep() + program.steps().size()];
        int n = 0;
        for (int i = 0; i < program.inputs(); i++) {
            values[n++] = inputs[i];
        }
        for (int i = 0; i < program.scalars(); i++) {
            values[n++] = "s[" + i + "]";
        }
        for (int i = 0; i < program.constants(); i++) {
            values[n++] = literal(program.constant(i), dtype);
        }
        for (Program.Step step : program.steps()) {
            values[n] = prefix + n;
            var call = new StringBuilder(values[step.a()]);
            if (step.fn().arity() > 1) {
                call.append(", ").append(values[step.b()]);
            }
            if (step.fn().arity() > 2) {
                call.append(", ").append(values[step.c()]);
            }
            text.append(
                    "%s%s = fn_%s(%s);\n"
                            .formatted(start, values[n], lower(step.fn().name()), call));
            n++;
        }
        return values;
    }

    /** {@code join} and {@code START} of a reduction. */
    static String join(Reduction reduction, DType dtype) {
        return """
        #define START %s
        DEVICE T join(T a, T b) { return %s(a, b); }

        """
                .formatted(literal(reduction.start(), dtype), joiner(reduction));
    }

    /** The function that joins two elements. */
    static String joiner(Reduction reduction) {
        return "fn_" + lower(reduction.fn().name());
    }

    /** A number as the dtype stores it, exactly. */
    static String literal(double value, DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> {
                float f = (float) value;
                yield Float.isFinite(f)
                        ? f + "f"
                        : "bits_as_float(0x%08xu)".formatted(Float.floatToIntBits(f));
            }
            case FLOAT64 ->
                    Double.isFinite(value)
                            ? Double.toString(value)
                            : "bits_as_double(0x%016xull)"
                                    .formatted(Double.doubleToLongBits(value));
            case INT32 -> {
                int i = (int) value;
                yield i == Integer.MIN_VALUE ? "(-2147483647 - 1)" : Integer.toString(i);
            }
        };
    }

    /** {@code #define}s of how many inputs, scalars and outputs there are. */
    static String sizes(int inputs, int scalars, int outputs) {
        return """
        #define INPUTS %d
        #define SCALARS %d
        #define OUTPUTS %d
        """
                .formatted(inputs, scalars, outputs);
    }

    /** A file of CUDA C that lies beside this class. */
    static String resource(String name) {
        try (InputStream in = CudaC.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("gradus-cuda's jar has no file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String oneLine(Object program) {
        String text = program.toString().replaceAll("[\\s\\\\]+", " ");
        return text.length() > 90 ? text.substring(0, 90) + " …" : text;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
