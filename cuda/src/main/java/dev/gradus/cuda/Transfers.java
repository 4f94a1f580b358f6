package dev.gradus.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Copies between Java arrays and a device, through a ring of pieces of pinned memory: a heap array
 * may move while the device reads it. To the device nobody waits, unless the whole ring is on its
 * way; from the device everything waits, as a value is asked for.
 */
final class Transfers {
    private static final int PIECE = 1 << 20;
    private static final int PIECES = 4;

    private final Device device;
    private final Piece[] ring = new Piece[PIECES];
    private int next;

    /** Pinned memory, and when the device will have read it. */
    private static final class Piece {
        final Pointer pointer = new Pointer();
        final ByteBuffer bytes;
        final CUevent read = new CUevent();
        boolean pending;

        Piece() {
            cuMemAllocHost(pointer, PIECE);
            bytes = pointer.getByteBuffer(0, PIECE).order(ByteOrder.nativeOrder());
            cuEventCreate(read, CUevent_flags.CU_EVENT_DISABLE_TIMING);
        }
    }

    Transfers(Device device) {
        this.device = device;
    }

    /** The next piece, when the device has read what it held. */
    private Piece piece() {
        int at = next;
        next = (next + 1) % PIECES;
        Piece piece = ring[at];
        if (piece == null) {
            piece = new Piece();
            ring[at] = piece;
        }
        if (piece.pending) {
            cuEventSynchronize(piece.read);
            piece.pending = false;
        }
        return piece;
    }

    /** Copies a {@code float[]}, {@code double[]} or {@code int[]} to a device address. */
    synchronized void toDevice(Object array, int length, int itemSize, long address) {
        int most = PIECE / itemSize;
        for (int from = 0; from < length; from += most) {
            int n = Math.min(most, length - from);
            Piece piece = piece();
            switch (array) {
                case float[] f -> piece.bytes.asFloatBuffer().put(f, from, n);
                case double[] d -> piece.bytes.asDoubleBuffer().put(d, from, n);
                case int[] i -> piece.bytes.asIntBuffer().put(i, from, n);
                default -> throw new AssertionError(array.getClass());
            }
            cuMemcpyHtoDAsync(
                    DevicePointer.at(address + (long) from * itemSize),
                    piece.pointer,
                    (long) n * itemSize,
                    device.stream());
            cuEventRecord(piece.read, device.stream());
            piece.pending = true;
        }
    }

    /** Copies from a device address into such an array; waits for everything before it. */
    synchronized void fromDevice(long address, int itemSize, Object array, int length) {
        int most = PIECE / itemSize;
        for (int from = 0; from < length; from += most) {
            int n = Math.min(most, length - from);
            Piece piece = piece();
            cuMemcpyDtoHAsync(
                    piece.pointer,
                    DevicePointer.at(address + (long) from * itemSize),
                    (long) n * itemSize,
                    device.stream());
            device.await();
            for (Piece other : ring) {
                if (other != null) {
                    other.pending = false; // it came earlier
                }
            }
            switch (array) {
                case float[] f -> piece.bytes.asFloatBuffer().get(f, from, n);
                case double[] d -> piece.bytes.asDoubleBuffer().get(d, from, n);
                case int[] i -> piece.bytes.asIntBuffer().get(i, from, n);
                default -> throw new AssertionError(array.getClass());
            }
        }
    }
}
