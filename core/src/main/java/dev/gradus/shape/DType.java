package dev.gradus.shape;

/** The type of a tensor's elements; numbers given without one become {@link #FLOAT32}. */
public enum DType {
    /** 32-bit floating point: the default. */
    FLOAT32(4),
    /** 64-bit floating point: gradient checks and science. */
    FLOAT64(8),
    /** 32-bit integers: labels, token ids, indices. */
    INT32(4);

    private final int itemSize;

    DType(int itemSize) {
        this.itemSize = itemSize;
    }

    /** Bytes an element takes. */
    public int itemSize() {
        return itemSize;
    }

    /** Whether values of this type have gradients. */
    public boolean isFloating() {
        return this != INT32;
    }

    /**
     * The type of the result when two types meet, as in PyTorch: the larger of two floating types,
     * and a floating type before an integer one.
     */
    public static DType promote(DType a, DType b) {
        return switch (a) {
            case FLOAT64 -> FLOAT64;
            case FLOAT32 -> b == FLOAT64 ? FLOAT64 : FLOAT32;
            case INT32 -> b;
        };
    }

    /** A value as this type stores it, widened again: rounded to float, or cut to an int. */
    public double round(double value) {
        return switch (this) {
            case FLOAT32 -> (float) value;
            case FLOAT64 -> value;
            case INT32 -> (int) value;
        };
    }
}
