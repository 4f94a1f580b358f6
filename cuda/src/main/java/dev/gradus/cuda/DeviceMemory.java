package dev.gradus.cuda;

import org.jspecify.annotations.Nullable;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The memory of a device, kept for reuse: asking the driver waits for the device and takes longer
 * than most kernels. In the manner of PyTorch's allocator, requests are rounded to 512 bytes; small
 * ones are cut from slabs of 2 MiB, large ones from segments of their own, and what lies side by
 * side and is free is joined again.
 *
 * <p>All work is on one stream, in order: so a block may be handed out again while kernels that use
 * its former contents are still waiting.
 *
 * <p>What a tape or a scope gives back comes through {@link Lease#release}. The rest belongs to the
 * garbage collector: it puts a reference into a queue, which is looked at by the next request; no
 * thread of the collector ever calls the driver.
 */
final class DeviceMemory {
    /** Where memory comes from: the driver, or a test. */
    interface Source {
        /** The address of new memory, or 0 where there is none left. */
        long allocate(long bytes);

        void free(long address);

        /** What is left and what there is, in words. */
        String free();
    }

    private static final long ROUND = 512;
    private static final long SMALL = 1 << 20;
    private static final long SLAB = 2 << 20;

    /** A run of bytes within a segment, in a list of its neighbours. */
    private static final class Block {
        final long address;
        final boolean small; // of a slab
        long bytes;
        boolean isFree;
        @Nullable Block before;
        @Nullable Block after;

        Block(long address, long bytes, boolean small) {
            this.address = address;
            this.bytes = bytes;
            this.small = small;
        }

        boolean isSegment() {
            return before == null && after == null;
        }
    }

    /** Orders free blocks by size, then by address. */
    private record Key(long bytes, long address) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int c = Long.compare(bytes, other.bytes);
            return c != 0 ? c : Long.compare(address, other.address);
        }
    }

    /** A buffer's hold on its memory: ends by {@link #release}, or when the buffer is collected. */
    final class Lease extends PhantomReference<CudaBuffer> {
        private final long bytes;
        private @Nullable Block block;

        private Lease(CudaBuffer buffer, Block block, long bytes) {
            super(buffer, collected);
            this.block = block;
            this.bytes = bytes;
        }

        /** The address, while the memory is held. */
        long address() {
            Block b = block;
            if (b == null) {
                throw new IllegalStateException("cuda: this memory was given back");
            }
            return b.address;
        }

        /** Gives the memory back; once is enough, twice does no harm. */
        void release() {
            synchronized (DeviceMemory.this) {
                end();
            }
        }

        private void end() {
            Block b = block;
            if (b != null) {
                block = null;
                leases.remove(this);
                liveBytes -= b.bytes;
                giveBack(b);
            }
        }
    }

    private final Source source;
    private final boolean caching;
    private final ReferenceQueue<CudaBuffer> collected = new ReferenceQueue<>();
    private final Set<Lease> leases = new HashSet<>();
    private final NavigableMap<Key, Block> smallFree = new TreeMap<>();
    private final NavigableMap<Key, Block> largeFree = new TreeMap<>();
    private long liveBytes;
    private long peakBytes;
    private long reservedBytes;

    /**
     * @param caching whether memory is kept for reuse; without, each buffer is the driver's, so
     *     that tools which watch the driver see every one
     */
    DeviceMemory(Source source, boolean caching) {
        this.source = source;
        this.caching = caching;
    }

    /**
     * Memory for a new buffer.
     *
     * @throws OutOfDeviceMemoryException if there is none even after everything unused was given
     *     back
     */
    Lease lease(CudaBuffer buffer, long bytes) {
        synchronized (this) {
            drain();
            Block block = find(bytes);
            if (block == null) {
                freeUnused();
                block = find(bytes);
            }
            if (block == null) {
                collect();
                block = find(bytes);
            }
            if (block == null) {
                throw new OutOfDeviceMemoryException(
                        MemoryTable.text(
                                bytes,
                                buffer,
                                liveBytes,
                                reservedBytes,
                                source.free(),
                                leases.stream().map(l -> l.bytes).toList()));
            }
            Lease lease = new Lease(buffer, block, bytes);
            leases.add(lease);
            liveBytes += block.bytes;
            peakBytes = Math.max(peakBytes, liveBytes);
            return lease;
        }
    }

    /** Bytes that buffers hold now. */
    synchronized long liveBytes() {
        drain();
        return liveBytes;
    }

    /** The most bytes that buffers held at once. */
    synchronized long peakBytes() {
        return peakBytes;
    }

    /** Bytes that came from the driver, used or kept. */
    synchronized long reservedBytes() {
        return reservedBytes;
    }

    /** Takes back what the garbage collector found. */
    synchronized void drain() {
        for (Object found = collected.poll(); found != null; found = collected.poll()) {
            ((Lease) found).end();
        }
    }

    /** Returns segments that nobody uses to the driver. */
    synchronized void freeUnused() {
        drain();
        for (NavigableMap<Key, Block> free : List.of(smallFree, largeFree)) {
            for (Block block : new ArrayList<>(free.values())) {
                if (block.isSegment()) {
                    free.remove(new Key(block.bytes, block.address));
                    reservedBytes -= block.bytes;
                    source.free(block.address);
                }
            }
        }
    }

    /** The last resort: what is unreachable but not collected yet. */
    private void collect() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            try {
                // The collector fills the queue a moment later, from a thread of its own.
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            drain();
        }
        freeUnused();
    }

    private @Nullable Block find(long bytes) {
        long size = Math.max(ROUND, Math.ceilDiv(bytes, ROUND) * ROUND);
        if (!caching) {
            // The very size, so that a guard behind it is met by the first element too many.
            return segment(Math.max(4, bytes), false);
        }
        boolean small = size <= SMALL;
        NavigableMap<Key, Block> free = small ? smallFree : largeFree;
        var entry = free.ceilingEntry(new Key(size, 0));
        Block block = entry == null ? null : entry.getValue();
        if (block != null) {
            forget(block);
        } else {
            block = segment(small ? SLAB : Math.ceilDiv(size, SLAB) * SLAB, small);
            if (block == null) {
                return null;
            }
        }
        if (block.bytes - size >= (small ? ROUND : SMALL)) {
            split(block, size);
        }
        return block;
    }

    private @Nullable Block segment(long bytes, boolean small) {
        long address = source.allocate(bytes);
        if (address == 0) {
            return null;
        }
        reservedBytes += bytes;
        return new Block(address, bytes, small);
    }

    private void split(Block block, long size) {
        Block rest = new Block(block.address + size, block.bytes - size, block.small);
        rest.before = block;
        rest.after = block.after;
        if (rest.after != null) {
            rest.after.before = rest;
        }
        block.after = rest;
        block.bytes = size;
        keep(rest);
    }

    private void giveBack(Block block) {
        if (!caching) {
            reservedBytes -= block.bytes;
            source.free(block.address);
            return;
        }
        Block joined = block;
        Block after = block.after;
        if (after != null && after.isFree) {
            forget(after);
            join(block, after);
        }
        Block before = block.before;
        if (before != null && before.isFree) {
            forget(before);
            join(before, block);
            joined = before;
        }
        keep(joined);
    }

    private static void join(Block block, Block after) {
        block.bytes += after.bytes;
        block.after = after.after;
        if (block.after != null) {
            block.after.before = block;
        }
    }

    private void keep(Block block) {
        block.isFree = true;
        free(block).put(new Key(block.bytes, block.address), block);
    }

    private void forget(Block block) {
        block.isFree = false;
        free(block).remove(new Key(block.bytes, block.address));
    }

    private NavigableMap<Key, Block> free(Block block) {
        return block.small ? smallFree : largeFree;
    }
}
