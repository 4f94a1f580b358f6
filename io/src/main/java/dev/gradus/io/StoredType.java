package dev.gradus.io;

import dev.gradus.shape.DType;

/**
 * How a file stores the elements of a tensor, under the names of safetensors, and the {@link DType}
 * they have once they are read.
 */
public enum StoredType {
    /** 64-bit floating point; read as FLOAT64. */
    F64(8, DType.FLOAT64),
    /** 32-bit floating point; read as FLOAT32. */
    F32(4, DType.FLOAT32),
    /** 16-bit floating point of IEEE 754: 11 significant bits, to 65504; read as FLOAT32. */
    F16(2, DType.FLOAT32),
    /** The upper half of an F32: 8 significant bits, the range of F32; read as FLOAT32. */
    BF16(2, DType.FLOAT32),
    /** 64-bit integers; read as INT32, and an error if one does not fit. */
    I64(8, DType.INT32),
    /** 32-bit integers; read as INT32. */
    I32(4, DType.INT32),
    /** Bytes 0 … 255, as of pictures; read as INT32. */
    U8(1, DType.INT32),
    /**
     * A byte, of which 0 is false; read as FLOAT32, 0 and 1: as comparisons give and masks take.
     */
    BOOL(1, DType.FLOAT32);

    private final int itemSize;
    private final DType dtype;

    StoredType(int itemSize, DType dtype) {
        this.itemSize = itemSize;
        this.dtype = dtype;
    }

    /** Bytes an element takes in the file. */
    public int itemSize() {
        return itemSize;
    }

    /** The type of a tensor that is read from it. */
    public DType dtype() {
        return dtype;
    }

    /** What stores a type without loss. */
    public static StoredType of(DType dtype) {
        return switch (dtype) {
            case FLOAT32 -> F32;
            case FLOAT64 -> F64;
            case INT32 -> I32;
        };
    }
}
