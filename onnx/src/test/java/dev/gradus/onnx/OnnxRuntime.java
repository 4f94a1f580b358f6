package dev.gradus.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;

import dev.gradus.nn.Layer;
import dev.gradus.shape.DType;
import dev.gradus.shape.Shape;
import dev.gradus.tensor.Generator;
import dev.gradus.tensor.Tensor;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** ONNX Runtime: what an exported model gives there. */
final class OnnxRuntime implements AutoCloseable {
    private final OrtSession session;

    OnnxRuntime(byte[] model) {
        try {
            var options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(1);
            session = OrtEnvironment.getEnvironment().createSession(model, options);
        } catch (OrtException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** An exported function of inputs whose first axis is the batch. */
    static byte[] exported(Layer model, Function<Tensor[], Tensor> call, Tensor... examples) {
        return Onnx.bytes(model, inputs(true, examples), call);
    }

    /** Inputs that are called x0, x1, …. */
    static List<Onnx.Input> inputs(boolean batched, Tensor... examples) {
        return IntStream.range(0, examples.length)
                .mapToObj(i -> new Onnx.Input("x" + i, examples[i], batched))
                .toList();
    }

    Tensor run(Tensor... x) {
        Map<String, OnnxTensor> in = new HashMap<>();
        try {
            for (int i = 0; i < x.length; i++) {
                String name =
                        session.getInputNames().size() == 1 && x.length == 1
                                ? session.getInputNames().iterator().next()
                                : "x" + i;
                in.put(name, given(x[i]));
            }
            try (OrtSession.Result result = session.run(in)) {
                return taken((OnnxTensor) result.get(Onnx.OUTPUT).orElseThrow());
            }
        } catch (OrtException e) {
            throw new AssertionError(e.getMessage(), e);
        } finally {
            in.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor given(Tensor t) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        long[] shape = Arrays.stream(t.shape().toArray()).asLongStream().toArray();
        return switch (t.dtype()) {
            case FLOAT32 ->
                    OnnxTensor.createTensor(environment, FloatBuffer.wrap(t.toFloatArray()), shape);
            case FLOAT64 ->
                    OnnxTensor.createTensor(
                            environment, java.nio.DoubleBuffer.wrap(t.toArray()), shape);
            case INT32 ->
                    OnnxTensor.createTensor(environment, IntBuffer.wrap(t.toIntArray()), shape);
        };
    }

    private static Tensor taken(OnnxTensor t) {
        TensorInfo info = t.getInfo();
        Shape shape = Shape.of(Arrays.stream(info.getShape()).mapToInt(Math::toIntExact).toArray());
        return switch (info.type) {
            case FLOAT -> {
                float[] values = new float[shape.size()];
                t.getFloatBuffer().get(values);
                yield Tensor.of(values).reshape(shape.toArray());
            }
            case DOUBLE -> {
                double[] values = new double[shape.size()];
                t.getDoubleBuffer().get(values);
                yield Tensor.of(values, DType.FLOAT64).reshape(shape.toArray());
            }
            case INT32 -> {
                int[] values = new int[shape.size()];
                t.getIntBuffer().get(values);
                yield Tensor.of(values).reshape(shape.toArray());
            }
            default -> throw new AssertionError(info.type);
        };
    }

    /** Throws unless this gives what was expected, to 1e-5 of 1 or of a larger number. */
    void assertGives(Tensor expected, Tensor... x) {
        assertClose(expected, run(x), expected, 1e-5);
    }

    static void assertClose(Tensor expected, Tensor actual, Tensor magnitude, double tolerance) {
        assertEquals(expected.shape(), actual.shape());
        assertEquals(expected.dtype(), actual.dtype());
        double[] e = expected.toArray();
        double[] a = actual.toArray();
        double[] size = magnitude.toArray();
        for (int i = 0; i < e.length; i++) {
            double allowed = tolerance * Math.max(1, Math.abs(size[i]));
            boolean same = Double.compare(e[i], a[i]) == 0 || Math.abs(e[i] - a[i]) <= allowed;
            int at = i;
            assertEquals(
                    true,
                    same,
                    () ->
                            "element "
                                    + Arrays.toString(expected.shape().indexOf(at))
                                    + ": expected "
                                    + e[at]
                                    + ", not "
                                    + a[at]);
        }
    }

    /** Parameters and statistics that are none of their first values; variances are positive. */
    static <L extends Layer> L filled(L model) {
        var random = new Generator(7);
        model.slots()
                .forEach((path, slot) -> {
                    Tensor noise = random.randn(slot.value().shape().toArray()).mul(0.3);
                    slot.set(
                            path.endsWith("Var")
                                    ? noise.square().add(0.5)
                                    : slot.value().add(noise));
                });
        return model;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new AssertionError(e);
        }
    }
}
