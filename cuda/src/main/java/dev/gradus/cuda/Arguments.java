package dev.gradus.cuda;

import jcuda.Pointer;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The one argument of a kernel: a struct, laid out as the compiler lays it out. One native buffer a
 * thread holds it, so that a launch allocates nothing and crosses into native code once.
 */
final class Arguments {
    /** What every driver takes. */
    static final int MOST_BYTES = 4096;

    private static final ThreadLocal<Arguments> OF_THREAD = ThreadLocal.withInitial(Arguments::new);

    private final ByteBuffer struct =
            ByteBuffer.allocateDirect(MOST_BYTES + 64).order(ByteOrder.nativeOrder());
    private final Pointer addresses;

    private Arguments() {
        var table = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        table.putLong(0, MemorySegment.ofBuffer(struct).address());
        addresses = Pointer.to(table);
    }

    /** This thread's, empty. */
    static Arguments start() {
        Arguments arguments = OF_THREAD.get();
        arguments.struct.clear();
        return arguments;
    }

    /** A device address, or a 64-bit number. */
    Arguments add(long value) {
        align(8).putLong(value);
        return this;
    }

    /** A 32-bit number. */
    Arguments add(int value) {
        struct.putInt(value);
        return this;
    }

    /** A float. */
    Arguments add(float value) {
        struct.putFloat(value);
        return this;
    }

    /** A double. */
    Arguments add(double value) {
        align(8).putDouble(value);
        return this;
    }

    /** Numbers, and as many zeros as are missing up to a length. */
    Arguments add(int[] values, int length) {
        for (int i = 0; i < length; i++) {
            add(i < values.length ? values[i] : 0);
        }
        return this;
    }

    /** Run-time scalars, and the spare one that keeps the array from being empty. */
    Arguments add(double[] values, int length) {
        for (int i = 0; i <= length; i++) {
            add(i < length ? values[i] : 0.0);
        }
        return this;
    }

    private ByteBuffer align(int bytes) {
        while (struct.position() % bytes != 0) {
            struct.put((byte) 0);
        }
        return struct;
    }

    /** What cuLaunchKernel takes: the address of the struct's address. */
    Pointer addresses() {
        align(8); // the struct may end in padding, where nothing of the last launch should be seen
        if (struct.position() > MOST_BYTES) {
            throw new IllegalStateException(
                    "a kernel's arguments take "
                            + struct.position()
                            + " bytes, and the most is "
                            + MOST_BYTES);
        }
        return addresses;
    }
}
