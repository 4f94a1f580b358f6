package dev.gradus.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/** What code allocates in the calling thread once it is hot. */
final class Allocation {
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private Allocation() {}

    /**
     * Fails if a call goes on allocating more than some bytes: with the second tier from the first
     * call on, every vector is an object until the JIT compiler has seen the loop.
     */
    static void settlesBelow(long bytes, int calls, Runnable call) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long start = System.nanoTime();
        long each;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls; i++) {
                call.run();
            }
            each = (threads.getCurrentThreadAllocatedBytes() - before) / calls;
        } while (each >= bytes && System.nanoTime() - start < PATIENCE_NANOS);
        assertTrue(each < bytes, each + " bytes a call");
    }
}
