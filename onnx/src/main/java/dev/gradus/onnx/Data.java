package dev.gradus.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;

import com.google.protobuf.ByteString;

import dev.gradus.shape.DType;
import dev.gradus.tensor.Tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tensors as a file holds them: little endian, row-major. */
final class Data {
    private Data() {}

    /** ONNX's number of a type. */
    static int type(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> TensorProto.DataType.FLOAT_VALUE;
            case FLOAT64 -> TensorProto.DataType.DOUBLE_VALUE;
            case INT32 -> TensorProto.DataType.INT32_VALUE;
        };
    }

    static TensorProto of(Tensor t) {
        ByteBuffer bytes = buffer((long) t.size() * t.dtype().itemSize());
        switch (t.dtype()) {
            case FLOAT32 -> bytes.asFloatBuffer().put(t.toFloatArray());
            case FLOAT64 -> bytes.asDoubleBuffer().put(t.toArray());
            case INT32 -> bytes.asIntBuffer().put(t.toIntArray());
        }
        var proto = proto(type(t.dtype()), bytes);
        for (int size : t.shape().toArray()) {
            proto.addDims(size);
        }
        return proto.build();
    }

    /** A scalar. */
    static TensorProto of(DType dtype, double value) {
        ByteBuffer bytes = buffer(dtype.itemSize());
        switch (dtype) {
            case FLOAT32 -> bytes.putFloat((float) value);
            case FLOAT64 -> bytes.putDouble(value);
            case INT32 -> bytes.putInt((int) value);
        }
        return proto(type(dtype), bytes.flip()).build();
    }

    /** A vector of INT64, as sizes and axes are. */
    static TensorProto of(long... values) {
        ByteBuffer bytes = buffer(8L * values.length);
        bytes.asLongBuffer().put(values);
        return proto(TensorProto.DataType.INT64_VALUE, bytes).addDims(values.length).build();
    }

    private static ByteBuffer buffer(long size) {
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "onnx: a tensor of "
                            + size
                            + " bytes does not fit into a file, which may have 2 GiB");
        }
        return ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static TensorProto.Builder proto(int type, ByteBuffer bytes) {
        return TensorProto.newBuilder().setDataType(type).setRawData(ByteString.copyFrom(bytes));
    }
}
