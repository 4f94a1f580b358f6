package dev.gradus.cuda;

import dev.gradus.backend.Buffer;
import dev.gradus.backend.View;
import dev.gradus.shape.DType;

/** Elements in a device's memory. */
final class CudaBuffer extends Buffer {
    private final DeviceMemory.Lease lease;

    /** The smallest and the largest index, where the host has seen them: else 1 and 0. */
    private int least = 1;

    private int most;

    CudaBuffer(DType dtype, int size, DeviceMemory memory) {
        super(dtype, size);
        lease = memory.lease(this, (long) size * dtype.itemSize());
    }

    DeviceMemory.Lease lease() {
        return lease;
    }

    long address() {
        return lease.address();
    }

    /** Where a view's first element lies. */
    static long address(View view) {
        CudaBuffer buffer = of(view);
        return buffer.address() + (long) view.layout().offset() * buffer.dtype().itemSize();
    }

    static CudaBuffer of(View view) {
        return (CudaBuffer) view.buffer();
    }

    /** Remembers the range of the elements, so that they can be used as indices unseen. */
    void hasRange(int[] elements) {
        if (elements.length > 0) {
            least = Integer.MAX_VALUE;
            most = Integer.MIN_VALUE;
            for (int e : elements) {
                least = Math.min(least, e);
                most = Math.max(most, e);
            }
        }
    }

    /** Takes over what is known about another buffer's elements, of which these are some. */
    void hasRangeOf(CudaBuffer other) {
        least = other.least;
        most = other.most;
    }

    /** Forgets the range, as the contents change. */
    void forgetRange() {
        least = 1;
        most = 0;
    }

    /** Whether every element is known to be in 0 … rows − 1. */
    boolean isWithin(int rows) {
        return least <= most && least >= 0 && most < rows;
    }
}
