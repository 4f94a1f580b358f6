package dev.gradus.cuda;

import dev.gradus.backend.Buffer;
import dev.gradus.backend.View;
import dev.gradus.shape.DType;
import dev.gradus.shape.Layout;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** Elements in a device's memory. */
final class CudaBuffer extends Buffer {
    /** So many elements are remembered: the labels or the tokens of a minibatch, not a data set. */
    private static final int MOST_KNOWN = 1 << 16;

    private final DeviceMemory.Lease lease;

    /** The smallest and the largest index, where the host has seen them: else 1 and 0. */
    private int least = 1;

    private int most;

    /** The elements, where few came from the host: nobody waits to look at them again. */
    private int @Nullable [] known;

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

    /** Remembers what is known about elements that came from the host. */
    void holds(int[] elements) {
        known = elements.length <= MOST_KNOWN ? elements.clone() : null;
        if (elements.length > 0) {
            least = Integer.MAX_VALUE;
            most = Integer.MIN_VALUE;
            for (int e : elements) {
                least = Math.min(least, e);
                most = Math.max(most, e);
            }
        }
    }

    /** Remembers the smallest and the largest element. */
    void hasRange(int smallest, int largest) {
        least = smallest;
        most = largest;
    }

    /** Takes over the range of another buffer's elements, of which these are some. */
    void hasRangeOf(CudaBuffer other) {
        least = other.least;
        most = other.most;
        known = null;
    }

    /** Takes over what is known about the elements of a view, of which these are a copy. */
    void copies(View view, Layout to) {
        CudaBuffer other = of(view);
        hasRangeOf(other);
        known = to.isContiguous() ? other.known(view.layout()) : null;
    }

    /** A copy of the elements in a layout, if they are known here; else null. */
    int @Nullable [] known(Layout layout) {
        if (known == null || !layout.isContiguous()) {
            return null;
        }
        int n = layout.shape().size();
        // Where nothing is seen, the offset may be anything.
        return n == 0
                ? new int[0]
                : Arrays.copyOfRange(known, layout.offset(), layout.offset() + n);
    }

    /** Forgets what was known, as the contents change. */
    void forget() {
        least = 1;
        most = 0;
        known = null;
    }

    /** Whether every element is known to be in 0 … rows − 1. */
    boolean isWithin(int rows) {
        return least <= most && least >= 0 && most < rows;
    }
}
